// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.packet;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class AnyBytesTest {
    private static final List<byte[]> SEEDS = Capture.readAll()
            .map(Capture.Datagram::bytes)
            .filter(b -> b.length < 400)
            .toList();

    @Property(tries = 2000)
    void anyBytesGetAVerdictAndAreReadWithinBounds(@ForAll("datagrams") byte[] bytes) {
        ByteBuf datagram = Unpooled.wrappedBuffer(bytes);
        PacketFault fault = SrtPacket.check(datagram);
        assertThat(fault).isNotNull();
        if (fault == PacketFault.NONE) {
            readEverything(datagram);
        }
        assertThat(datagram.readerIndex()).isZero();
    }

    @Property
    void anyBytesOfKeyMaterialGetAVerdict(@ForAll byte[] bytes) {
        assertThat(KeyMaterial.parse(bytes) == null).isEqualTo(KeyMaterial.check(bytes) != PacketFault.NONE);
    }

    @Provide
    Arbitrary<byte[]> datagrams() {
        Arbitrary<byte[]> random = Arbitraries.bytes().array(byte[].class).ofMaxSize(200);
        Arbitrary<byte[]> mutated = Arbitraries.of(SEEDS)
                .flatMap(seed -> Arbitraries.integers()
                        .between(0, seed.length * 8 - 1)
                        .list()
                        .ofMinSize(1)
                        .ofMaxSize(4)
                        .flatMap(bits -> Arbitraries.integers()
                                .between(0, seed.length)
                                .map(length -> flip(seed, bits, length))));
        return Arbitraries.oneOf(random, mutated);
    }

    private static byte[] flip(byte[] seed, List<Integer> bits, int length) {
        byte[] bytes = seed.clone();
        bits.forEach(b -> bytes[b / 8] ^= (byte) (1 << b % 8));
        return java.util.Arrays.copyOf(bytes, Math.max(length, bytes.length / 2));
    }

    static void readEverything(ByteBuf d) {
        if (!SrtPacket.isControl(d)) {
            assertThat(DataPacket.payloadLength(d)).isPositive();
            return;
        }
        switch (ControlPacket.type(d)) {
            case HANDSHAKE -> {
                HandshakeExtensions x = HandshakeExtensions.parse(d);
                assertThat(x.streamId().length()).isLessThanOrEqualTo(HandshakeExtensions.LONGEST_STREAM_ID);
                assertThat(x.km() == null || x.km().length <= KeyMaterial.LONGEST)
                        .isTrue();
            }
            case ACK -> {
                assertThat(SeqNo.isValid(AckPacket.ackSeqNo(d))).isTrue();
                if (!AckPacket.isLight(d)) {
                    AckPacket.freeBuffer(d);
                    AckPacket.byteRate(d);
                }
            }
            case NAK -> {
                LossList list = new LossList();
                list.wrap(d);
                int entries = 0;
                while (list.next()) {
                    assertThat(SeqNo.distance(list.first(), list.last())).isNotNegative();
                    entries++;
                }
                assertThat(entries).isPositive();
            }
            case DROPREQ ->
                assertThat(SeqNo.distance(ControlPacket.dropFirst(d), ControlPacket.dropLast(d)))
                        .isNotNegative();
            default -> assertThat(ControlPacket.cifLength(d)).isNotNegative();
        }
    }
}
