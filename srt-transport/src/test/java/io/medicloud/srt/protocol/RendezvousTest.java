// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.RejectReason;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.crypto.KeySource;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RendezvousTest {
    private static final byte[] ADDRESS = {127, 0, 0, 1};
    private static final long STEP_US = 10_000;
    private static final SrtOptions SECURED =
            SrtOptions.STANDARD.withLatencyMs(200).withPassphrase("correct-horse-battery");

    private final Random random = new Random(5);
    private final KeySource keys = n -> {
        byte[] bytes = new byte[n];
        random.nextBytes(bytes);
        return bytes;
    };

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
    void twoPeersMeetWhicheverMessageIsLost(int lost) {
        for (boolean firstWins : new boolean[] {true, false}) {
            for (int lead = 0; lead < 3; lead++) {
                Peer a = new Peer(SECURED, 1, 100, firstWins ? 7 : -7, 0);
                Peer b = new Peer(SECURED, 2, 200, firstWins ? -7 : 7, lead * 130_000L);
                run(a, b, lost);
                assertThat(a.connected())
                        .as("lost %d, %s, %d", lost, firstWins, lead)
                        .isNotNull();
                assertThat(b.connected())
                        .as("lost %d, %s, %d", lost, firstWins, lead)
                        .isNotNull();
                assertThat(a.connected().sendSeqNo()).isEqualTo(b.connected().receiveSeqNo());
                assertThat(b.connected().sendSeqNo()).isEqualTo(a.connected().receiveSeqNo());
                assertThat(a.connected().peerSocketId()).isEqualTo(2);
                assertThat(a.connected().receiveKeys()).isNotNull();
                assertThat(b.connected().receiveKeys()).isNotNull();
                assertThat(a.connected().receiveLatencyMs()).isEqualTo(200);
            }
        }
    }

    /** As recorded: the wrapping difference decides, not the plain comparison. */
    @Test
    void theContestWraps() {
        Peer a = new Peer(SrtOptions.STANDARD, 1, 100, 0x6d03151e, 0);
        Peer b = new Peer(SrtOptions.STANDARD, 2, 200, 0xa71d3fe8, 0);
        run(a, b, -1);
        assertThat(a.connected()).isNotNull();
        assertThat(b.sawRequest).as("the negative cookie initiates").isFalse();
        assertThat(a.sawRequest).isTrue();
    }

    @Test
    void equalCookiesEndInARejection() {
        Peer a = new Peer(SrtOptions.STANDARD, 1, 100, 5, 0);
        Peer b = new Peer(SrtOptions.STANDARD, 2, 200, 5, 0);
        run(a, b, -1);
        assertThat(a.verdict).isInstanceOf(HandshakeVerdict.Rejected.class);
        assertThat(b.verdict).isInstanceOf(HandshakeVerdict.Rejected.class);
    }

    @ParameterizedTest
    @CsvSource({"wrong-horse-battery, 10", "'', 11"})
    void encryptionThatDoesNotFitIsRejectedOnBothSides(String passphrase, int code) {
        Peer a = new Peer(SECURED, 1, 100, 9, 0);
        Peer b = new Peer(SrtOptions.STANDARD.withPassphrase(passphrase), 2, 200, -9, 0);
        run(a, b, -1);
        assertThat(a.verdict).isEqualTo(new HandshakeVerdict.Rejected(new RejectReason(code), true));
        assertThat(b.verdict).isEqualTo(new HandshakeVerdict.Rejected(new RejectReason(code), false));
    }

    @Test
    void nobodyThereTimesOutAfterTenConnectTimeouts() {
        Peer alone = new Peer(SrtOptions.STANDARD, 1, 100, 9, 0);
        long nowUs = 0;
        while (!(alone.verdict instanceof HandshakeVerdict.TimedOut) && nowUs < 60_000_000) {
            nowUs += STEP_US;
            alone.tick(nowUs, new ArrayDeque<>());
        }
        assertThat(nowUs).isEqualTo(30_000_000);
    }

    private static void run(Peer a, Peer b, int lost) {
        Deque<ByteBuf> toA = new ArrayDeque<>();
        Deque<ByteBuf> toB = new ArrayDeque<>();
        int sent = 0;
        for (long nowUs = STEP_US; nowUs < 5_000_000; nowUs += STEP_US) {
            Deque<ByteBuf> fromA = new ArrayDeque<>();
            Deque<ByteBuf> fromB = new ArrayDeque<>();
            a.receive(toA, nowUs);
            b.receive(toB, nowUs);
            a.tick(nowUs, fromA);
            b.tick(nowUs, fromB);
            for (ByteBuf packet : fromA) {
                if (sent++ != lost) {
                    toB.add(packet);
                }
            }
            for (ByteBuf packet : fromB) {
                if (sent++ != lost) {
                    toA.add(packet);
                }
            }
        }
    }

    private final class Peer {
        private final RendezvousHandshake handshake;
        private final long fromUs;
        private byte[] answer = new byte[0];
        private HandshakeVerdict verdict = HandshakeVerdict.WAITING;
        private boolean sawRequest;

        Peer(SrtOptions options, int socketId, int seqNo, int cookie, long fromUs) {
            handshake =
                    new RendezvousHandshake(HandshakeTerms.of(options), keys, socketId, seqNo, cookie, ADDRESS, fromUs);
            this.fromUs = fromUs;
        }

        SessionParameters connected() {
            return verdict instanceof HandshakeVerdict.Connected c ? c.parameters() : null;
        }

        void receive(Deque<ByteBuf> in, long nowUs) {
            for (ByteBuf packet = in.poll(); packet != null; packet = in.poll()) {
                if (nowUs < fromUs) {
                    continue;
                }
                sawRequest |= io.medicloud.srt.packet.HandshakeExtensions.parse(packet)
                                .hsType()
                        == 1;
                if (connected() != null) {
                    pending = answer.length > 0 && io.medicloud.srt.packet.HandshakePacket.handshakeType(packet) == -1;
                    continue;
                }
                note(handshake.onDatagram(packet, nowUs));
            }
        }

        private boolean pending;

        void tick(long nowUs, Deque<ByteBuf> out) {
            if (nowUs < fromUs) {
                return;
            }
            if (pending) {
                out.add(Unpooled.wrappedBuffer(answer)); // as the session does
                pending = false;
            }
            if (verdict == HandshakeVerdict.WAITING) {
                note(handshake.onTick(nowUs));
            }
            ByteBuf packet = Unpooled.buffer();
            while (handshake.poll(packet, nowUs)) {
                out.add(packet);
                packet = Unpooled.buffer();
            }
        }

        private void note(HandshakeVerdict next) {
            if (verdict == HandshakeVerdict.WAITING && !(next instanceof HandshakeVerdict.Ignored)) {
                verdict = next;
                if (next instanceof HandshakeVerdict.Connected c) {
                    answer = c.answer();
                    pending = true;
                }
            }
        }
    }
}
