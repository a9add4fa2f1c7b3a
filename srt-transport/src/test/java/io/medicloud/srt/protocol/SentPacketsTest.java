// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.packet.AckPacket;
import io.medicloud.srt.packet.ControlType;
import io.medicloud.srt.packet.SeqNo;
import io.medicloud.srt.packet.SrtFlags;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** In what order and how fast a sender sends, what it repeats, and what it counts (draft 4.6, 4.8, 5.1). */
class SentPacketsTest {
    private static final SrtOptions STANDARD = SrtOptions.STANDARD;

    /** A packet every 13.6 ms, as long as the mean is that of a full payload. */
    private static final SrtOptions SLOW = STANDARD.with(SrtOption.MAXBW, 100_000);

    private LoneSession end = LoneSession.standard();

    @AfterEach
    void nothingLeaks() {
        end.end();
    }

    private void begin(LoneSetup setup) {
        end.end();
        end = setup.begin();
    }

    private void submitFrom(int first, int last) {
        for (int number = first; number < last; number++) {
            assertThat(end.submit(number)).isTrue();
        }
    }

    @Test
    void whatIsSentIsCountedWithItsHeaders() {
        submitFrom(0, 3);
        end.pass(1000);
        end.nak(1, 2);
        end.pass(1000);
        assertThat(end.line()).isEqualTo("0 1 2 1r 2r");
        assertThat(end.total().pktSent()).isEqualTo(5);
        assertThat(end.total().byteSent()).isEqualTo(5 * 48);
        assertThat(end.total().pktSentUnique()).isEqualTo(3);
        assertThat(end.total().byteSentUnique()).isEqualTo(3 * 48);
        assertThat(end.total().pktRetrans()).isEqualTo(2);
        assertThat(end.total().byteRetrans()).isEqualTo(2 * 48);
        assertThat(end.total().pktRecvNak()).isEqualTo(1);
        assertThat(end.instant().pktCongestionWindow()).isEqualTo(8192);
        assertThat(end.instant().pktFlightSize()).isEqualTo(3);
    }

    @Test
    void theTimeWithSomethingToSendIsCounted() {
        end.pass(7_000);
        end.submit(0);
        end.pass(10_000);
        assertThat(end.total().usSndDuration()).isEqualTo(10_000);
        end.ack(1, 1, 20_000, 8192);
        end.pass(10_000);
        assertThat(end.total().usSndDuration()).isEqualTo(10_000);
    }

    @Test
    void anIntervalOfTheStatisticsBeginsAnew() {
        submitFrom(0, 3);
        end.pass(10_000);
        end.session.restartStatsInterval(end.now() + 50_000_000);
        end.submit(3);
        end.pass(1000);
        assertThat(end.session.stats(end.now() + 50_000_000).interval().pktSent())
                .isEqualTo(1);
        assertThat(end.total().pktSent()).isEqualTo(4);
    }

    @Test
    void aLimitPacesWhatIsSent() {
        begin(LoneSetup.of(SLOW));
        submitFrom(0, 50);
        end.pass(100_000);
        assertThat(end.sentData())
                .as("a period of 13.6 ms, and shorter with shorter payloads")
                .hasSizeBetween(8, 9);
    }

    @Test
    void aLimitRelativeToTheInputIsThatOfTheLastSecond() {
        begin(LoneSetup.of(STANDARD.with(SrtOption.MAXBW, 0)));
        for (int i = 0; i <= 500; i++) {
            end.submit(i);
            end.pass(1000);
        }
        // A thousand packets of 48 bytes a second, and a quarter more.
        assertThat(end.instant().mbpsMaxBw()).isBetween(0.479, 0.482);
    }

    @Test
    void aPauseDoesNotSlowWhatComesAfterIt() {
        begin(LoneSetup.of(STANDARD.with(SrtOption.MAXBW, 0)));
        end.pass(4_000_000);
        submitFrom(0, 3);
        end.pass(1000);
        assertThat(end.line()).isEqualTo("0 1 2");
    }

    @Test
    void newPacketsGoFirstIfThePeerDropsWhatIsTooLate() {
        begin(LoneSetup.of(SLOW));
        submitFrom(0, 3);
        end.pass(16_000);
        assertThat(end.line()).isEqualTo("0 1");
        end.nak(0, 0);
        end.pass(26_000);
        assertThat(end.line()).isEqualTo("0 1 2 0r");
    }

    @Test
    void retransmissionsGoFirstIfItWaitsForThem() {
        begin(LoneSetup.of(SLOW).peer(LoneSetup.ALL_FLAGS & ~SrtFlags.TLPKTDROP));
        submitFrom(0, 3);
        end.pass(16_000);
        end.nak(0, 0);
        end.pass(26_000);
        assertThat(end.line()).isEqualTo("0 1 0r 2");
    }

    @Test
    void retransmissionsHaveALimitOfTheirOwn() {
        begin(LoneSetup.of(STANDARD.with(SrtOption.MAXREXMITBW, 4_800)));
        submitFrom(0, 30);
        end.pass(1000);
        end.nak(0, 29);
        assertThat(end.total().pktRetrans()).as("a tenth of a second's worth").isEqualTo(10);
        end.pass(100_000);
        assertThat(end.total().pktRetrans()).as("one every ten milliseconds").isBetween(20L, 21L);
        assertThat(end.total().pktSndLoss()).isEqualTo(30);
    }

    @Test
    void aFullBufferTakesAPacketWhenItsOldestIsTooLate() {
        begin(LoneSetup.of(STANDARD.with(SrtOption.SNDBUF, 64 * 1456)));
        submitFrom(0, 64);
        assertThat(end.submit(64)).isFalse();
        end.skip(1_020_001);
        assertThat(end.submit(64)).isTrue();
        assertThat(end.total().pktSndDrop()).isEqualTo(64);
    }

    @Test
    void theTailIsRepeatedFromTheTimeItWasSubmittedHoweverLongNothingWasSent() {
        end.pass(1_100_000);
        end.submit(0);
        // The round trip is taken for 100 ms, its variance for 50; and 30 ms more.
        end.pass(330_000);
        assertThat(end.line()).isEqualTo("0");
        end.pass(1_000);
        assertThat(end.line()).isEqualTo("0 0r");
    }

    @Test
    void allIsRepeatedEverMoreRarelyToAPeerThatAsksOnlyOnce() {
        begin(LoneSetup.of(STANDARD).peer(SrtFlags.REXMITFLG));
        submitFrom(0, 2);
        end.pass(331_000);
        assertThat(end.line()).isEqualTo("0 1 0r 1r");
        end.pass(329_000);
        assertThat(end.line()).isEqualTo("0 1 0r 1r");
        end.pass(1_000);
        assertThat(end.line()).isEqualTo("0 1 0r 1r 0r 1r");
        end.pass(659_000);
        assertThat(end.line()).isEqualTo("0 1 0r 1r 0r 1r");
        end.pass(1_000);
        assertThat(end.line()).isEqualTo("0 1 0r 1r 0r 1r 0r 1r");
    }

    @Test
    void aReportOfAllThatIsUnderWayIsNoReportOfWhatIsGone() {
        submitFrom(0, 5);
        end.pass(1000);
        end.ack(1, 2, 20_000, 8192);
        end.nak(2, 3);
        assertThat(end.sent(ControlType.DROPREQ)).isEmpty();
        assertThat(end.line()).isEqualTo("0 1 2 3 4 2r 3r");
        end.nak(1, 2);
        assertThat(end.sent(ControlType.DROPREQ)).hasSize(1);
    }

    @Test
    void whatWasSentAgainIsAgainWhenAReportCannotHaveCrossedIt() {
        submitFrom(0, 3);
        end.pass(1000);
        end.ack(1, 1, 60_000, 8192);
        end.nak(1, 1);
        // The round trip less four times its variance, of 6 ms.
        end.pass(35_999);
        end.nak(1, 1);
        assertThat(end.line()).isEqualTo("0 1 2 1r");
        end.pass(1);
        end.nak(1, 1);
        assertThat(end.line()).isEqualTo("0 1 2 1r 1r");
    }

    @Test
    void anAcknowledgementIsConfirmedTenMillisecondsAfterTheLast() {
        submitFrom(0, 4);
        end.pass(1000);
        end.ack(1, 1, 20_000, 8192);
        end.pass(9_999);
        end.ack(2, 2, 20_000, 8192);
        assertThat(end.sent(ControlType.ACKACK)).hasSize(1);
        end.pass(1);
        end.ack(3, 3, 20_000, 8192);
        assertThat(end.sent(ControlType.ACKACK)).hasSize(2);
        assertThat(end.total().pktRecvAck()).isEqualTo(3);
    }

    @Test
    void anOldAcknowledgementTellsNothingNew() {
        submitFrom(0, 8);
        end.pass(1000);
        end.ack(1, 5, 20_000, 100);
        end.ack(2, 3, 40_000, 7);
        assertThat(end.instant().pktFlowWindow()).isEqualTo(100);
        assertThat(end.instant().msRtt()).isEqualTo(20.0);
        assertThat(end.instant().pktSndBuf()).isEqualTo(3);
        end.ack(3, 5, 40_000, 9);
        assertThat(end.instant().pktFlowWindow()).as("the same as the last").isEqualTo(9);
        assertThat(end.instant().msRtt()).isEqualTo(20.0);
        assertThat(end.total().pktRecvAck()).isEqualTo(1);
    }

    @Test
    void whatThePeerSaysOfTheLinkIsSmoothed() {
        submitFrom(0, 8);
        end.pass(1000);
        acknowledgeWithCapacity(1, 1000);
        assertThat(end.instant().mbpsBandwidth()).isEqualTo(12.0);
        acknowledgeWithCapacity(2, 1800);
        assertThat(end.instant().mbpsBandwidth()).isEqualTo(13.2);
        acknowledgeWithCapacity(3, 0);
        assertThat(end.instant().mbpsBandwidth()).as("it does not know").isEqualTo(13.2);
    }

    private void acknowledgeWithCapacity(int number, int packetsPerSecond) {
        end.say(p -> {
            int seqNo = SeqNo.plus(LoneSession.FIRST, number);
            AckPacket.writeSmall(p, number, seqNo, 20_000, 2_000, 8000, (int) end.now(), LoneSession.SOCKET);
            AckPacket.writeRates(p, 700, packetsPerSecond, 900_000);
        });
    }

    @Test
    void aSenderIsCalmOnlyMoreThanASecondAfterTheLastReport() {
        submitFrom(0, 2);
        end.pass(1000);
        end.nak(0, 0);
        end.ack(1, 1, 20_000, 8192);
        end.pass(1_000_000);
        end.ack(2, 2, 20_000, 8192);
        end.submit(2);
        assertThat(end.nextTick()).isEqualTo(end.now());
        end.pass(1);
        assertThat(end.nextTick()).isEqualTo(end.now() + 3_000);
    }
}
