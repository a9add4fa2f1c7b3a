// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.crypto.KeySource;
import io.medicloud.srt.crypto.Passphrase;
import io.medicloud.srt.packet.Capture;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever comes in, a session and a handshake neither throw, nor leak, nor grow beyond their bounds. */
class AnyDatagramTest {
    private static final List<byte[]> SEEDS =
            Capture.readAll().map(Capture.Datagram::bytes).toList();
    private static final byte[] ADDRESS = {127, 0, 0, 1};
    private static final long BOUND = 8192L * 1600 * 2;

    @Property(tries = 60)
    void aSessionSurvivesAnything(@ForAll long seed) {
        Random random = new Random(seed);
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);
        Simulation sim = new Simulation(Simulation.Setup.of(seed)
                .options(
                        random.nextBoolean()
                                ? SrtOptions.STANDARD
                                : SrtOptions.STANDARD.withPassphrase("correct-horse-battery"))
                .twoWay());
        assertThat(sim.connect(1_000_000)).isTrue();
        sim.stream(200_000);
        long nowUs = sim.nowUs();
        for (int i = 0; i < 500; i++) {
            nowUs += random.nextInt(3000);
            byte[] bytes = hostile(random);
            ByteBuf datagram = allocator.directBuffer(Math.max(1, bytes.length)).writeBytes(bytes);
            SrtSession session = random.nextBoolean() ? sim.caller.session : sim.listener.session;
            session.onDatagram(datagram, nowUs);
            session.onTick(nowUs);
            datagram.release();
            assertThat(allocator.metric().usedDirectMemory()).isLessThan(BOUND);
        }
        SrtCloseReason why = SrtCloseReason.of(SrtCloseReason.Kind.CLOSED_HERE, "done");
        sim.caller.session.abort(why, nowUs);
        sim.listener.session.abort(why, nowUs);
        assertThat(allocator.metric().usedDirectMemory()).isZero();
        assertThat(sim.allocator.metric().usedDirectMemory()).isZero();
    }

    @Property(tries = 60)
    void handshakesSurviveAnything(@ForAll long seed) {
        Random random = new Random(seed);
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);
        HandshakeTerms terms = HandshakeTerms.of(SrtOptions.STANDARD);
        HandshakeTerms secured = terms.forCaller(new Passphrase("correct-horse-battery"), 0);
        KeySource keys = n -> new byte[n];
        ListenerHandshake listener = new ListenerHandshake(terms, new SynCookie(keys, 0), keys, 0);
        List<OutgoingHandshake> outgoing = List.of(
                new CallerHandshake(secured, keys, 0x11, 5, ADDRESS, 0),
                new RendezvousHandshake(secured, keys, 0x11, 5, 77, ADDRESS, 0),
                new RendezvousHandshake(terms, keys, 0x11, 5, -77, ADDRESS, 0));
        int sent = 0;
        int received = 0;
        for (int i = 0; i < 300; i++) {
            byte[] bytes = hostile(random);
            ByteBuf datagram = allocator.directBuffer(Math.max(1, bytes.length)).writeBytes(bytes);
            ByteBuf out = allocator.directBuffer();
            listener.onDatagram(datagram, ADDRESS, 4000, i, out);
            received += datagram.readableBytes();
            sent += out.readableBytes();
            for (OutgoingHandshake handshake : outgoing) {
                handshake.onDatagram(datagram, i);
                out.clear();
                handshake.poll(out, i);
            }
            out.release();
            datagram.release();
        }
        assertThat(sent).as("no amplification").isLessThanOrEqualTo(received);
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    private static byte[] hostile(Random random) {
        if (random.nextInt(4) == 0) {
            byte[] noise = new byte[random.nextInt(1500)];
            random.nextBytes(noise);
            return noise;
        }
        byte[] bytes = SEEDS.get(random.nextInt(SEEDS.size())).clone();
        for (int i = random.nextInt(4); i > 0; i--) {
            int bit = random.nextInt(8 * bytes.length);
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
        }
        return random.nextInt(5) == 0 ? java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)) : bytes;
    }
}
