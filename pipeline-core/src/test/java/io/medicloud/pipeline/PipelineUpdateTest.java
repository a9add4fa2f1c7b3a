// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import static io.medicloud.pipeline.support.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medicloud.mpegts.segment.SegmentPolicy;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.record.SegmentRecord;
import io.medicloud.pipeline.record.StreamRecord;
import io.medicloud.pipeline.record.StreamRetention;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What of a stream changes while it runs. */
final class PipelineUpdateTest extends PipelineScene {
    private static final int THIRD = MEDIA.length / 3 / 188 * 188;
    private static final SegmentPolicy FOUR_SECONDS =
            new SegmentPolicy(Duration.ofSeconds(4), Duration.ofSeconds(4), SegmentPolicy.DEFAULT_MOST_BYTES);

    @Test
    void segmentsAreCutOtherwiseFromTheNextOneOnAndWhatPlayersWerePromisedHolds() throws Exception {
        Pipeline pipeline = start();
        source.connect();
        source.push(Arrays.copyOf(MEDIA, THIRD));
        pipeline.setPolicy(FOUR_SECONDS);
        source.push(Arrays.copyOfRange(MEDIA, THIRD, MEDIA.length));
        assertThat(pipeline.policy()).isEqualTo(FOUR_SECONDS);
        get(pipeline.stop("stopped", PATIENCE));

        assertThat(events.sealed())
                .extracting(facts -> Math.round(facts.durationSeconds()))
                .containsExactly(2L, 2L, 4L);
        assertThat(events.joined(stored())).isEqualTo(MEDIA);
        assertThat(pipelines.ledger().segments("live", 0, 10))
                .hasSize(3)
                .extracting(SegmentRecord::place)
                .allSatisfy(place -> assertThat(place.targetSeconds()).isEqualTo(5));
    }

    @Test
    void segmentsLongerThanThePlayersWerePromisedAreRefused() throws Exception {
        Pipeline pipeline = start();
        Duration most = pipeline.longestSegment();

        assertThat(most).isGreaterThanOrEqualTo(TWO_SECONDS.longest());
        assertThatThrownBy(() -> pipeline.setPolicy(TWO_SECONDS.withLongest(most.plusMillis(1))))
                .isInstanceOf(IllegalArgumentException.class);
        pipeline.setPolicy(TWO_SECONDS.withLongest(most));
        assertThat(pipeline.longestSegment()).isEqualTo(most);
    }

    @Test
    void whatWasPromisedHoldsAcrossARestartToo() throws Exception {
        PipelineConfig config = PipelineConfig.of("live", FOUR_SECONDS);
        Pipeline first = start(config);
        source.connect();
        source.push(MEDIA);
        Duration most = first.longestSegment();
        get(first.stop("stopped", PATIENCE));
        restart();

        assertThat(pipelines
                        .open(PipelineConfig.of("live", TWO_SECONDS.withLongest(Duration.ofSeconds(3)))
                                .resumed())
                        .longestSegment())
                .isEqualTo(most);
    }

    @Test
    void theWindowOfASourceThatIsAwayChangesToo() throws Exception {
        Pipeline pipeline = start(PipelineConfig.of("live", TWO_SECONDS).withReconnectWindow(Duration.ofHours(1)));
        source.connect();
        source.push(MEDIA);
        source.disconnect();
        pipeline.setReconnectWindow(Duration.ofMillis(50));

        assertThat(get(pipeline.ended()).reason()).isEqualTo("the source was away for longer than PT0.05S");
    }

    @Test
    void isRecordedWithItsEventAndToldOnce() throws Exception {
        start();
        Ledger ledger = pipelines.ledger();
        Ledger.await(ledger.setWanted("live", true, Map.of("port", "4000", "window", "1")));
        StreamRetention kept = new StreamRetention(Duration.ofMinutes(1), 0, 7);
        Ledger.await(pipelines.update("live", Map.of("window", "2"), kept, "window: 2, was 1"));

        StreamRecord recorded = ledger.stream("live");
        assertThat(recorded).isNotNull();
        assertThat(recorded.settings()).isEqualTo(Map.of("port", "4000", "window", "2"));
        assertThat(ledger.retention("live")).isEqualTo(kept);
        assertThat(ledger.events(0, 100))
                .extracting(logged -> logged.event())
                .filteredOn(StreamEvent.Updated.class::isInstance)
                .singleElement()
                .satisfies(event ->
                        assertThat(((StreamEvent.Updated) event).reason()).isEqualTo("window: 2, was 1"));
        await().untilAsserted(
                        () -> assertThat(events.of(StreamEvent.Updated.class)).hasSize(1));
    }
}
