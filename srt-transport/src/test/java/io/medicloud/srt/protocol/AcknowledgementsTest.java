// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.packet.AckPacket;
import io.medicloud.srt.packet.ControlPacket;
import io.medicloud.srt.packet.ControlType;
import io.medicloud.srt.packet.SeqNo;
import io.medicloud.srt.protocol.LoneSession.Sent;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a receiver acknowledges, and what it learns from the answers: the round trip and the drift of the peer's clock (draft 4.7, 4.8.1, 4.10). */
class AcknowledgementsTest {
    private static final SrtOptions STANDARD = SrtOptions.STANDARD;
    private LoneSession end = LoneSession.standard();

    @AfterEach
    void nothingLeaks() {
        end.end();
    }

    private void begin(LoneSetup setup) {
        end.end();
        end = setup.begin();
    }

    private ByteBuf lastAck() {
        List<Sent> acks = end.sent(ControlType.ACK);
        return acks.get(acks.size() - 1).bytes();
    }

    @Test
    void anAcknowledgementTellsHowFastDataComes() {
        for (int i = 0; i <= 1000; i++) {
            end.data(i);
            end.pass(1000);
        }
        end.pass(10_000);
        assertThat(AckPacket.packetRate(lastAck())).isEqualTo(1000);
        assertThat(AckPacket.byteRate(lastAck())).isEqualTo(4000);
        assertThat(SeqNo.distance(LoneSession.FIRST, AckPacket.ackSeqNo(lastAck())))
                .isEqualTo(1001);
        assertThat(end.total().byteRecv()).isEqualTo(1001 * 48);
        assertThat(end.total().byteRecvUnique()).isEqualTo(1001 * 48);
        assertThat(end.total().pktSentAck()).isEqualTo(end.sent(ControlType.ACK).size());
    }

    @Test
    void aFullBufferSaysAtOnceWhenItHasRoomAgain() {
        begin(LoneSetup.of(STANDARD.with(SrtOption.FC, 64)));
        end.dataFrom(0, 63);
        end.pass(500);
        end.data(63);
        end.pass(10_000);
        assertThat(AckPacket.freeBuffer(lastAck()))
                .as("two at least, or libsrt stops")
                .isEqualTo(2);
        end.confirm(end.now());
        end.pass(50_000);
        int acks = end.sent(ControlType.ACK).size();
        end.pass(59_000);
        assertThat(end.sent(ControlType.ACK)).hasSize(acks);
        assertThat(end.nextTick()).isEqualTo(end.now());
        end.pass(500);
        assertThat(end.delivered).hasSize(63);
        assertThat(end.sent(ControlType.ACK)).as("though nothing new came").hasSize(acks + 1);
        assertThat(AckPacket.freeBuffer(lastAck())).isEqualTo(63);
        assertThat(SeqNo.distance(LoneSession.FIRST, AckPacket.ackSeqNo(lastAck())))
                .isEqualTo(64);
        end.pass(50_000);
        assertThat(end.sent(ControlType.ACK)).hasSize(acks + 1);
    }

    @Test
    void anEndThatReceivesTooSmoothsThePeersEstimateIn() {
        end.measure();
        end.submit(0);
        end.ack(1, 1, 10_000, 8192);
        assertThat(end.instant().msRtt()).isEqualTo(3.0);
    }

    @Test
    void anEndThatOnlySendsTakesThePeersEstimateAsItIs() {
        end.submit(0);
        end.pass(1000);
        end.submit(1);
        end.ack(1, 1, 10_000, 8192);
        end.ack(2, 2, 30_000, 8192);
        assertThat(end.instant().msRtt()).isEqualTo(30.0);
    }

    @Test
    void onlyTheFirstAnswerMeasuresTheRoundTrip() {
        end.measure();
        end.pass(50_000);
        end.confirm(end.now());
        end.say(p -> ControlPacket.writeAckAck(p, 77, (int) end.now(), LoneSession.SOCKET));
        assertThat(end.instant().msRtt()).isEqualTo(2.0);
    }

    @Test
    void anAnswerInTheSameMicrosecondIsOne() {
        end.data(0);
        end.pass(1000);
        end.confirm(end.now());
        assertThat(end.instant().msRtt()).isZero();
    }

    /** One data packet every ten milliseconds, whose acknowledgement is answered after one, by a clock that is late by so much. */
    private int answersOfAClockThatIsLate(long lateUs, int count) {
        for (int i = 0; i < count; i++) {
            end.data(i);
            end.pass(1000);
            end.pass(1000);
            end.confirm(end.now() - lateUs);
            end.pass(8000);
        }
        return count;
    }

    private long waitUs(int number) {
        long sentUs = end.now();
        end.data(number);
        while (!end.delivered.contains(number)) {
            end.pass(1000);
        }
        return end.now() - sentUs;
    }

    @Test
    void aClockThatFallsBehindIsFollowedAMillisecondAtATime() {
        int next = answersOfAClockThatIsLate(8_000, 99);
        assertThat(waitUs(next)).as("fewer than a hundred samples say nothing").isEqualTo(120_000);
        end.end();
        end = LoneSession.standard();
        next = answersOfAClockThatIsLate(8_000, 103);
        assertThat(waitUs(next)).isEqualTo(124_000);
        end.end();
        end = LoneSession.standard();
        next = answersOfAClockThatIsLate(8_000, 200);
        assertThat(waitUs(next)).isEqualTo(128_000);
    }

    @Test
    void aClockIsNotFollowedIfAnOptionForbidsIt() {
        begin(LoneSetup.of(STANDARD.with(SrtOption.DRIFTTRACER, false)));
        int next = answersOfAClockThatIsLate(8_000, 200);
        end.keepAlive(end.now() - 8_000);
        assertThat(waitUs(next)).isEqualTo(120_000);
    }

    @Test
    void keepAlivesShowDriftTooOnceTheRoundTripIsKnown() {
        end.measure();
        for (int i = 0; i < 200; i++) {
            end.keepAlive(end.now() - 8_000);
        }
        assertThat(waitUs(1)).isEqualTo(128_000);
        begin(LoneSetup.of(STANDARD));
        for (int i = 0; i < 200; i++) {
            end.keepAlive(end.now() - 8_000);
        }
        assertThat(waitUs(0)).isEqualTo(120_000);
    }
}
