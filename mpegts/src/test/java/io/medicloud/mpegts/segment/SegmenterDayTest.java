// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.packet.FaultSink;
import io.medicloud.mpegts.packet.Pts;
import io.medicloud.testdata.AdaptationField;
import io.medicloud.testdata.PesBuilder;
import io.medicloud.testdata.Sections;
import io.medicloud.testdata.TsWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A stream of 27 hours: PCR, DTS and PTS wrap, at different pictures, and times jump. */
class SegmenterDayTest {
    /** One picture a second. */
    private static final long FRAME = Pts.HZ;

    private static final int PICTURES = 27 * 3600;
    private static final int GOP = 2;
    private static final long TEN_MINUTES = 600L * Pts.HZ;
    /** Decoding is that long before presentation: pictures are reordered. */
    private static final long REORDERING = 3 * FRAME / 2;

    private static final long START = 3 * FRAME;
    private static final SegmentPolicy POLICY = SegmentPolicy.ofTarget(Duration.ofSeconds(6));

    private final TsWriter writer = new TsWriter();
    private final List<SegmentFacts> facts = new ArrayList<>();
    /** Running time of the picture that is written next. */
    private long time = START;

    private final class Day implements SegmentSink {
        @Override
        public void onSegmentStart(long sequence) {}

        @Override
        public void takePackets(ByteBuf packets) {
            packets.release();
        }

        @Override
        public void onSegmentEnd(SegmentFacts fact) {
            facts.add(fact);
        }
    }

    private void picture(int index, boolean announced) {
        AdaptationField clock = new AdaptationField().pcr(wrap(time - REORDERING) * 300);
        if (announced) {
            clock.discontinuity();
        }
        writer.pes(
                StreamBuilder.VIDEO,
                PesBuilder.of(PesBuilder.VIDEO)
                        .pts(wrap(time))
                        .dts(wrap(time - REORDERING))
                        .unbounded()
                        .payload(index % GOP == 0 ? StreamBuilder.IDR : StreamBuilder.P),
                clock);
        time += FRAME;
    }

    private static long wrap(long ticks) {
        return ticks & (Pts.WRAP - 1);
    }

    /** Runs the day with a jump by {@code jump} after each of these pictures. */
    private void run(long jump, boolean announced, int... jumpsAfter) {
        Segmenter segmenter = new Segmenter(POLICY, new Day(), 1, FaultSink.NONE, ByteBufAllocator.DEFAULT);
        List<Integer> jumps = new ArrayList<>();
        for (int at : jumpsAfter) {
            jumps.add(at);
        }
        for (int i = 0; i < PICTURES; i++) {
            if (i % 20 == 0) {
                writer.pat(1, new Sections.Program(1, StreamBuilder.PMT));
                writer.pmt(StreamBuilder.PMT, 1, StreamBuilder.VIDEO, new Sections.Stream(0x1B, StreamBuilder.VIDEO));
            }
            boolean jumped = jumps.contains(i);
            if (jumped) {
                time += jump;
            }
            picture(i, jumped && announced);
            if (i % 64 == 63) {
                segmenter.onData(Unpooled.wrappedBuffer(writer.drain()), 0);
            }
        }
        segmenter.onData(Unpooled.wrappedBuffer(writer.drain()), 0);
        segmenter.finish();
    }

    private void assertSane() {
        assertThat(facts).noneMatch(fact -> fact.durationTicks() <= 0 || fact.durationTicks() > POLICY.longestTicks());
        assertThat(facts.stream().mapToLong(SegmentFacts::durationTicks).sum()).isEqualTo(PICTURES * FRAME);
    }

    private List<Long> discontinuities() {
        return facts.stream()
                .filter(SegmentFacts::discontinuity)
                .map(SegmentFacts::startPts)
                .toList();
    }

    @Test
    void wrapsOfPcrDtsAndPtsGoUnnoticed() {
        run(0, false);
        assertSane();
        assertThat(START + PICTURES * FRAME).isGreaterThan(Pts.WRAP);
        assertThat(facts).noneMatch(SegmentFacts::discontinuity).allMatch(SegmentFacts::independent);
        assertThat(facts).extracting(SegmentFacts::durationTicks).containsOnly(6 * FRAME);
    }

    @Test
    void jumpsBackAndForthAreFlaggedWhereTheyAre() {
        for (long jump : new long[] {TEN_MINUTES, -TEN_MINUTES}) {
            facts.clear();
            time = START;
            // In the middle of a GOP, at its start, and around the wrap, which comes after 95,443 s.
            run(jump, false, 1001, 50_000, 94_800, 96_000);
            assertSane();
            assertThat(discontinuities())
                    .containsExactly(
                            wrap(START + 1001 * FRAME + jump),
                            wrap(START + 50_000 * FRAME + 2 * jump),
                            wrap(START + 94_800 * FRAME + 3 * jump),
                            wrap(START + 96_000 * FRAME + 4 * jump));
        }
    }

    @Test
    void aJumpOfTheClockThatIsAnnouncedMayBeSmall() {
        run(3 * FRAME, true, 1001, 50_000);
        assertSane();
        assertThat(discontinuities())
                .containsExactly(START + 1001 * FRAME + 3 * FRAME, START + 50_000 * FRAME + 6 * FRAME);
        facts.clear();
        time = START;
        run(0, true, 1001, 50_000);
        assertSane();
        assertThat(discontinuities()).isEmpty();
    }
}
