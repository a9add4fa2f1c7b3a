// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.playlist;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.mpegts.segment.SegmentFaults;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class SegmentLinesTest {
    @Property
    void whatIsWrittenIsRead(
            @ForAll @LongRange(min = 1, max = 999_999_999) long sequence,
            @ForAll @LongRange(min = 1, max = 1_000_000) long packets,
            @ForAll @IntRange(max = 3) int injected,
            @ForAll @LongRange(min = -1, max = Pts.WRAP - 1) long startPts,
            @ForAll @LongRange(max = 400_000_000) long durationTicks,
            @ForAll boolean independent,
            @ForAll boolean incomplete,
            @ForAll @LongRange(max = 1_000_000) long faults) {
        SegmentFacts facts = new SegmentFacts(
                sequence,
                packets * 188,
                packets,
                injected,
                0,
                7,
                startPts < 0 ? Pts.NONE : startPts,
                durationTicks,
                SegmentFacts.NO_BITRATE,
                independent,
                !independent,
                new SegmentFaults(faults, 1, 2, 3, 4));
        StringBuilder line = new StringBuilder();
        SegmentLines.append(line, "segment_%04d.ts".formatted(sequence), facts, incomplete);

        assertThat(SegmentLines.read(line.toString()))
                .isEqualTo(new SegmentLines.Line("segment_%04d.ts".formatted(sequence), facts, incomplete));
    }

    @Property
    void nothingThatSomebodyWroteThereFails(@ForAll String line) {
        assertThat(SegmentLines.read(line)).isNull();
    }

    @Test
    void aLineThatLacksAFigureIsNone() {
        assertThat(SegmentLines.read("{\"sequence\": 1, \"file\": \"segment_0001.ts\", \"bytes\": 188}"))
                .isNull();
        assertThat(SegmentLines.read("")).isNull();
    }
}
