// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import static io.medicloud.mpegts.segment.StreamBuilder.FRAME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.psi.SpliceSections;
import io.medicloud.testdata.Sections;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a policy can ask for beyond a target: a shortest duration, the time of day, splice points, a program. */
class SegmenterOptionsTest {
    private static final long SECOND = Pts.HZ;
    private static final long START = 10 * SECOND;
    private static final int CUES = 0x200;

    private final StreamBuilder stream = new StreamBuilder();

    private static SegmentPolicy seconds(int target) {
        return SegmentPolicy.ofTarget(Duration.ofSeconds(target));
    }

    @Test
    void theFirstSegmentEndsAtARandomAccessPointButNotBeforeTheShortestDuration() {
        stream.tables();
        for (int i = 0; i < 300; i++) {
            stream.video(i % 25 == 10 ? StreamBuilder.IDR : StreamBuilder.P, START + i * FRAME);
        }
        assertThat(Cuts.of(stream.bytes(), seconds(4)).fact(0).durationTicks()).isEqualTo(10 * FRAME);
        SegmentPolicy policy = seconds(4).withShortest(Duration.ofSeconds(1));
        assertThat(Cuts.of(stream.bytes(), policy).facts())
                .extracting(SegmentFacts::durationTicks)
                .containsExactly(35 * FRAME, 100 * FRAME, 100 * FRAME, 65 * FRAME);
    }

    @Test
    void segmentsEndAtTheMultiplesOfTheTargetOfTheTimeOfDay() {
        SegmentPolicy policy = seconds(4).withWallClock(1_700_000_000_000_000L);
        long arrivalUs = 1_300_000;
        stream.tables();
        Cuts cuts = Cuts.with(policy, (segmenter, allocator) -> {
            for (int i = 0; i < 500; i++) {
                stream.video(i % 25 == 0 ? StreamBuilder.IDR : StreamBuilder.P, START + i * FRAME);
                long jitterUs = i * 7919L % 30_000;
                segmenter.onData(
                        Unpooled.wrappedBuffer(stream.writer().drain()),
                        arrivalUs + i * 40_000L + (i == 0 ? 0 : jitterUs));
            }
        });
        // 1.3 s past a multiple: the first keyframe behind the next one comes after 3 s, and then one every 4 s.
        assertThat(cuts.facts())
                .extracting(SegmentFacts::durationTicks)
                .containsExactly(3 * SECOND, 4 * SECOND, 4 * SECOND, 4 * SECOND, 4 * SECOND, SECOND);
    }

    @Test
    void theTimeOfDayIsFollowedWhenTheStreamsClockDrifts() {
        SegmentPolicy policy = seconds(4).withWallClock(0);
        stream.tables();
        Cuts cuts = Cuts.with(policy, (segmenter, allocator) -> {
            for (int i = 0; i < 2500; i++) {
                stream.video(i % 5 == 0 ? StreamBuilder.IDR : StreamBuilder.P, START + i * FRAME);
                // One part in fifty slow.
                segmenter.onData(Unpooled.wrappedBuffer(stream.writer().drain()), i * 40_800L);
            }
        });
        assertThat(cuts.facts()).hasSize(2500 * 408 / 40_000 + 1);
    }

    @Test
    void aFileIsCutAtTheMultiplesSinceItsStart() {
        stream.tables();
        for (int i = 0; i < 300; i++) {
            stream.video(i % 35 == 0 ? StreamBuilder.IDR : StreamBuilder.P, START + i * FRAME);
        }
        Cuts cuts = Cuts.of(stream.bytes(), seconds(2).withWallClock(0));
        assertThat(cuts.facts())
                .extracting(SegmentFacts::durationTicks)
                .containsExactly(70 * FRAME, 35 * FRAME, 70 * FRAME, 35 * FRAME, 70 * FRAME, 20 * FRAME);
    }

    private StreamBuilder withCues() {
        stream.streams(new Sections.Stream(0x1B, StreamBuilder.VIDEO), new Sections.Stream(0x86, CUES));
        return stream.tables();
    }

    private void pictures(int from, int to, int gop) {
        for (int i = from; i < to; i++) {
            stream.video(i % gop == 0 ? StreamBuilder.IDR : StreamBuilder.P, START + i * FRAME);
        }
    }

    private void cue(byte[] section) {
        stream.writer().section(CUES, section);
    }

    @Test
    void aSegmentEndsWhereASpliceIsAnnounced() {
        withCues();
        pictures(0, 25, 25);
        cue(SpliceSections.insert(1, true, START + 75 * FRAME, 50 * FRAME));
        cue(SpliceSections.insert(1, true, START + 75 * FRAME, 50 * FRAME));
        pictures(25, 80, 25);
        cue(SpliceSections.insert(1, true, START + 75 * FRAME, 50 * FRAME));
        pictures(80, 300, 25);
        Cuts cuts = Cuts.of(stream.bytes(), seconds(6).withSplices(true));
        assertThat(cuts.facts())
                .extracting(SegmentFacts::durationTicks)
                .containsExactly(75 * FRAME, 50 * FRAME, 150 * FRAME, 25 * FRAME);
        assertThat(cuts.facts()).allMatch(SegmentFacts::independent).noneMatch(SegmentFacts::discontinuity);
        assertThat(cuts.splices()).hasSize(3);
        assertThat(Cuts.of(stream.bytes(), seconds(6)).facts())
                .extracting(SegmentFacts::durationTicks)
                .containsExactly(150 * FRAME, 150 * FRAME);
    }

    @Test
    void timeSignalsAreSplicePointsToo() {
        withCues();
        pictures(0, 25, 25);
        cue(SpliceSections.signal(7, 0x34, START + 50 * FRAME));
        cue(SpliceSections.signal(7, 0x35, START + 125 * FRAME));
        pictures(25, 200, 25);
        assertThat(Cuts.of(stream.bytes(), seconds(6).withSplices(true)).facts())
                .extracting(SegmentFacts::durationTicks)
                .containsExactly(50 * FRAME, 75 * FRAME, 75 * FRAME);
    }

    @Test
    void aSpliceThatIsCalledOffIsNoneAndOneWithoutATimeIsTheNextKeyframe() {
        withCues();
        pictures(0, 25, 25);
        cue(SpliceSections.insert(1, true, START + 75 * FRAME, 0));
        cue(SpliceSections.cancel(1));
        pictures(25, 110, 25);
        byte[] atOnce = SpliceSections.section(0, 0x05, new byte[] {0, 0, 0, 9, 0x7F, (byte) 0xDF, 0, 1, 0, 0});
        cue(atOnce);
        pictures(110, 115, 25);
        cue(atOnce);
        pictures(115, 200, 25);
        assertThat(Cuts.of(stream.bytes(), seconds(6).withSplices(true)).facts())
                .extracting(SegmentFacts::durationTicks)
                .containsExactly(125 * FRAME, 75 * FRAME);
    }

    @Test
    void aSpliceAcrossTheWrapOfThePtsIsMet() {
        long start = Pts.WRAP - 50 * FRAME;
        withCues();
        for (int i = 0; i < 200; i++) {
            if (i == 10) {
                cue(SpliceSections.section(
                        Pts.WRAP - 25 * FRAME, 0x06, new byte[] {(byte) 0xFF, -1, -1, -1, -1}, new byte[0]));
                cue(SpliceSections.signal(3, 0x30, (start + 75 * FRAME) % Pts.WRAP));
            }
            stream.video(i % 25 == 0 ? StreamBuilder.IDR : StreamBuilder.P, start + i * FRAME);
        }
        assertThat(Cuts.of(stream.bytes(), seconds(6).withSplices(true)).facts())
                .extracting(SegmentFacts::durationTicks)
                .containsExactly(75 * FRAME, 125 * FRAME);
    }

    @Test
    void theProgramThatTimesSegmentsCanBeChosen() {
        stream.writer().pat(1, new Sections.Program(1, 0x1000), new Sections.Program(2, 0x1100));
        stream.writer().pmt(0x1000, 1, 0x100, new Sections.Stream(0x1B, 0x100));
        stream.writer().pmt(0x1100, 2, 0x200, new Sections.Stream(0x1B, 0x200));
        for (int i = 0; i < 200; i++) {
            stream.video(0x100, i % 25 == 0 ? StreamBuilder.IDR : StreamBuilder.P, START + i * FRAME);
            stream.video(0x200, i % 40 == 0 ? StreamBuilder.IDR : StreamBuilder.P, 5 * START + i * FRAME);
        }
        Cuts first = Cuts.of(stream.bytes());
        assertThat(first.fact(1).startPts()).isEqualTo(START + 50 * FRAME);
        assertThat(first.joined()).isEqualTo(stream.bytes());
        Cuts second = Cuts.of(stream.bytes(), Cuts.TWO_SECONDS.withProgram(2));
        assertThat(second.facts()).extracting(SegmentFacts::startPts).contains(5 * START + 80 * FRAME);
        assertThat(second.facts().subList(1, second.facts().size())).allMatch(SegmentFacts::independent);
        assertThat(second.joined()).isEqualTo(stream.bytes());
        assertThat(Cuts.of(stream.bytes(), Cuts.TWO_SECONDS.withProgram(3)).joined())
                .isEqualTo(stream.bytes());
    }

    @Test
    void whatCannotBeIsRefused() {
        SegmentPolicy policy = SegmentPolicy.defaults();
        assertThatThrownBy(() -> policy.withShortest(Duration.ofSeconds(7)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("shortest segment duration PT7S");
        assertThatThrownBy(() -> policy.withProgram(65_536)).isInstanceOf(IllegalArgumentException.class);
    }
}
