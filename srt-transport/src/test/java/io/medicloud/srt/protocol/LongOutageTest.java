// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.packet.AckPacket;
import io.medicloud.srt.packet.ControlType;
import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.SeqNo;
import io.medicloud.srt.protocol.LoneSession.Sent;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a receiver does when more packets are lost in a row than its buffer has places for; here these are 64. */
class LongOutageTest {
    private static final SrtOptions SMALL =
            SrtOptions.STANDARD.withLatencyMs(50).with(SrtOption.FC, 64);
    private LoneSession end = LoneSetup.of(SMALL).begin();

    @AfterEach
    void nothingLeaks() {
        end.end();
    }

    /** Ten packets, delivered; and silence while the peer sends a hundred. */
    private void outage() {
        stream(0, 10);
        end.pass(1_000_000);
        assertThat(end.delivered).hasSize(10);
        end.delivered.clear();
    }

    private void stream(int first, int last) {
        for (int i = first; i < last; i++) {
            end.data(i);
            end.pass(1_000);
        }
    }

    @Test
    void theStreamGoesOn() {
        outage();
        stream(110, 130);
        end.pass(120_000);
        assertThat(end.delivered)
                .as("but for the first, which might have been damaged")
                .startsWith(111, 112)
                .hasSize(19);
        assertThat(end.total().pktRcvDrop()).isEqualTo(101);
        assertThat(end.total().pktRcvLoss()).isEqualTo(101);
        List<Sent> acks = end.sent(ControlType.ACK);
        assertThat(SeqNo.distance(
                        LoneSession.FIRST,
                        AckPacket.ackSeqNo(acks.get(acks.size() - 1).bytes())))
                .isEqualTo(130);
        assertThat(end.reports()).as("what is lost for good is not asked for").isEmpty();
    }

    @Test
    void onePacketFarAheadIsNotBelieved() {
        outage();
        end.data(500);
        end.data(502);
        stream(10, 20);
        end.pass(120_000);
        assertThat(end.delivered).hasSize(10);
        assertThat(end.total().pktRcvDrop()).isZero();
    }

    @Test
    void whatStillWaitsIsDeliveredFirst() {
        stream(0, 10);
        stream(110, 300);
        end.pass(120_000);
        assertThat(end.delivered.subList(0, 10)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(end.delivered.get(10)).as("sent when the buffer was empty").isEqualTo(159);
        assertThat(end.delivered).endsWith(298, 299);
    }

    @Test
    void soItDoesAfterAsManyThatCouldNotBeDecrypted() {
        for (int i = 0; i < 200; i++) {
            ByteBuf packet = LoneSession.packet(i, end.now());
            packet.setInt(4, packet.getInt(4) | DataPacket.KK_EVEN << 27);
            end.say(packet);
            end.pass(1_000);
        }
        stream(200, 210);
        end.pass(120_000);
        assertThat(end.delivered).containsExactly(200, 201, 202, 203, 204, 205, 206, 207, 208, 209);
    }

    @Test
    void itDoesNotGoOnFurtherAheadThanAnyStreamCouldBe() {
        outage();
        end.data((1 << 20) + 10);
        end.data((1 << 20) + 11);
        end.pass(120_000);
        assertThat(end.delivered).isEmpty();
        end.data((1 << 20) + 9);
        end.data((1 << 20) + 10);
        end.pass(120_000);
        assertThat(end.delivered).containsExactly((1 << 20) + 10);
    }

    @Test
    void withoutTooLateDropTheLostOnesAreWaitedFor() {
        end.end();
        end = LoneSetup.of(SMALL.with(SrtOption.TLPKTDROP, false)).begin();
        outage();
        stream(110, 130);
        end.pass(120_000);
        assertThat(end.delivered).isEmpty();
    }
}
