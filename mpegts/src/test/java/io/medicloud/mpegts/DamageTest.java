// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.demux.DemuxSink;
import io.medicloud.mpegts.demux.TsDemuxer;
import io.medicloud.mpegts.packet.PacketFramer;
import io.medicloud.mpegts.packet.PacketSink;
import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.mpegts.pes.PesHeader;
import io.medicloud.testdata.ChunkSplitter;
import io.medicloud.testdata.SyntheticEncoder;
import io.medicloud.testdata.SyntheticStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Of a stream of which one byte in a hundred, or in ten thousand, is another, nothing is lost but what was damaged. */
class DamageTest {
    private static final int MOST_BYTES = 700_000;
    private static final byte[] GENERATED =
            new SyntheticEncoder(SyntheticStream.DEFAULT).generate(Duration.ofSeconds(6));

    @TestFactory
    Stream<DynamicTest> nothingIsLostButWhatWasDamaged() {
        Stream<DynamicTest> samples = Samples.streams().stream()
                .map(file -> DynamicTest.dynamicTest(
                        file.getFileName().toString(), () -> damage(whole(Samples.read(file)))));
        return Stream.concat(Stream.of(DynamicTest.dynamicTest("generated", () -> damage(GENERATED))), samples);
    }

    /** Its packets of 188 bytes, as they are found. */
    private static byte[] whole(byte[] bytes) {
        ByteArrayOutputStream packets = new ByteArrayOutputStream();
        frame(Arrays.copyOf(bytes, Math.min(bytes.length, MOST_BYTES)), packet -> {
            if (packet[0] == TsPacket.SYNC_BYTE) {
                packets.writeBytes(packet);
            }
        });
        return packets.toByteArray();
    }

    private static void damage(byte[] stream) {
        for (int share : new int[] {100, 10_000}) {
            Random random = new Random(share);
            byte[] damaged = stream.clone();
            for (int i = stream.length / share; i > 0; i--) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 + random.nextInt(255));
            }
            assertPacketsLeave(stream, damaged);
            int untouched = assertPesPacketsLeave(stream, damaged);
            assertThat(untouched).isGreaterThanOrEqualTo(stream == GENERATED && share > 100 ? 100 : 0);
        }
    }

    /** Each packet is found, damaged or not, but where the sync bytes of several packets close together are. */
    private static void assertPacketsLeave(byte[] stream, byte[] damaged) {
        int packets = stream.length / TsPacket.SIZE;
        BitSet bad = new BitSet();
        for (int i = 0; i < packets; i++) {
            bad.set(i, damaged[i * TsPacket.SIZE] != TsPacket.SYNC_BYTE);
        }
        List<byte[]> found = new ArrayList<>();
        frame(damaged, found::add);
        int at = 0;
        int missing = 0;
        for (int i = 0; i < packets; i++) {
            byte[] packet = Arrays.copyOfRange(damaged, i * TsPacket.SIZE, (i + 1) * TsPacket.SIZE);
            if (at < found.size() && Arrays.equals(found.get(at), packet)) {
                at++;
            } else {
                missing++;
                int near = bad.get(Math.max(0, i - 4), i + 5).cardinality();
                assertThat(near).as("packet %d is lost", i).isGreaterThanOrEqualTo(2);
            }
        }
        assertThat(at).isEqualTo(found.size());
        assertThat(missing).isLessThanOrEqualTo(packets / 100);
    }

    /** Each PES packet none of whose packets was touched is told, if no touched packet claims to be of its PID meanwhile; returns how many these are. */
    private static int assertPesPacketsLeave(byte[] stream, byte[] damaged) {
        Told right = demux(stream);
        Set<String> told = new HashSet<>();
        demux(damaged).packets.forEach(packet -> told.add(packet.content));
        int packets = stream.length / TsPacket.SIZE;
        BitSet touched = new BitSet();
        Map<Integer, BitSet> claims = new HashMap<>();
        for (int i = 0; i < packets; i++) {
            int from = i * TsPacket.SIZE;
            if (!Arrays.equals(stream, from, from + TsPacket.SIZE, damaged, from, from + TsPacket.SIZE)) {
                touched.set(i);
                for (byte[] bytes : List.of(stream, damaged)) {
                    int pid = (bytes[from + 1] & 0x1F) << 8 | (bytes[from + 2] & 0xFF);
                    claims.computeIfAbsent(pid, p -> new BitSet()).set(i);
                }
            }
        }
        int untouched = 0;
        for (Pes packet : right.packets) {
            BitSet own = claims.getOrDefault(packet.pid, new BitSet());
            boolean harmed =
                    own.nextSetBit((int) packet.first) >= 0 && own.nextSetBit((int) packet.first) <= packet.last;
            // Where sync was lost near it, its packets may be.
            BitSet sync = new BitSet();
            for (int i = (int) Math.max(0, packet.first - 4); i < Math.min(packets, packet.last + 5); i++) {
                sync.set(i, damaged[i * TsPacket.SIZE] != TsPacket.SYNC_BYTE);
            }
            if (!harmed && sync.cardinality() < 2 && packet.ended) {
                untouched++;
                assertThat(told)
                        .as("PES packet of PID %d in packet %d", packet.pid, packet.first)
                        .contains(packet.content);
            }
        }
        return untouched;
    }

    /** A PES packet, the numbers of its first and last packets, and its bytes in short. */
    private static final class Pes {
        private final int pid;
        private final long first;
        private long last;
        private boolean ended;
        private String content;
        private int hash = 1;
        private int length;

        Pes(int pid, long first, long pts) {
            this.pid = pid;
            this.first = first;
            this.last = first;
            this.content = pid + " " + pts;
        }

        void end() {
            ended = true;
            content += " " + length + " " + hash;
        }
    }

    private static final class Told implements DemuxSink {
        private final List<Pes> packets = new ArrayList<>();
        private final Map<Integer, Pes> open = new HashMap<>();
        private final TsDemuxer demuxer = new TsDemuxer(this);

        @Override
        public void onPesStart(int pid, long packet, PesHeader header) {
            end(pid);
            Pes pes = new Pes(pid, packet, header.pts());
            pes.last = demuxer.packets() - 1;
            open.put(pid, pes);
            packets.add(pes);
        }

        @Override
        public void onPesData(int pid, ByteBuf data, int from, int to) {
            Pes pes = open.get(pid);
            for (int i = from; i < to; i++) {
                pes.hash = 31 * pes.hash + data.getByte(i);
            }
            pes.length += to - from;
            pes.last = demuxer.packets() - 1;
        }

        @Override
        public void onPesBroken(int pid) {
            open.remove(pid);
        }

        private void end(int pid) {
            Pes before = open.remove(pid);
            if (before != null) {
                before.last = demuxer.packets() - 1; // The packet that shows that it has ended is needed too.
                before.end();
            }
        }
    }

    private static Told demux(byte[] stream) {
        Told told = new Told();
        told.demuxer.onData(Unpooled.wrappedBuffer(stream));
        told.demuxer.finish();
        return told;
    }

    private static void frame(byte[] bytes, java.util.function.Consumer<byte[]> packets) {
        PacketFramer framer = new PacketFramer(
                new PacketSink() {
                    @Override
                    public void onPackets(ByteBuf data, int start, int count) {
                        for (int i = 0; i < count; i++) {
                            packets.accept(copy(data, start + i * TsPacket.SIZE));
                        }
                    }

                    @Override
                    public void onDamagedPacket(ByteBuf data, int start) {
                        packets.accept(copy(data, start));
                    }

                    private byte[] copy(ByteBuf data, int start) {
                        byte[] packet = new byte[TsPacket.SIZE];
                        data.getBytes(start, packet);
                        return packet;
                    }
                },
                (fault, pid) -> {});
        ChunkSplitter.every(100_003).split(bytes, piece -> framer.onData(Unpooled.wrappedBuffer(piece)));
        framer.finish();
    }
}
