// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.packet.AckPacket;
import io.medicloud.srt.packet.ControlType;
import io.medicloud.srt.packet.SeqNo;
import io.medicloud.srt.packet.SrtPacket;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a session ends, of itself or because it is told to, and what is still done until then. */
class SessionEndsTest {
    private static final SrtOptions STANDARD = SrtOptions.STANDARD;
    private LoneSession end = LoneSession.standard();
    private final long start = end.session.heardUs();

    @AfterEach
    void nothingLeaks() {
        end.end();
    }

    private void begin(LoneSetup setup) {
        end.end();
        end = setup.begin();
    }

    @Test
    void anAbortSaysGoodByeOnceAndEndsAtOnce() {
        assertThat(end.session.isClosed()).isFalse();
        assertThat(end.session.parameters().peerSocketId()).isEqualTo(LoneSession.PEER_SOCKET);
        end.end();
        assertThat(end.session.isClosed()).isTrue();
        assertThat(end.closed.message()).isEqualTo("done");
        end.end();
        assertThat(end.sent(ControlType.SHUTDOWN)).hasSize(1);
    }

    @Test
    void closingWhileThePeersGoodByeIsWaitedOutEndsAtOnce() {
        end.data(0);
        end.shutdown();
        assertThat(end.closed).isNull();
        assertThat(end.nextTick()).isEqualTo(end.now());
        end.close();
        assertThat(end.closed.message()).isEqualTo("enough");
        end.pass(200_000);
        assertThat(end.delivered).isEmpty();
        assertThat(end.sent).isEmpty();
    }

    @Test
    void dataOfTheSameTimeAsTheGoodByeDoesNotTakeItBack() {
        end.pass(5_000);
        end.shutdown();
        end.data(0);
        end.pass(121_000);
        assertThat(end.delivered).containsExactly(0);
        assertThat(end.closed.kind()).isEqualTo(SrtCloseReason.Kind.CLOSED_BY_PEER);
    }

    @Test
    void closingDiscardsWhatWasToBeDelivered() {
        end.data(0);
        end.submit(0);
        end.close();
        assertThat(end.instant().pktRcvBuf()).isZero();
        assertThat(end.nextTick()).isEqualTo(end.now());
        end.data(1);
        assertThat(end.instant().pktRcvBuf()).isZero();
    }

    @Test
    void closingWithoutHavingSentAnythingEndsWithTheNextTick() {
        begin(LoneSetup.of(STANDARD).startingAt(0));
        end.close();
        assertThat(end.closed).isNull();
        end.pass(1_000);
        assertThat(end.closed.message()).isEqualTo("enough");
        assertThat(end.sent(ControlType.SHUTDOWN)).hasSize(1);
    }

    @Test
    void whatWasSentIsPlayedOutFirst() {
        end.submit(0);
        end.ack(1, 1, 20_000, 8192);
        end.close();
        end.pass(120_000 + 20_000 + 50_000 - 1);
        assertThat(end.closed).isNull();
        end.pass(1);
        assertThat(end.closed.message()).isEqualTo("enough");
    }

    @Test
    void aDrainEndsAtTheVeryEndOfItsTime() {
        end.data(0);
        end.drain();
        // Latency, grace, and a margin.
        for (int i = 1; i < 150; i++) {
            end.data(i);
            end.pass(1_000);
        }
        end.pass(999);
        end.drain();
        assertThat(end.nextTick()).isEqualTo(end.now());
        assertThat(end.closed).isNull();
        end.pass(1);
        assertThat(end.closed.kind()).isEqualTo(SrtCloseReason.Kind.CLOSED_HERE);
    }

    @Test
    void whatIsAcknowledgedWhileItDrainsIsDelivered() {
        end.data(0);
        end.drain();
        for (int i = 1; end.closed == null; i++) {
            end.data(i);
            end.pass(1_000);
        }
        List<LoneSession.Sent> acks = end.sent(ControlType.ACK);
        int acknowledged = AckPacket.ackSeqNo(acks.get(acks.size() - 1).bytes());
        assertThat(end.delivered).hasSizeBetween(20, 40);
        assertThat(SeqNo.distance(LoneSession.FIRST, acknowledged)).isEqualTo(end.delivered.size());
    }

    @Test
    void aPeerMayBeSilentForExactlyItsTime() {
        end.pass(5_000_000);
        assertThat(end.closed).isNull();
        assertThat(end.nextTick()).isEqualTo(5_000_001);
        end.pass(1);
        assertThat(end.closed.message()).isEqualTo("the peer was silent for 5000 ms");
    }

    @Test
    void whateverIsOfSrtIsHeardAndNothingElse() {
        assertThat(heard()).isZero();
        end.pass(1_000);
        end.data(0);
        assertThat(heard()).isEqualTo(1_000);
        end.pass(1_000);
        end.keepAlive(end.now());
        assertThat(heard()).isEqualTo(2_000);
        end.pass(1_000);
        end.nak(0, 0);
        assertThat(heard()).isEqualTo(3_000);
        end.pass(1_000);
        end.say(p -> p.writeZero(SrtPacket.HEADER_LENGTH - 1));
        assertThat(heard()).isEqualTo(3_000);
        end.shutdown();
        end.pass(200_000);
        end.keepAlive(end.now());
        assertThat(end.session.isClosed()).isTrue();
        assertThat(heard()).isEqualTo(4_000);
    }

    private long heard() {
        return end.session.heardUs() - start;
    }

    @Test
    void whatASilentPeerSentIsDeliveredFirst() {
        begin(LoneSetup.of(STANDARD.withLatencyMs(1000).with(SrtOption.PEERIDLETIMEO, 200)));
        end.data(0);
        end.pass(999_999);
        assertThat(end.closed).isNull();
        end.pass(1);
        assertThat(end.delivered).containsExactly(0);
        assertThat(end.closed.kind()).isEqualTo(SrtCloseReason.Kind.PEER_SILENT);
    }

    @Test
    void butNotWhatWaitsForALostPacketLongerThanALatency() {
        begin(LoneSetup.of(
                STANDARD.withLatencyMs(1000).with(SrtOption.PEERIDLETIMEO, 200).with(SrtOption.TLPKTDROP, false)));
        end.pass(10_000);
        end.data(1);
        end.pass(1_200_000);
        assertThat(end.closed).isNull();
        end.pass(1);
        assertThat(end.closed.kind()).isEqualTo(SrtCloseReason.Kind.PEER_SILENT);
        assertThat(end.delivered).isEmpty();
    }

    @Test
    void aSessionWithoutAHandshakeToRepeatRepeatsNone() {
        begin(LoneSetup.of(STANDARD).answering(new byte[0]));
        end.session.repeatHandshakeAnswer(0);
        assertThat(end.sent).isEmpty();
    }

    @Test
    void aClosedSessionDoesNothingMore() {
        end.data(0);
        end.shutdown();
        end.close();
        end.session.repeatHandshakeAnswer(0);
        end.data(1);
        end.pass(2_000_000);
        assertThat(end.sent).isEmpty();
        assertThat(end.delivered).isEmpty();
        assertThat(end.nextTick() + 50_000_000).isEqualTo(Long.MAX_VALUE);
        assertThat(end.total().pktRecv()).isEqualTo(1);
    }
}
