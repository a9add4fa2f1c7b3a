// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.filter;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.SrtPacketFilter;
import io.medicloud.srt.SrtPacketFilter.Layout;
import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.MsgNo;
import io.medicloud.srt.packet.SeqNo;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Encoder and decoder against each other, over links that lose anything. */
class FecPropertyTest {
    private static final int PAYLOAD_SIZE = 200;
    private static final int DESTINATION = 0x1234;

    /** A stream on the wire: data packets and extra ones, in order. */
    private record Stream(List<ByteBuf> packets, Map<Integer, Integer> indexes, int dataPackets) {}

    @Property(tries = 400)
    void whatIsRebuiltIsWhatWasSentAndAllThatCanBeIsRebuilt(
            @ForAll("filters") SrtPacketFilter filter, @ForAll long seed, @ForAll("losses") double loss) {
        Random random = new Random(seed);
        int first = random.nextBoolean() ? SeqNo.plus(SeqNo.MAX, -random.nextInt(40)) : random.nextInt() & SeqNo.MAX;
        Stream stream = stream(filter, first, 3 * filter.columns() * filter.columnLength(), random);
        Decoded decoded = new Decoded();
        FecDecoder decoder = decoder(filter, first, decoded);
        Set<Integer> have = new HashSet<>();
        Set<Integer> extras = new HashSet<>();
        for (ByteBuf packet : stream.packets()) {
            boolean isLost = random.nextDouble() < loss;
            int index = stream.indexes().getOrDefault(DataPacket.seqNo(packet), -1);
            if (DataPacket.msgNo(packet) == MsgNo.FILTER) {
                int of = packet.getUnsignedByte(16);
                if (!isLost) {
                    extras.add(of == FecMatrix.ROW ? ~(index / filter.columns()) : index);
                    decoder.onExtra(packet, 0);
                }
            } else if (!isLost) {
                have.add(index);
                decoder.onData(packet, 0);
            } else {
                decoded.sent.put(DataPacket.seqNo(packet), ByteBufUtil.hexDump(packet));
            }
        }
        Set<Integer> solvable = solve(filter, stream.dataPackets(), have, extras);
        Set<Integer> rebuilt = new HashSet<>();
        decoded.rebuilt.forEach(seqNo -> rebuilt.add(SeqNo.distance(first, seqNo)));
        assertThat(rebuilt).isEqualTo(solvable);
    }

    @Property(tries = 200)
    void whatIsNeitherReceivedNorRebuiltIsToldOnce(
            @ForAll("filters") SrtPacketFilter filter, @ForAll long seed, @ForAll("losses") double loss) {
        Random random = new Random(seed);
        int matrix = filter.columns() * filter.columnLength();
        Stream stream = stream(filter, 77, 6 * matrix + 3 * filter.columns(), random);
        Decoded decoded = new Decoded();
        FecDecoder decoder = decoder(filter, 77, decoded);
        Set<Integer> missing = new HashSet<>();
        for (ByteBuf packet : stream.packets()) {
            int index = SeqNo.distance(77, DataPacket.seqNo(packet));
            boolean isLost = index < 4 * matrix && random.nextDouble() < loss;
            if (DataPacket.msgNo(packet) == MsgNo.FILTER) {
                if (!isLost) {
                    decoder.onExtra(packet, 0);
                }
            } else if (!isLost) {
                decoder.onData(packet, 0);
            } else {
                missing.add(DataPacket.seqNo(packet));
                decoded.sent.put(DataPacket.seqNo(packet), ByteBufUtil.hexDump(packet));
            }
        }
        missing.removeAll(decoded.rebuilt);
        assertThat(decoded.unsolved).containsAll(missing);
        decoded.unsolved.removeAll(missing);
        // Given up, and still rebuilt in the end by way of others.
        assertThat(decoded.rebuilt).containsAll(decoded.unsolved);
        assertThat(missing).allMatch(decoder::isGivenUp);
    }

    @Property(tries = 200)
    void disorderAndRepetitionRebuildNothingWrong(@ForAll("filters") SrtPacketFilter filter, @ForAll long seed) {
        Random random = new Random(seed);
        Stream stream = stream(filter, 5, 4 * filter.columns() * filter.columnLength(), random);
        List<ByteBuf> packets = new ArrayList<>(stream.packets());
        Decoded decoded = new Decoded();
        packets.forEach(p -> decoded.sent.put(DataPacket.seqNo(p), ""));
        packets.stream()
                .filter(p -> DataPacket.msgNo(p) != MsgNo.FILTER)
                .forEach(p -> decoded.sent.put(DataPacket.seqNo(p), ByteBufUtil.hexDump(p)));
        for (int i = 0; i < packets.size(); i++) {
            int j = Math.min(packets.size() - 1, i + random.nextInt(8));
            ByteBuf moved = packets.set(i, packets.get(j));
            packets.set(j, moved);
        }
        FecDecoder decoder = decoder(filter, 5, decoded);
        for (ByteBuf packet : packets) {
            for (int copies = random.nextInt(3); copies > 0; copies--) {
                if (DataPacket.msgNo(packet) == MsgNo.FILTER) {
                    decoder.onExtra(packet, 0);
                } else {
                    decoder.onData(packet, 0);
                }
            }
        }
        assertThat(decoded.allocator.metric().usedHeapMemory()).isZero();
    }

    @Property(tries = 300)
    void hostileExtraPacketsDoNoHarm(@ForAll("filters") SrtPacketFilter filter, @ForAll long seed) {
        Random random = new Random(seed);
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);
        int[] rebuilt = new int[1];
        FecSink sink = new FecSink() {
            @Override
            public void takeRebuilt(ByteBuf packet, long nowUs) {
                assertThat(DataPacket.payloadLength(packet)).isBetween(1, PAYLOAD_SIZE);
                assertThat(DataPacket.keyFlags(packet)).isLessThanOrEqualTo(DataPacket.KK_ODD);
                packet.release();
                rebuilt[0]++;
            }

            @Override
            public void onUnsolved(int seqNo, long nowUs) {
                assertThat(SeqNo.isValid(seqNo)).isTrue();
            }
        };
        FecDecoder decoder = new FecDecoder(filter, 0, PAYLOAD_SIZE, allocator, sink);
        int seqNo = 0;
        for (int i = 0; i < 600; i++) {
            boolean isExtra = random.nextInt(3) == 0;
            seqNo = SeqNo.plus(seqNo, random.nextInt(50) == 0 ? random.nextInt(9000) - 4500 : random.nextInt(3));
            ByteBuf packet = Unpooled.buffer();
            DataPacket.writeHeader(
                    packet, seqNo, random.nextInt(3), isExtra ? MsgNo.FILTER : 1 + i, random.nextInt(), DESTINATION);
            byte[] content = new byte[1 + random.nextInt(random.nextInt(4) == 0 ? 1456 : PAYLOAD_SIZE)];
            random.nextBytes(content);
            if (isExtra && random.nextInt(3) > 0) {
                content[0] = (byte) (random.nextBoolean() ? FecMatrix.ROW : seqNo % filter.columns());
            }
            packet.writeBytes(content);
            if (isExtra) {
                decoder.onExtra(packet, i);
            } else {
                decoder.onData(packet, i);
            }
        }
        assertThat(allocator.metric().usedDirectMemory()).isZero();
        assertThat(rebuilt[0]).isLessThanOrEqualTo(600);
    }

    private static Stream stream(SrtPacketFilter filter, int first, int count, Random random) {
        FecEncoder encoder = new FecEncoder(filter, first, PAYLOAD_SIZE);
        List<ByteBuf> packets = new ArrayList<>();
        Map<Integer, Integer> indexes = new HashMap<>();
        int msgNo = MsgNo.MAX - 5;
        for (int i = 0; i < count; i++) {
            int seqNo = SeqNo.plus(first, i);
            indexes.put(seqNo, i);
            ByteBuf packet = Unpooled.buffer();
            DataPacket.writeHeader(packet, seqNo, random.nextInt(3), msgNo, random.nextInt(), DESTINATION);
            byte[] content = new byte[1 + random.nextInt(PAYLOAD_SIZE)];
            random.nextBytes(content);
            packet.writeBytes(content);
            packets.add(packet);
            msgNo = MsgNo.next(msgNo);
            encoder.onSent(packet);
            while (encoder.isDue()) {
                ByteBuf extra = Unpooled.buffer();
                encoder.writeDue(extra, DataPacket.KK_EVEN, DESTINATION);
                packets.add(extra);
            }
        }
        return new Stream(packets, indexes, count);
    }

    private static FecDecoder decoder(SrtPacketFilter filter, int first, Decoded decoded) {
        return new FecDecoder(filter, first, PAYLOAD_SIZE, decoded.allocator, decoded);
    }

    /** By hand: takes away, group by group, what is the only one missing, until nothing changes. */
    private static Set<Integer> solve(SrtPacketFilter filter, int count, Set<Integer> have, Set<Integer> extras) {
        int cols = filter.columns();
        int rows = filter.columnLength();
        List<List<Integer>> groups = new ArrayList<>();
        for (int extra : extras) {
            List<Integer> members = new ArrayList<>();
            if (extra < 0) {
                for (int i = 0; i < cols; i++) {
                    members.add(~extra * cols + i);
                }
            } else {
                for (int i = 0; i < rows; i++) {
                    members.add(extra - i * cols);
                }
            }
            groups.add(members);
        }
        Set<Integer> known = new HashSet<>(have);
        Set<Integer> solved = new HashSet<>();
        boolean changed = true;
        while (changed) {
            changed = false;
            for (List<Integer> members : groups) {
                List<Integer> missing =
                        members.stream().filter(m -> !known.contains(m)).toList();
                if (missing.size() == 1) {
                    known.addAll(missing);
                    solved.addAll(missing);
                    changed = true;
                }
            }
        }
        assertThat(solved).allMatch(i -> i >= 0 && i < count);
        return solved;
    }

    @Provide
    Arbitrary<SrtPacketFilter> filters() {
        return Combinators.combine(
                        Arbitraries.integers().between(2, 12),
                        Arbitraries.integers().between(-6, 6).filter(r -> r != 0 && r != -1),
                        Arbitraries.of(Layout.class))
                .as((cols, rows, layout) -> new SrtPacketFilter(cols, rows, layout, null));
    }

    @Provide
    Arbitrary<Double> losses() {
        return Arbitraries.of(0.0, 0.02, 0.1, 0.2, 0.4);
    }

    private static final class Decoded implements FecSink {
        final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
        final Map<Integer, String> sent = new HashMap<>();
        final Set<Integer> rebuilt = new HashSet<>();
        final Set<Integer> unsolved = new HashSet<>();

        @Override
        public void takeRebuilt(ByteBuf packet, long nowUs) {
            int seqNo = DataPacket.seqNo(packet);
            assertThat(ByteBufUtil.hexDump(packet)).isEqualTo(sent.get(seqNo));
            assertThat(rebuilt.add(seqNo)).isTrue();
            packet.release();
        }

        @Override
        public void onUnsolved(int seqNo, long nowUs) {
            assertThat(rebuilt).doesNotContain(seqNo);
            assertThat(unsolved.add(seqNo)).isTrue();
        }
    }
}
