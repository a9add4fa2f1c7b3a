// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import static io.medicloud.mpegts.segment.StreamBuilder.FRAME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.testdata.AdaptationField;
import io.medicloud.testdata.ChunkSplitter;
import io.medicloud.testdata.PacketBuilder;
import io.medicloud.testdata.PesBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Where segments are cut: at the target, backwards, over what stands in front; and where they are not. */
class SegmenterCutTest {
    private static final long SECOND = Pts.HZ;
    private static final long START = 10 * SECOND;

    private final StreamBuilder stream = new StreamBuilder();

    @Test
    void aSegmentEndsAtTheFirstRandomAccessPointAtOrAfterTheTarget() {
        stream.tables();
        for (int second = 0; second < 7; second++) {
            stream.gop(START + second * SECOND, 25);
        }
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.facts())
                .extracting(SegmentFacts::durationTicks)
                .containsExactly(2 * SECOND, 2 * SECOND, 2 * SECOND, SECOND);
        assertThat(cuts.facts())
                .extracting(SegmentFacts::startPts)
                .containsExactly(START, START + 2 * SECOND, START + 4 * SECOND, START + 6 * SECOND);
        assertThat(cuts.facts()).allMatch(SegmentFacts::independent).noneMatch(SegmentFacts::discontinuity);
        assertThat(cuts.joined()).isEqualTo(stream.bytes());
    }

    @Test
    void anAccessUnitMayGoOnInFurtherPesPackets() {
        for (int at = 5; at < 60; at++) {
            StreamBuilder split = new StreamBuilder().tables();
            for (int gop = 0; gop < 2; gop++) {
                long pts = START + gop * 50L * FRAME;
                split.video(Arrays.copyOf(StreamBuilder.IDR, at), pts);
                split.audio(pts).videoWithoutTime(Arrays.copyOfRange(StreamBuilder.IDR, at, StreamBuilder.IDR.length));
                split.gop(StreamBuilder.P, pts + FRAME, 49);
            }
            Cuts cuts = Cuts.of(split.bytes());
            assertThat(cuts.joined()).isEqualTo(split.bytes());
            assertThat(cuts.facts())
                    .as("split at byte %d", at)
                    .hasSize(2)
                    .allMatch(SegmentFacts::independent)
                    .allMatch(fact -> fact.durationTicks() == 50 * FRAME);
        }
    }

    @Test
    void aRandomAccessPointBeforeTheTargetIsPassedByAndOneAfterItTaken() {
        stream.tables().gop(START, 45).gop(START + 45 * FRAME, 20).gop(START + 65 * FRAME, 5);
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.facts()).extracting(SegmentFacts::durationTicks).containsExactly(65 * FRAME, 5 * FRAME);
    }

    @Test
    void theCutIsPulledBackOverTablesStuffingAndClock() {
        stream.tables().gop(START, 50);
        long mark = stream.audio(START).packets();
        stream.nullPacket().sdt().pcr(START).pat().nullPacket().pmt().gop(START + 2 * SECOND, 5);
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.starts()).containsExactly(0L, mark);
        assertThat(cuts.fact(1).injectedPackets()).isZero();
        assertThat(cuts.fact(1).independent()).isTrue();
    }

    @Test
    void theCutIsNotPulledBackOverAnythingElse() {
        stream.tables().gop(START, 50).tables().audio(START);
        long mark = stream.packets();
        stream.gop(START + 2 * SECOND, 5);
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.starts()).containsExactly(0L, mark);
        assertThat(cuts.fact(1).injectedPackets()).isEqualTo(2);
        assertThat(cuts.fact(1).independent()).isTrue();
    }

    @Test
    void aLongRunOfStuffingIsPulledBackOverInPart() {
        stream.tables().gop(START, 50);
        long from = stream.packets();
        for (int i = 0; i < PullBack.MOST_PACKETS + 100; i++) {
            stream.nullPacket();
        }
        stream.gop(START + 2 * SECOND, 5);
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.fact(1).startPacket()).isEqualTo(from + PullBack.MOST_PACKETS);
        assertThat(cuts.fact(1).injectedPackets()).isEqualTo(2);
    }

    @Test
    void aStreamThatStartsWithinAGopEndsItsFirstSegmentAtTheFirstRandomAccessPoint() {
        stream.tables().videoRest().gop(StreamBuilder.P, START, 10).gop(START + 10 * FRAME, 60);
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.facts()).extracting(SegmentFacts::independent).containsExactly(false, true);
        assertThat(cuts.facts()).extracting(SegmentFacts::durationTicks).containsExactly(10 * FRAME, 60 * FRAME);
    }

    @Test
    void aStreamWhoseTablesComeLateIsTimedFromItsFirstPicture() {
        stream.gop(START, 10)
                .tables()
                .gop(StreamBuilder.P, START + 10 * FRAME, 10)
                .gop(START + 20 * FRAME, 20);
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.fact(0).startPts()).isEqualTo(START);
        assertThat(cuts.facts()).extracting(SegmentFacts::durationTicks).containsExactly(20 * FRAME, 20 * FRAME);
        assertThat(cuts.facts()).extracting(SegmentFacts::independent).containsExactly(false, true);
    }

    @Test
    void soundInFrontOfTheTablesIsASegmentOfItsOwn() {
        stream.audio(START).tables().gop(START, 50);
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.facts()).extracting(SegmentFacts::independent).containsExactly(false, true);
        assertThat(cuts.facts()).extracting(SegmentFacts::durationTicks).containsExactly(0L, 50 * FRAME);
        assertThat(cuts.fact(0).startPts()).isEqualTo(Pts.NONE);
    }

    @Test
    void aRandomAccessPointWithoutParameterSetsIsACutButNotIndependent() {
        stream.tables().gop(START, 50).gop(StreamBuilder.IDR_WITHOUT_SETS, START + 2 * SECOND, 5);
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.facts()).extracting(SegmentFacts::independent).containsExactly(true, false);
    }

    @Test
    void aRecoveryPointWithoutFramesToWaitForIsIndependent() {
        stream.tables().gop(START, 50).gop(StreamBuilder.OPEN_GOP, START + 2 * SECOND, 5);
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.facts()).extracting(SegmentFacts::independent).containsExactly(true, true);
    }

    @Test
    void aGradualRefreshIsTakenOnlyWhereNothingBetterCame() {
        stream.tables().gop(START, 50);
        for (long i = 0; i < 4; i++) {
            stream.gop(StreamBuilder.REFRESH, START + 2 * SECOND + i * 15 * FRAME, 15);
        }
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.facts()).extracting(SegmentFacts::durationTicks).containsExactly(80 * FRAME, 30 * FRAME);
        assertThat(cuts.facts()).extracting(SegmentFacts::independent).containsExactly(true, false);
    }

    @Test
    void pastTheLongestDurationAnyPictureIsACut() {
        stream.tables().gop(START, 110);
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.facts()).extracting(SegmentFacts::durationTicks).containsExactly(100 * FRAME, 10 * FRAME);
        assertThat(cuts.facts()).extracting(SegmentFacts::independent).containsExactly(true, false);
    }

    @Test
    void aRandomAccessPointPastTheLongestDurationIsStillIndependent() {
        stream.tables().gop(START, 100).gop(START + 4 * SECOND, 5);
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.facts()).extracting(SegmentFacts::independent).containsExactly(true, true);
    }

    @Test
    void noSegmentIsLargerThanMayBe() {
        stream.tables();
        for (int i = 0; i < 20; i++) {
            stream.video(StreamBuilder.P, START + i * FRAME);
            for (int rest = 0; rest < 150; rest++) {
                stream.videoRest();
            }
        }
        SegmentPolicy policy = Cuts.TWO_SECONDS.withMostBytes(SegmentPolicy.LEAST_BYTES);
        Cuts cuts = Cuts.of(stream.bytes(), policy);
        long most = SegmentPolicy.LEAST_BYTES / 188;
        assertThat(cuts.facts()).hasSize(3).allMatch(fact -> fact.packets() <= most);
        assertThat(cuts.fact(0).packets()).isEqualTo(most);
        assertThat(cuts.fact(1).injectedPackets()).isEqualTo(2);
        assertThat(cuts.fact(1).independent()).isFalse();
        assertThat(cuts.joined()).isEqualTo(stream.bytes());
    }

    @Test
    void aPictureWhoseHeadIsLargerThanTheHoldWindowIsNoCut() {
        byte[] sets = Arrays.copyOf(StreamBuilder.IDR, 30);
        byte[] large = Arrays.copyOf(sets, 70_000);
        Arrays.fill(large, sets.length - 4, large.length, (byte) 0x5A);
        System.arraycopy(StreamBuilder.IDR_WITHOUT_SETS, 6, large, 69_000, 300);
        stream.tables().gop(START, 50).video(large, START + 50 * FRAME).gop(StreamBuilder.P, START + 51 * FRAME, 9);
        stream.gop(START + 60 * FRAME, 5);
        long[] exceeded = new long[1];
        Cuts cuts = Cuts.with(Cuts.TWO_SECONDS, (segmenter, allocator) -> {
            ChunkSplitter.every(1316).lend(stream.bytes(), allocator, piece -> segmenter.onData(piece, 0));
            exceeded[0] = segmenter.windowsExceeded();
        });
        assertThat(exceeded[0]).isEqualTo(1);
        assertThat(cuts.facts()).extracting(SegmentFacts::durationTicks).containsExactly(60 * FRAME, 5 * FRAME);
    }

    @Test
    void packetsAreHeldBackNoLongerThanHalfASecond() {
        stream.tables().gop(START, 50);
        byte[] before = stream.writer().drain();
        stream.writer()
                .packet(PacketBuilder.of(StreamBuilder.VIDEO)
                        .payloadUnitStart()
                        .payload(Arrays.copyOf(
                                PesBuilder.of(PesBuilder.VIDEO)
                                        .pts(START + 2 * SECOND)
                                        .unbounded()
                                        .payload(StreamBuilder.IDR)
                                        .build(),
                                20)));
        byte[] head = stream.writer().drain();
        for (long waitUs : new long[] {Mark.MOST_US, Mark.MOST_US + 1}) {
            Cuts cuts = Cuts.with(Cuts.TWO_SECONDS, (segmenter, allocator) -> {
                segmenter.onData(Unpooled.wrappedBuffer(before), 1_000);
                segmenter.onData(Unpooled.wrappedBuffer(head), 1_000);
                segmenter.onTime(1_000 + waitUs);
                assertThat(segmenter.windowsExceeded()).isEqualTo(waitUs > Mark.MOST_US ? 1 : 0);
            });
            assertThat(cuts.joined()).hasSize(before.length + head.length);
        }
    }

    @Test
    void damageWithinTheHoldWindowVoidsTheMark() {
        byte[] sound = breakAt(packet -> {});
        assertThat(Cuts.of(sound).facts()).hasSize(2);
        assertThat(Cuts.of(breakAt(packet -> packet[1] |= (byte) 0x80)).facts()).hasSize(1);
        assertThat(Cuts.of(breakAt(packet -> packet[3] ^= 0x05)).facts()).hasSize(1);
        assertThat(Cuts.of(breakAt(packet -> packet[3] |= (byte) 0x80)).facts()).hasSize(1);
        assertThat(Cuts.of(breakAt(packet -> packet[0] = 0x48)).facts()).hasSize(1);
    }

    /** A stream with a cut whose slice is in its second packet, and a change to that one. */
    private static byte[] breakAt(java.util.function.Consumer<byte[]> change) {
        byte[] idr = new byte[700];
        Arrays.fill(idr, (byte) 0x5A);
        System.arraycopy(StreamBuilder.IDR, 0, idr, 0, 30);
        Arrays.fill(idr, 22, 30, (byte) 0x5A);
        System.arraycopy(StreamBuilder.IDR_WITHOUT_SETS, 6, idr, 200, 100);
        StreamBuilder stream = new StreamBuilder().tables().gop(START, 50);
        int second = (int) stream.packets() + 1;
        stream.video(idr, START + 2 * SECOND).gop(StreamBuilder.P, START + 51 * FRAME, 10);
        byte[] bytes = stream.bytes();
        byte[] packet = Arrays.copyOfRange(bytes, second * 188, second * 188 + 188);
        change.accept(packet);
        System.arraycopy(packet, 0, bytes, second * 188, 188);
        return bytes;
    }

    @Test
    void aContinuityErrorCountsForTheSegmentThatHoldsThePacket() {
        stream.tables().gop(START, 50).audio(START);
        stream.writer().gap(StreamBuilder.AUDIO, 3);
        stream.audio(START + SECOND).gop(START + 2 * SECOND, 5);
        stream.writer().gap(StreamBuilder.AUDIO, 1).gap(StreamBuilder.VIDEO, 1);
        stream.audio(START + 2 * SECOND).gop(StreamBuilder.P, START + 55 * FRAME, 5);
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.facts()).extracting(SegmentFacts::continuityErrors).containsExactly(1L, 2L);
    }

    @Test
    void theFirstPacketsBeforeTheCutAreLostWithoutHarmToTheCut() {
        stream.tables().gop(START, 50);
        stream.writer().gap(StreamBuilder.VIDEO, 2);
        stream.gop(START + 2 * SECOND, 5);
        assertThat(Cuts.of(stream.bytes()).facts()).hasSize(2).allMatch(SegmentFacts::independent);
    }

    @Test
    void aSecondCopyOfAPacketIsPassedOnAndNotRead() {
        stream.tables().gop(START, 50);
        stream.writer()
                .packet(PacketBuilder.of(StreamBuilder.VIDEO)
                        .payloadUnitStart()
                        .payload(Arrays.copyOf(
                                PesBuilder.of(PesBuilder.VIDEO)
                                        .pts(START + 2 * SECOND)
                                        .unbounded()
                                        .payload(StreamBuilder.IDR)
                                        .build(),
                                184)));
        stream.writer().duplicate();
        stream.gop(StreamBuilder.P, START + 51 * FRAME, 5);
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.facts()).hasSize(2).allMatch(SegmentFacts::independent);
        assertThat(cuts.joined()).isEqualTo(stream.bytes());
    }

    @Test
    void aHeaderThatStraddlesPacketsIsReadAllTheSame() {
        stream.tables().gop(START, 50);
        byte[] pes = PesBuilder.of(PesBuilder.VIDEO)
                .pts(START + 2 * SECOND)
                .headerStuffing(60)
                .unbounded()
                .payload(StreamBuilder.IDR)
                .build();
        long mark = stream.packets();
        AdaptationField stuffing = new AdaptationField().privateData(new byte[170]);
        int room = 188 - 4 - 1 - 1 - 1 - 170;
        stream.writer()
                .packet(PacketBuilder.of(StreamBuilder.VIDEO)
                        .payloadUnitStart()
                        .adaptationField(stuffing)
                        .payload(Arrays.copyOf(pes, room)));
        for (int at = room; at < pes.length; at += 184) {
            stream.writer()
                    .packet(PacketBuilder.of(StreamBuilder.VIDEO)
                            .payload(Arrays.copyOfRange(pes, at, Math.min(pes.length, at + 184))));
        }
        stream.gop(StreamBuilder.P, START + 51 * FRAME, 5);
        Cuts cuts = Cuts.of(stream.bytes());
        assertThat(cuts.starts()).containsExactly(0L, mark);
        assertThat(cuts.fact(1).startPts()).isEqualTo(START + 2 * SECOND);
        assertThat(cuts.fact(1).independent()).isTrue();
    }

    @Test
    void nothingButTheHoldWindowIsHeldWhenACallReturns() {
        stream.tables().gop(START, 10);
        Cuts taken = new Cuts();
        Segmenter segmenter = new Segmenter(Cuts.TWO_SECONDS, new SegmentSink() {
            @Override
            public void onSegmentStart(long sequence) {
                taken.onSegmentStart(sequence);
            }

            @Override
            public void takePackets(ByteBuf packets) {
                given += packets.readableBytes() / 188;
                taken.takePackets(packets);
            }

            @Override
            public void onSegmentEnd(SegmentFacts facts) {
                taken.onSegmentEnd(facts);
            }
        });
        segmenter.onData(Unpooled.wrappedBuffer(stream.bytes()), 0);
        assertThat(given).isEqualTo(stream.packets());
        stream.writer().drain();
        stream.nullPacket().tables();
        segmenter.onData(Unpooled.wrappedBuffer(stream.bytes()), 0);
        assertThat(given).isEqualTo(stream.packets() - 3);
        segmenter.finish();
        assertThat(given).isEqualTo(stream.packets());
    }

    private long given;

    @Test
    void aPolicyThatCannotBeIsRefused() {
        Duration second = Duration.ofSeconds(1);
        assertThatThrownBy(() -> new SegmentPolicy(Duration.ZERO, second, 1 << 20))
                .hasMessageContaining("PT0S");
        assertThatThrownBy(() -> new SegmentPolicy(second, Duration.ofMillis(999), 1 << 20))
                .hasMessageContaining("PT0.999S");
        assertThatThrownBy(() -> new SegmentPolicy(second, second, 1000)).hasMessageContaining("1000");
        assertThat(SegmentPolicy.defaults().longest()).isEqualTo(Duration.ofSeconds(12));
    }
}
