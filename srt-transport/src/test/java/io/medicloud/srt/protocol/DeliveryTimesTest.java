// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.packet.AckPacket;
import io.medicloud.srt.packet.ControlType;
import io.medicloud.srt.packet.SeqNo;
import io.medicloud.srt.packet.SrtFlags;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When payloads are delivered if timestamps are damaged, and how those of one tick belong together (draft 4.5.1, 4.6). */
class DeliveryTimesTest {
    private static final long START_US = 50_000_000;
    private LoneSession end = LoneSession.standard();

    @AfterEach
    void nothingLeaks() {
        end.end();
    }

    @Test
    void aPacketIsDeliveredAtItsVeryTime() {
        end.data(0, 0);
        end.data(1, 2_000);
        end.pass(119_999);
        assertThat(end.delivered).isEmpty();
        end.pass(1);
        assertThat(end.delivered).containsExactly(0);
        end.pass(1_999);
        assertThat(end.delivered).containsExactly(0);
        end.pass(1);
        assertThat(end.delivered).containsExactly(0, 1);
    }

    @Test
    void aTimestampTooLateIsThatOfTheNextPacket() {
        end.data(0, 0);
        end.data(1, 60_000_000);
        end.data(2, 4_000);
        end.pass(123_000);
        assertThat(end.delivered).containsExactly(0);
        end.pass(1_000);
        assertThat(end.delivered).containsExactly(0, 1, 2);
    }

    @Test
    void aTimestampTooEarlyIsThatOfTheNextPacket() {
        end.data(0, 0);
        end.pass(121_000);
        assertThat(end.delivered).containsExactly(0);
        end.data(1, -5_000);
        end.data(2, 121_000);
        end.pass(119_000);
        assertThat(end.delivered).containsExactly(0);
        end.pass(1_000);
        assertThat(end.delivered).containsExactly(0, 1, 2);
    }

    @Test
    void aTimestampTooEarlyHurriesNotThePacketBeforeIt() {
        end.data(0, 0);
        end.pass(121_000);
        assertThat(end.delivered).containsExactly(0);
        end.data(1, 121_000);
        end.data(2, -5_000);
        end.data(3, 125_000);
        end.pass(119_000);
        assertThat(end.delivered).containsExactly(0);
        end.pass(1_000);
        assertThat(end.delivered).containsExactly(0, 1);
        end.pass(4_000);
        assertThat(end.delivered).containsExactly(0, 1, 2, 3);
    }

    @Test
    void thatOfTheLastPacketIsBelieved() {
        end.data(0, 0);
        end.data(1, 30_000);
        end.pass(149_000);
        assertThat(end.delivered).containsExactly(0);
        end.pass(1_000);
        assertThat(end.delivered).containsExactly(0, 1);
    }

    @Test
    void whatIsDeliveredAtOnceIsOneBatch() {
        end.data(0, 0);
        end.data(1, 500);
        end.data(2, 5_000);
        end.pass(119_000);
        assertThat(end.batches).isZero();
        end.pass(2_000);
        assertThat(end.batches).isEqualTo(2);
        end.pass(3_000);
        assertThat(end.batches).as("there was nothing in between").isEqualTo(2);
        end.pass(1_000);
        assertThat(end.batches).isEqualTo(3);
    }

    @Test
    void whoTicksRarelyMayDeliverWhatIsDueSoon() {
        end.data(0, 0);
        end.session.onTick(START_US + 115_000, START_US + 119_999);
        assertThat(end.delivered).isEmpty();
        end.session.onTick(START_US + 115_000, START_US + 120_000);
        assertThat(end.delivered).containsExactly(0);
    }

    @Test
    void aShortLatencyHasAShortGrace() {
        end.end();
        end = LoneSetup.of(SrtOptions.STANDARD.withLatencyMs(60)).begin();
        end.measure();
        end.data(2);
        end.pass(200_000);
        assertThat(end.lastReportUs())
                .as("60 ms, and a twelfth of it, less a round")
                .isBetween(62_000L, 68_000L);
    }

    @Test
    void whatIsSkippedIsAcknowledgedWithTheRest() {
        end.data(0);
        end.data(2);
        end.pass(170_000);
        assertThat(end.delivered).containsExactly(0, 2);
        List<LoneSession.Sent> acks = end.sent(ControlType.ACK);
        int ackSeqNo = AckPacket.ackSeqNo(acks.get(acks.size() - 1).bytes());
        assertThat(SeqNo.distance(LoneSession.FIRST, ackSeqNo)).isEqualTo(3);
    }

    @Test
    void whatCameTooLateItselfWaitsForWhatIsMissingBeforeItAlsoIfNothingFollows() {
        end.data(0);
        end.pass(132_000);
        end.dataAgain(2, 0);
        end.pass(5_000);
        assertThat(end.delivered).containsExactly(0);
        end.dataAgain(1, 0);
        end.pass(1_000);
        assertThat(end.delivered).containsExactly(0, 1, 2);
    }

    @Test
    void withoutTimestampsToDeliverByAllIsDeliveredWithTheNextTick() {
        end.end();
        end = LoneSetup.of(SrtOptions.STANDARD)
                .peer(LoneSetup.ALL_FLAGS & ~SrtFlags.TSBPDSND)
                .begin();
        end.data(0, 60_000_000);
        end.data(1, 0);
        end.pass(1);
        assertThat(end.delivered).containsExactly(0, 1);
    }

    @Test
    void whatTheSenderGaveUpIsSkippedAtTheVeryTimeOfTheNextPacket() {
        end.data(1);
        end.drop(0, 0);
        end.pass(119_999);
        assertThat(end.delivered).isEmpty();
        end.pass(1);
        assertThat(end.delivered).containsExactly(1);
    }

    @Test
    void manyThatCameTooLateThemselvesWaitForNobody() {
        end.data(0);
        end.pass(132_000);
        for (int number = 2; number < 68; number++) {
            end.dataAgain(number, 0);
        }
        end.pass(1_000);
        assertThat(end.delivered).hasSize(67).startsWith(0, 2, 3).endsWith(67);
    }

    @Test
    void graceIsATwelfthOfTheLatencyAndTenMillisecondsAtMost() {
        assertThat(Delivery.graceUs(60_000)).isEqualTo(5_000);
        assertThat(Delivery.graceUs(120_000)).isEqualTo(10_000);
        assertThat(Delivery.graceUs(8_000_000)).isEqualTo(10_000);
    }
}
