// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import static io.medicloud.mpegts.segment.StreamBuilder.FRAME;
import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.testdata.PacketBuilder;
import io.medicloud.testdata.Sections;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

/** How long segments are, and what happens where times jump, wrap or are not there. */
class SegmenterTimeTest {
    private static final long SECOND = Pts.HZ;
    private static final long START = 10 * SECOND;

    private final StreamBuilder stream = new StreamBuilder();

    @Test
    void aWrapOfThePtsIsNothing() {
        long start = Pts.WRAP - 3 * SECOND;
        stream.tables();
        for (int second = 0; second < 7; second++) {
            stream.gop(start + second * SECOND, 25);
        }
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.facts())
                .extracting(SegmentFacts::durationTicks)
                .containsExactly(2 * SECOND, 2 * SECOND, 2 * SECOND, SECOND);
        assertThat(cuts.facts())
                .extracting(SegmentFacts::startPts)
                .containsExactly(start, start + 2 * SECOND, SECOND, 3 * SECOND);
        assertThat(cuts.facts()).noneMatch(SegmentFacts::discontinuity);
    }

    @Test
    void aJumpStartsASegmentWhateverThePictureIs() {
        stream.tables()
                .gop(START, 10)
                .gop(StreamBuilder.P, START + 11 * SECOND, 10)
                .gop(START, 10);
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.facts()).extracting(SegmentFacts::discontinuity).containsExactly(false, true, true);
        assertThat(cuts.facts()).extracting(SegmentFacts::independent).containsExactly(true, false, true);
        assertThat(cuts.facts())
                .extracting(SegmentFacts::durationTicks)
                .containsExactly(10 * FRAME, 10 * FRAME, 10 * FRAME);
        assertThat(cuts.facts()).extracting(SegmentFacts::startPts).containsExactly(START, START + 11 * SECOND, START);
    }

    @Test
    void aStepBackInDecodingTimeIsAJumpThoughItIsSmall() {
        stream.tables();
        for (int loop = 0; loop < 3; loop++) {
            stream.gop(START, 75);
        }
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.facts()).extracting(SegmentFacts::discontinuity).containsExactly(false, true, true);
        assertThat(cuts.facts()).extracting(SegmentFacts::durationTicks).containsOnly(75 * FRAME);
        assertThat(cuts.facts()).allMatch(SegmentFacts::independent);
    }

    @Test
    void otherStreamsThatBeginEarlierAgainAreTimedFromTheirOwnStart() {
        stream.tables().gop(START, 75);
        stream.streams(new Sections.Stream(0x1B, 0x200)).tables();
        for (int i = 0; i < 75; i++) {
            stream.video(0x200, i == 0 ? StreamBuilder.IDR : StreamBuilder.P, START + i * FRAME);
        }
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.facts()).extracting(SegmentFacts::durationTicks).containsExactly(75 * FRAME, 75 * FRAME);
        assertThat(cuts.fact(1).discontinuity()).isTrue();
    }

    @Test
    void aStepOfTenSecondsIsNoJump() {
        stream.tables().gop(START, 1).gop(StreamBuilder.P, START + 10 * SECOND, 10);
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.facts()).noneMatch(SegmentFacts::discontinuity);
        assertThat(cuts.fact(0).durationTicks()).isEqualTo(10 * SECOND);
    }

    @Test
    void picturesOutOfTheirOrderOfDisplayAreCountedFromStartToStart() {
        stream.tables();
        long[] order = {0, 4, 2, 1, 3, 8, 6, 5, 7};
        for (long gop = 0; gop < 8; gop++) {
            for (long picture : order) {
                stream.video(picture == 0 ? StreamBuilder.IDR : StreamBuilder.P, START + (gop * 9 + picture) * FRAME);
            }
        }
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.facts()).extracting(SegmentFacts::durationTicks).containsExactly(54 * FRAME, 18 * FRAME);
    }

    @Test
    void withoutPtsThePcrTells() {
        stream.tables();
        for (int i = 0; i < 75; i++) {
            stream.pcr(START + i * FRAME).videoWithoutTime(i % 25 == 0 ? StreamBuilder.IDR : StreamBuilder.P);
        }
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.facts()).extracting(SegmentFacts::durationTicks).containsExactly(50 * FRAME, 24 * FRAME);
        assertThat(cuts.facts()).extracting(SegmentFacts::startPts).containsOnly(Pts.NONE);
        assertThat(cuts.facts()).allMatch(SegmentFacts::independent);
    }

    @Test
    void withoutPcrTheTimeOfArrivalTells() {
        stream.tables();
        Cuts cuts = Cuts.with(Cuts.TWO_SECONDS, (segmenter, allocator) -> {
            for (int i = 0; i < 75; i++) {
                stream.videoWithoutTime(i % 25 == 0 ? StreamBuilder.IDR : StreamBuilder.P);
                segmenter.onData(Unpooled.wrappedBuffer(stream.writer().drain()), 5_000_000 + i * 40_000L);
            }
        });
        assertThat(cuts.facts()).extracting(SegmentFacts::durationTicks).containsExactly(50 * FRAME, 24 * FRAME);
    }

    @Test
    void aScrambledVideoIsCutPastTheLongestDuration() {
        stream.tables();
        for (int i = 0; i < 110; i++) {
            stream.pcr(START + i * FRAME);
            stream.writer()
                    .packet(PacketBuilder.of(StreamBuilder.VIDEO)
                            .payloadUnitStart()
                            .scrambled(2)
                            .payload(new byte[184]));
        }
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.facts()).hasSize(2).noneMatch(SegmentFacts::independent);
        assertThat(cuts.fact(0).durationTicks()).isEqualTo(4 * SECOND);
        assertThat(cuts.joined()).isEqualTo(stream.bytes());
    }

    @Test
    void soundWithoutPicturesIsCutAtTheStartOfItsPesPackets() {
        stream.streams(new Sections.Stream(0x0F, StreamBuilder.AUDIO)).tables();
        for (int i = 0; i < 250; i++) {
            stream.audio(START + i * 1920L);
        }
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.facts()).allMatch(SegmentFacts::independent);
        assertThat(cuts.facts())
                .extracting(SegmentFacts::durationTicks)
                .containsExactly(94 * 1920L, 94 * 1920L, 62 * 1920L);
    }

    @Test
    void soundEndsWhereTheBytesOfItsLastPacketEnd() {
        stream.streams(new Sections.Stream(0x0F, StreamBuilder.AUDIO)).tables();
        for (int i = 0; i < 9; i++) {
            stream.audio(START + i * 9000L, 600);
        }
        stream.audio(START + 9 * 9000L, 200);
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.facts()).extracting(SegmentFacts::durationTicks).containsExactly(9 * 9000L + 3000);
    }

    @Test
    void aLastPacketOfSoundIsTakenToBeNoLongerThanOthers() {
        stream.streams(new Sections.Stream(0x0F, StreamBuilder.AUDIO)).tables();
        for (int i = 0; i < 9; i++) {
            stream.audio(START + i * 9000L, 600);
        }
        stream.audio(START + 9 * 9000L, 1200);
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.facts()).extracting(SegmentFacts::durationTicks).containsExactly(10 * 9000L);
    }

    @Test
    void eachSideOfAJumpOfSoundEndsByItsBytes() {
        stream.streams(new Sections.Stream(0x0F, StreamBuilder.AUDIO)).tables();
        stream.audio(START, 600).audio(START + 9000, 200);
        stream.audio(START + 60 * SECOND, 300).audio(START + 60 * SECOND + 9000, 100);
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.facts()).extracting(SegmentFacts::durationTicks).containsExactly(12000L, 12000L);
    }

    @Test
    void soundStandsInForAPictureThatIsAnnouncedAndNeverComes() {
        stream.tables();
        for (int i = 0; i < 500; i++) {
            stream.audio(START + i * 1920L);
        }
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.fact(0).startPts()).isEqualTo(START);
        assertThat(cuts.facts()).hasSizeGreaterThan(3).noneMatch(fact -> fact.durationTicks() > 4 * SECOND + 1920);
        assertThat(cuts.facts()).noneMatch(SegmentFacts::independent).noneMatch(SegmentFacts::discontinuity);
        assertThat(cuts.facts().stream().mapToLong(SegmentFacts::durationTicks).sum())
                .isEqualTo(500 * 1920L);
    }

    @Test
    void aShortStreamWhosePicturesNeverComeIsTimedByItsSound() {
        stream.tables().audio(START).audio(START + 1920).audio(START + 3840);
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.fact(0).startPts()).isEqualTo(START);
        assertThat(cuts.fact(0).durationTicks()).isBetween(3 * 1920L, 3 * 3840L);
    }

    @Test
    void soundStandsInWhilePicturesStayAwayAndNoLonger() {
        stream.tables();
        for (int i = 0; i < 600; i++) {
            boolean away = i >= 50 && i < 400;
            if (!away) {
                stream.video(i % 25 == 0 ? StreamBuilder.IDR : StreamBuilder.P, START + i * FRAME);
            }
            stream.audio(START + i * FRAME);
        }
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.facts()).noneMatch(fact -> fact.durationTicks() > 6 * SECOND);
        assertThat(cuts.facts().stream().mapToLong(SegmentFacts::durationTicks).sum())
                .isEqualTo(600 * FRAME);
        assertThat(cuts.facts()).extracting(SegmentFacts::startPts).contains(START + 400 * FRAME);
        assertThat(cuts.facts().get(cuts.facts().size() - 1).independent()).isTrue();
        assertThat(cuts.joined()).isEqualTo(stream.bytes());
    }

    @Test
    void afterTheSourceWasCutTheNextSegmentIsADiscontinuityAndNumbersGoOn() {
        stream.tables().gop(START, 10);
        byte[] first = stream.bytes();
        StreamBuilder other = new StreamBuilder();
        byte[] second = other.tables()
                .gop(StreamBuilder.P, START, 10)
                .gop(START + 10 * FRAME, 10)
                .bytes();
        Cuts cuts = Cuts.with(Cuts.TWO_SECONDS, (segmenter, allocator) -> {
            segmenter.onDiscontinuity();
            segmenter.onData(Unpooled.wrappedBuffer(first, 0, first.length - 100), 0);
            segmenter.onDiscontinuity();
            segmenter.onDiscontinuity();
            segmenter.onData(Unpooled.wrappedBuffer(second), 0);
        });
        assertThat(cuts.facts()).extracting(SegmentFacts::discontinuity).containsExactly(false, true, false);
        assertThat(cuts.facts()).extracting(SegmentFacts::independent).containsExactly(true, false, true);
        assertThat(cuts.facts()).extracting(SegmentFacts::sequence).containsExactly(1L, 2L, 3L);
        assertThat(cuts.facts()).extracting(SegmentFacts::continuityErrors).containsOnly(0L);
        cuts.assertGapless();
    }

    @Test
    void nothingComesOfNothing() {
        assertThat(Cuts.of(new byte[0]).facts()).isEmpty();
        assertThat(Cuts.of(new byte[10_000]).facts()).isEmpty();
    }
}
