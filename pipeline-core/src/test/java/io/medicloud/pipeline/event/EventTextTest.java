// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.mpegts.segment.SegmentFaults;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class EventTextTest {
    private static final Instant AT = Instant.parse("2026-05-01T12:00:00.123456Z");

    private static List<StreamEvent> oneOfEach(String text, long number) {
        SegmentFacts facts = new SegmentFacts(
                number,
                188 * 9,
                9,
                2,
                1,
                7,
                133_500,
                540_000,
                8_000_000,
                number % 2 == 0,
                number % 3 == 0,
                new SegmentFaults(1, 2, 3, 4, 5));
        return List.of(
                new StreamEvent.Started("live", AT),
                new StreamEvent.Connected("live", AT, text),
                new StreamEvent.MediaFlowing("live", AT),
                new StreamEvent.SegmentSealed("live", AT, facts, number % 5 == 0),
                new StreamEvent.SegmentUploaded("live", AT, number, text, number, 3),
                new StreamEvent.UploadFailed("live", AT, number, text, text, number % 2 == 0),
                new StreamEvent.SegmentLost("live", AT, number, text),
                new StreamEvent.BytesDropped("live", AT, number, text),
                new StreamEvent.SegmentExpired("live", AT, number, text),
                new StreamEvent.Stalled("live", AT, text),
                new StreamEvent.ProgramChanged("live", AT, text),
                new StreamEvent.QualityAlarm("live", AT, number % 2 == 0, text),
                new StreamEvent.LimitReached("live", AT, text, text),
                new StreamEvent.LimitCleared("live", AT, text, text),
                new StreamEvent.ForeignFound("live", AT, text),
                new StreamEvent.Updated("live", AT, text),
                new StreamEvent.Reconnecting("live", AT, text),
                new StreamEvent.CallersRefused("live", AT, number, text, text),
                new StreamEvent.Disconnected("live", AT, text),
                new StreamEvent.Ended("live", AT, text, 12),
                new StreamEvent.Failed("live", AT, text, 12),
                new StreamEvent.ClockJumped("live", AT, text),
                new StreamEvent.RecordRebuilt("live", AT, text));
    }

    @Property(tries = 200)
    void everyEventIsReadAsItWasWrittenWhateverItsTexts(@ForAll String text, @ForAll long number) {
        for (StreamEvent event : oneOfEach(text, number)) {
            EventText written = EventText.of(event);
            assertThat(written.toEvent("live", AT)).isEqualTo(event);
        }
    }

    @Test
    void noKindOfEventIsForgotten() {
        Set<Class<?>> covered =
                oneOfEach("x", 1).stream().map(StreamEvent::getClass).collect(Collectors.toSet());

        assertThat(covered)
                .containsExactlyInAnyOrderElementsOf(Arrays.asList(StreamEvent.class.getPermittedSubclasses()));
    }

    @Test
    void aFieldThatAnOlderVersionDidNotWriteHasADefault() {
        assertThat(new EventText("SegmentUploaded", "sequence=7\n").toEvent("live", AT))
                .isEqualTo(new StreamEvent.SegmentUploaded("live", AT, 7, "", 0, 0));
    }

    @Test
    void whatIsNoEventIsRefused() {
        assertThatThrownBy(() -> new EventText("Rumour", "").toEvent("live", AT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Rumour");
    }
}
