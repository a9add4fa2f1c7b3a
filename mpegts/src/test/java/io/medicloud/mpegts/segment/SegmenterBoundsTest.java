// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.testdata.Sections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Streams whose random access points are where nobody would put them, and programs that change under way: segments keep to their bounds. */
class SegmenterBoundsTest {
    private static final long START = 900_000;
    private static final long SECOND = 90_000;
    private static final long FRAME = StreamBuilder.FRAME;
    private static final long LONGEST = Cuts.TWO_SECONDS.longest().toMillis() * 90;

    private final StreamBuilder stream = new StreamBuilder();

    private Cuts cut() {
        Cuts cuts = Cuts.of(stream.bytes());
        cuts.assertGapless();
        assertThat(cuts.facts()).allMatch(fact -> fact.durationTicks() >= 0 && fact.durationTicks() <= LONGEST + FRAME);
        assertThat(cuts.joined()).isEqualTo(stream.bytes());
        return cuts;
    }

    private static long sum(List<SegmentFacts> facts) {
        return facts.stream().mapToLong(SegmentFacts::durationTicks).sum();
    }

    @Test
    void withoutAKeyframeForAMinuteSegmentsEndAtTheLongestDuration() {
        stream.tables().gop(START, 25 * 62);
        Cuts cuts = cut();
        assertThat(sum(cuts.facts())).isEqualTo(62 * SECOND);
        assertThat(cuts.facts()).hasSize((int) (62 * SECOND / LONGEST) + 1);
        assertThat(cuts.facts().stream().filter(SegmentFacts::independent)).hasSize(1);
    }

    @Test
    void aGopOfTenMinutesIsCutAndFlaggedAndTheNextOneIsIndependentAgain() {
        stream.tables().gop(START, 25 * 600).gop(START + 600 * SECOND, 25);
        Cuts cuts = cut();
        assertThat(sum(cuts.facts())).isEqualTo(601 * SECOND);
        assertThat(cuts.fact(0).independent()).isTrue();
        int last = cuts.facts().size() - 1;
        assertThat(cuts.facts().subList(1, last)).noneMatch(SegmentFacts::independent);
        assertThat(cuts.fact(last).independent()).isTrue();
        assertThat(cuts.fact(last).startPts()).isEqualTo(START + 600 * SECOND);
    }

    @Test
    void aKeyframeInEachPictureIsNoReasonToCutMore() {
        stream.tables();
        for (int i = 0; i < 250; i++) {
            stream.video(StreamBuilder.IDR, START + i * FRAME);
        }
        Cuts cuts = cut();
        assertThat(cuts.facts()).hasSize(5).allMatch(SegmentFacts::independent);
        assertThat(cuts.facts()).extracting(SegmentFacts::durationTicks).containsOnly(2 * SECOND);
    }

    @Test
    void aProgramThatVanishesAndComesBackIsFollowedAgain() {
        stream.tables().gop(START, 50);
        stream.writer().pat(1);
        stream.gop(START + 2 * SECOND, 50);
        stream.tables().gop(START + 4 * SECOND, 50);
        Cuts cuts = cut();
        assertThat(sum(cuts.facts())).isEqualTo(6 * SECOND);
        assertThat(cuts.facts().get(cuts.facts().size() - 1).independent()).isTrue();
    }

    @Test
    void anotherCodecOnAnotherPidStartsASegment() {
        stream.tables().gop(START, 30);
        stream.streams(new Sections.Stream(0x02, 0x110), new Sections.Stream(0x0F, StreamBuilder.AUDIO));
        stream.pat().writer().pmt(StreamBuilder.PMT, 1, 0x110, new Sections.Stream(0x02, 0x110));
        byte[] intra = mpeg2(1);
        byte[] other = mpeg2(2);
        for (int i = 0; i < 50; i++) {
            stream.video(0x110, i % 25 == 0 ? intra : other, START + (30 + i) * FRAME);
        }
        Cuts cuts = cut();
        assertThat(sum(cuts.facts())).isEqualTo(80 * FRAME);
        assertThat(cuts.facts()).hasSizeGreaterThanOrEqualTo(2);
        assertThat(cuts.fact(1).startPts()).isEqualTo(START + 30 * FRAME);
        assertThat(cuts.fact(1).independent()).isTrue();
        assertThat(cuts.fact(1).discontinuity()).isTrue();
    }

    /** A picture of MPEG-2 video, with its sequence header if it is intra-coded. */
    private static byte[] mpeg2(int codingType) {
        String sequence = codingType == 1 ? "000001B3 2C012033 0FA0 2000 000001B5 148A00010000 000001B8 00080040 " : "";
        String picture = "00000100 00" + (codingType == 1 ? "0F" : "17") + "FFF8 000001B5 8FFFF34180 00000101 0BFC";
        byte[] head = java.util.HexFormat.of().parseHex((sequence + picture).replace(" ", ""));
        return java.util.Arrays.copyOf(head, 300);
    }
}
