// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import static io.medicloud.mpegts.segment.StreamBuilder.FRAME;
import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.packet.FaultSink;
import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.packet.TsFault;
import io.medicloud.testdata.ChunkSplitter;
import io.medicloud.testdata.LeakGuard;
import io.medicloud.testdata.PacketFormat;
import io.medicloud.testdata.SyntheticEncoder;
import io.medicloud.testdata.SyntheticStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** What comes out is what came in: whatever the pieces, the packet size, or the damage. */
class SegmenterWholeTest {
    private static final long START = 10L * Pts.HZ;
    private static final SegmentPolicy ONE_SECOND = SegmentPolicy.ofTarget(Duration.ofSeconds(1));

    @Property(tries = 200)
    void anyBytesAreTaken(@ForAll @Size(max = 3000) byte[] bytes, @ForAll @IntRange(min = 1, max = 500) int piece) {
        Cuts.of(bytes, ONE_SECOND, ChunkSplitter.every(piece)).assertGapless();
    }

    @Property(tries = 300)
    void anyPacketsAreTakenAndLeaveInOrder(@ForAll long seed) {
        byte[] stream = madness(new Random(seed));
        Cuts cuts = Cuts.of(stream, ONE_SECOND, ChunkSplitter.random(seed, 1, 4000));
        assertThat(cuts.joined()).isEqualTo(stream);
        cuts.assertGapless();
        cuts.assertSameAs(Cuts.of(stream, ONE_SECOND, ChunkSplitter.every(stream.length)));
    }

    /** A stream with tables and pictures in which headers and payload are damaged at random, but no sync byte. */
    private static byte[] madness(Random random) {
        StreamBuilder stream = new StreamBuilder();
        List<byte[]> pictures = List.of(
                StreamBuilder.IDR, StreamBuilder.P, StreamBuilder.P, StreamBuilder.OPEN_GOP, StreamBuilder.REFRESH);
        long pts = random.nextLong() & (Pts.WRAP - 1);
        for (int i = 0; i < 150; i++) {
            pts += random.nextInt(50) == 0 ? random.nextLong() : FRAME * random.nextInt(4);
            switch (random.nextInt(6)) {
                case 0 -> stream.tables();
                case 1 -> stream.nullPacket().pcr(pts);
                case 2 -> stream.audio(pts).videoRest();
                default -> stream.video(pictures.get(random.nextInt(pictures.size())), pts);
            }
        }
        byte[] bytes = stream.bytes();
        for (int i = random.nextInt(100); i > 0; i--) {
            int packet = random.nextInt(bytes.length / 188 - 5) + 5;
            bytes[packet * 188 + 1 + random.nextInt(40)] = (byte) random.nextInt();
        }
        return bytes;
    }

    @Test
    void aRealEncodersStreamIsCutAlikeWhateverThePieces() {
        byte[] stream = new SyntheticEncoder(SyntheticStream.DEFAULT.withGop(Duration.ofSeconds(1)))
                .generate(Duration.ofSeconds(5));
        Cuts whole = Cuts.of(stream, Cuts.TWO_SECONDS, ChunkSplitter.every(stream.length));
        assertThat(whole.joined()).isEqualTo(stream);
        assertThat(whole.facts()).extracting(SegmentFacts::durationSeconds).containsExactly(2.0, 2.0, 1.0);
        assertThat(whole.facts()).allMatch(SegmentFacts::independent);
        for (int seed = 0; seed < 8; seed++) {
            Cuts.of(stream, Cuts.TWO_SECONDS, ChunkSplitter.random(seed, 1, 3000))
                    .assertSameAs(whole);
        }
        Cuts.of(stream, Cuts.TWO_SECONDS, ChunkSplitter.every(1)).assertSameAs(whole);
        Cuts.of(stream, Cuts.TWO_SECONDS, ChunkSplitter.every(188)).assertSameAs(whole);
    }

    @Test
    void packetsOfOtherSizesLeaveAs188() {
        Cuts expected = Cuts.of(gops(new StreamBuilder()));
        for (PacketFormat format : PacketFormat.values()) {
            byte[] stream = gops(new StreamBuilder(format));
            for (int piece : new int[] {100, 1316, 5000}) {
                Cuts.of(stream, Cuts.TWO_SECONDS, ChunkSplitter.every(piece)).assertSameAs(expected);
            }
        }
    }

    private static byte[] gops(StreamBuilder stream) {
        return stream.tables().gop(START, 50).gop(START + 50 * FRAME, 50).bytes();
    }

    @Test
    void aDamagedSyncByteStaysWhereItIsAndGarbageDoesNot() {
        byte[] stream = gops(new StreamBuilder());
        stream[20 * 188] = 0x46;
        Cuts cuts = Cuts.of(stream);
        assertThat(cuts.joined()).isEqualTo(stream);
        ByteArrayOutputStream dirty = new ByteArrayOutputStream();
        dirty.writeBytes(new byte[77]);
        dirty.write(stream, 0, 40 * 188);
        dirty.writeBytes(new byte[1000]);
        dirty.write(stream, 40 * 188, stream.length - 40 * 188);
        dirty.write(stream, 0, 100);
        Cuts cleaned = Cuts.of(dirty.toByteArray());
        cleaned.assertSameSegmentsAs(cuts);
        assertThat(cuts.facts()).extracting(fact -> fact.faults().syncLoss()).containsExactly(1L, 0L);
        assertThat(cleaned.facts()).extracting(fact -> fact.faults().syncLoss()).containsExactly(2L, 0L);
    }

    @Test
    void onlyPacketsThatStraddleTwoBuffersAreCopied() {
        byte[] stream = gops(new StreamBuilder());
        int piece = 10 * 188 + 50;
        List<ByteBuf> input = new ArrayList<>();
        for (int at = 0; at < stream.length; at += piece) {
            input.add(Unpooled.copiedBuffer(stream, at, Math.min(piece, stream.length - at)));
        }
        int straddling = 0;
        for (int at = piece; at < stream.length; at += piece) {
            straddling += at % 188 == 0 ? 0 : 1;
        }
        long[] copied = new long[1];
        int[] slices = new int[1];
        try (LeakGuard guard = new LeakGuard()) {
            SegmentSink sink = new SegmentSink() {
                @Override
                public void onSegmentStart(long sequence) {}

                @Override
                public void takePackets(ByteBuf packets) {
                    boolean ours = input.stream().anyMatch(buffer -> buffer.array() == array(packets));
                    copied[0] += ours ? 0 : packets.readableBytes() / 188;
                    slices[0]++;
                    packets.release();
                }

                @Override
                public void onSegmentEnd(SegmentFacts facts) {
                    copied[0] -= facts.injectedPackets();
                }
            };
            Segmenter segmenter = new Segmenter(Cuts.TWO_SECONDS, sink, 1, FaultSink.NONE, guard.allocator());
            input.forEach(buffer -> segmenter.onData(buffer, 0));
            segmenter.finish();
        }
        assertThat(copied[0]).isEqualTo(straddling);
        assertThat(slices[0]).isLessThan(2 * input.size() + 10);
        assertThat(input).allMatch(buffer -> buffer.refCnt() == 1);
        input.forEach(ByteBuf::release);
    }

    private static byte[] array(ByteBuf packets) {
        return packets.hasArray() ? packets.array() : new byte[0];
    }

    @Test
    void oneSliceABufferLeavesWhereNothingIsCut() {
        byte[] stream = new StreamBuilder().tables().gop(START, 50).bytes();
        List<Integer> sizes = new ArrayList<>();
        Segmenter segmenter = new Segmenter(Cuts.TWO_SECONDS, new SegmentSink() {
            @Override
            public void onSegmentStart(long sequence) {}

            @Override
            public void takePackets(ByteBuf packets) {
                sizes.add(packets.readableBytes());
                packets.release();
            }

            @Override
            public void onSegmentEnd(SegmentFacts facts) {}
        });
        for (int at = 0; at < stream.length; at += 1316) {
            segmenter.onData(
                    Unpooled.wrappedBuffer(Arrays.copyOfRange(stream, at, Math.min(stream.length, at + 1316))), 0);
        }
        assertThat(sizes).hasSize((stream.length + 1315) / 1316);
        segmenter.finish();
    }

    @Test
    void faultsAreToldAndCounted() {
        StreamBuilder builder = new StreamBuilder().tables().gop(START, 20);
        builder.writer().gap(StreamBuilder.VIDEO, 1);
        byte[] stream = builder.gop(START + 20 * FRAME, 5).bytes();
        stream[20 * 188 + 1] |= (byte) 0x80;
        stream[30 * 188] = 0;
        stream[50 * 188 + 3] &= 0x0F;
        List<TsFault> told = new ArrayList<>();
        Segmenter segmenter = new Segmenter(
                Cuts.TWO_SECONDS, new Cuts(), 1, (fault, pid) -> told.add(fault), Unpooled.EMPTY_BUFFER.alloc());
        segmenter.onData(Unpooled.wrappedBuffer(stream, 0, stream.length - 10), 0);
        segmenter.finish();
        assertThat(told)
                .contains(TsFault.TRANSPORT_ERROR, TsFault.SYNC_BYTE, TsFault.CONTINUITY, TsFault.TRUNCATED_PACKET);
        for (TsFault fault : TsFault.values()) {
            assertThat(segmenter.count(fault))
                    .isEqualTo(told.stream().filter(fault::equals).count());
        }
        assertThat(segmenter.packets()).isEqualTo(stream.length / 188 - 1);
        assertThat(segmenter.packetSize()).isEqualTo(188);
    }
}
