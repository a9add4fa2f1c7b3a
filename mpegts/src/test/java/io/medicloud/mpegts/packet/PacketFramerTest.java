// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.packet;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.testdata.ChunkSplitter;
import io.medicloud.testdata.LeakGuard;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PacketFramerTest {
    private final ByteArrayOutputStream input = new ByteArrayOutputStream();
    private int written;

    /** What a framer said of an input. */
    private record Found(List<String> events, int packetSize, long firstPacketOffset) {}

    /** Packets without a second sync byte; the second and third byte number them. */
    private static byte[] packet(int number) {
        byte[] packet = new byte[188];
        Arrays.fill(packet, (byte) 0x11);
        packet[0] = 0x47;
        packet[1] = (byte) (number >> 4 & 0x0F);
        packet[2] = (byte) (number & 0x0F);
        return packet;
    }

    private PacketFramerTest packets(int count) {
        for (int i = 0; i < count; i++) {
            input.writeBytes(packet(written++));
        }
        return this;
    }

    private PacketFramerTest junk(int count) {
        input.writeBytes(new byte[count]);
        return this;
    }

    private Found find() {
        return find(input.toByteArray(), ChunkSplitter.every(1316));
    }

    private static Found find(byte[] bytes, ChunkSplitter pieces) {
        List<String> events = new ArrayList<>();
        try (LeakGuard guard = new LeakGuard()) {
            PacketFramer framer = new PacketFramer(
                    new PacketSink() {
                        @Override
                        public void onPackets(ByteBuf data, int start, int count) {
                            for (int at = start; at < start + count * 188; at += 188) {
                                assertThat(data.getByte(at)).isEqualTo((byte) 0x47);
                                events.add("packet " + (data.getByte(at + 1) * 16 + data.getByte(at + 2)));
                            }
                        }

                        @Override
                        public void onDamagedPacket(ByteBuf data, int start) {
                            events.add("damaged " + (data.getByte(start + 1) * 16 + data.getByte(start + 2)));
                        }

                        @Override
                        public void onSyncLoss() {
                            events.add("loss");
                        }
                    },
                    (fault, pid) -> events.add(fault.name()),
                    guard.allocator());
            pieces.lend(bytes, guard.allocator(), framer::onData);
            framer.finish();
            return new Found(events, framer.packetSize(), framer.firstPacketOffset());
        }
    }

    private static List<String> numbers(int from, int to) {
        List<String> numbers = new ArrayList<>();
        for (int i = from; i < to; i++) {
            numbers.add("packet " + i);
        }
        return numbers;
    }

    @ParameterizedTest
    @CsvSource({"188, 0, 0", "188, 0, 77", "192, 4, 0", "192, 0, 0", "192, 4, 100", "204, 0, 0", "204, 0, 203"})
    void packetsOfEachSizeAreFoundAtAnyPhase(int size, int front, int junk) {
        junk(junk);
        for (int i = 0; i < 20; i++) {
            byte[] slot = new byte[size];
            System.arraycopy(packet(i), 0, slot, front, 188);
            input.writeBytes(slot);
        }
        Found found = find();
        assertThat(found.events()).isEqualTo(numbers(0, 20));
        assertThat(found.packetSize()).isEqualTo(size);
        assertThat(found.firstPacketOffset()).isEqualTo(junk + front);
    }

    @Test
    void aLoneSyncByteIsNoPacket() {
        junk(50);
        input.writeBytes(packet(200));
        junk(300).packets(10);
        assertThat(find().events()).isEqualTo(numbers(0, 10));
    }

    @Test
    void oneDamagedSyncByteKeepsTheLock() {
        packets(20);
        byte[] bytes = input.toByteArray();
        bytes[7 * 188] = 0x46;
        List<String> expected = new ArrayList<>(numbers(0, 7));
        expected.addAll(List.of("SYNC_BYTE", "damaged 7"));
        expected.addAll(numbers(8, 20));
        assertThat(find(bytes, ChunkSplitter.every(1316)).events()).isEqualTo(expected);
    }

    @Test
    void twoDamagedSyncBytesInARowLoseIt() {
        packets(20);
        byte[] bytes = input.toByteArray();
        bytes[7 * 188] = 0x46;
        bytes[8 * 188] = 0x46;
        List<String> expected = new ArrayList<>(numbers(0, 7));
        expected.addAll(List.of("SYNC_LOSS", "loss"));
        expected.addAll(numbers(9, 20));
        assertThat(find(bytes, ChunkSplitter.every(1316)).events()).isEqualTo(expected);
    }

    @Test
    void garbageBetweenPacketsCostsNoPacket() {
        packets(10).junk(55).packets(5).junk(300).packets(3);
        List<String> expected = new ArrayList<>(numbers(0, 10));
        expected.addAll(List.of("SYNC_LOSS", "loss"));
        expected.addAll(numbers(10, 15));
        expected.addAll(List.of("SYNC_LOSS", "loss"));
        expected.addAll(numbers(15, 18));
        assertThat(find().events()).isEqualTo(expected);
    }

    @Test
    void anotherPacketSizeIsFoundAfterALoss() {
        packets(10).junk(100);
        for (int i = 10; i < 20; i++) {
            input.writeBytes(packet(i));
            junk(16);
        }
        Found found = find();
        assertThat(found.events()).endsWith(numbers(10, 20).toArray(String[]::new));
        assertThat(found.packetSize()).isEqualTo(204);
    }

    @Test
    void aTruncatedTailIsReported() {
        packets(10);
        byte[] bytes = Arrays.copyOf(input.toByteArray(), 9 * 188 + 100);
        List<String> expected = new ArrayList<>(numbers(0, 9));
        expected.add("TRUNCATED_PACKET");
        assertThat(find(bytes, ChunkSplitter.every(1316)).events()).isEqualTo(expected);
    }

    @Test
    void fewPacketsAreEnoughWhereTheyAreAll() {
        for (int count = 1; count < 5; count++) {
            input.reset();
            written = 0;
            assertThat(packets(count).find().events()).isEqualTo(numbers(0, count));
            assertThat(find().packetSize()).isEqualTo(188);
        }
    }

    @Test
    void whatIsNoTransportStreamHasNoPackets() {
        byte[] text = "Go gently: GG GGGG, but this is a text and not a stream. "
                .repeat(200)
                .getBytes(StandardCharsets.US_ASCII);
        assertThat(find(text, ChunkSplitter.every(1316)).events()).isEmpty();
        assertThat(find(new byte[0], ChunkSplitter.every(1)).events()).isEmpty();
        assertThat(find("G".getBytes(StandardCharsets.US_ASCII), ChunkSplitter.every(1))
                        .events())
                .isEmpty();
    }

    @Property(tries = 300)
    void thePiecesMakeNoDifference(@ForAll long seed, @ForAll @IntRange(min = 1, max = 2000) int most) {
        Random random = new Random(seed);
        for (int i = 0; i < 12; i++) {
            if (random.nextBoolean()) {
                packets(random.nextInt(9));
            } else {
                byte[] junk = new byte[random.nextInt(400)];
                random.nextBytes(junk);
                input.writeBytes(junk);
            }
        }
        byte[] bytes = input.toByteArray();
        for (int i = 0; i < 3 && bytes.length > 0; i++) {
            bytes[random.nextInt(bytes.length)] = 0x47;
            bytes[random.nextInt(bytes.length) / 188 * 188] = 0;
        }
        input.reset();
        written = 0;
        Found whole = find(bytes, ChunkSplitter.every(Math.max(1, bytes.length)));
        assertThat(find(bytes, ChunkSplitter.random(seed, 1, most))).isEqualTo(whole);
    }

    @Property(tries = 200)
    void anyBytesAreTaken(@ForAll @Size(max = 5000) byte[] bytes, @ForAll @IntRange(min = 1, max = 3000) int piece) {
        Found whole = find(bytes, ChunkSplitter.every(Math.max(1, bytes.length)));
        assertThat(find(bytes, ChunkSplitter.every(piece))).isEqualTo(whole);
    }
}
