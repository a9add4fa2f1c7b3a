// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.playlist;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.pipeline.record.SegmentRecord;
import io.medicloud.pipeline.record.SegmentState;
import io.medicloud.pipeline.timeline.Place;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class MediaFormatsTest {
    private static final MediaFormat LARGE = new MediaFormat("avc1.64001F,mp4a.40.2", 1280, 720, 25);
    private static final MediaFormat FAST = new MediaFormat("avc1.4D401E", 320, 180, 50);

    private static SegmentRecord segment(long sequence, long breaks, SegmentState state) {
        SegmentFacts facts = new SegmentFacts(sequence, 188_000, 1000, 0, 0, Pts.NONE, 90_000, true, false, 0);
        return new SegmentRecord("live", state, facts, "", false, new Place(0, breaks, 6, List.of()), Instant.EPOCH);
    }

    @Test
    void allFormatsOfTheSegmentsAreNamedAndNoOthers() {
        MediaFormats formats = MediaFormats.NONE.with(3, LARGE).with(4, FAST);
        SegmentRecord large = segment(7, 3, SegmentState.EVICTED);
        SegmentRecord fast = segment(8, 4, SegmentState.SEALED);

        assertThat(formats.of(List.of(large, fast)))
                .isEqualTo(new MediaFormat("avc1.64001F,mp4a.40.2,avc1.4D401E", 1280, 720, 50));
        assertThat(formats.of(List.of(fast))).isEqualTo(FAST);
        assertThat(formats.of(List.of(segment(7, 3, SegmentState.LOST), fast))).isEqualTo(FAST);
    }

    @Test
    void withoutAllOfThemNoneIsNamed() {
        MediaFormats formats = MediaFormats.NONE.with(3, LARGE);
        SegmentRecord unknown = segment(8, 4, SegmentState.SEALED);

        assertThat(formats.of(unknown)).isNull();
        assertThat(formats.of(List.of(segment(7, 3, SegmentState.SEALED), unknown))
                        .codecs())
                .isEmpty();
    }

    @Test
    void whatIsFoundInOneRunIsKeptTogether() {
        assertThat(MediaFormats.NONE.with(0, LARGE).with(0, FAST).of(segment(1, 0, SegmentState.SEALED)))
                .isEqualTo(LARGE.and(FAST));
    }

    @Test
    void whatIsWrittenIsRead() {
        List<SegmentRecord> all = List.of(segment(7, 3, SegmentState.EVICTED), segment(8, 4, SegmentState.SEALED));
        String text = MediaFormats.NONE.with(3, LARGE).with(4, FAST).write();

        assertThat(MediaFormats.read(text).of(all)).isEqualTo(LARGE.and(FAST));
        assertThat(MediaFormats.read(text).write()).isEqualTo(text);
        assertThat(MediaFormat.read(text)).as("as earlier versions read it").isEqualTo(FAST);
        assertThat(MediaFormats.read(LARGE.write()).of(all))
                .as("as earlier versions wrote it")
                .isEqualTo(LARGE);
        assertThat(MediaFormats.read("").of(all)).isEqualTo(MediaFormat.UNKNOWN);
    }
}
