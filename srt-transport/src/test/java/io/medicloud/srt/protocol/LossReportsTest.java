// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.packet.ControlType;
import io.medicloud.srt.packet.SrtFlags;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a receiver asks for, from when on, and until when (draft 4.8.2, 4.6). */
class LossReportsTest {
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

    @Test
    void aGapIsAskedForUntilItWouldComeTooLate() {
        end.measure();
        end.data(2);
        assertThat(end.reports()).containsExactly("3: 1");
        end.pass(500_000);
        // Due 120 ms after the packet that showed it, and 10 ms of grace; a round is nearly 5 ms.
        assertThat(end.lastReportUs()).isBetween(127_000L, 133_000L);
        assertThat(end.total().pktRcvDrop()).isEqualTo(1);
        assertThat(end.total().pktSentNak()).isEqualTo(end.reports().size());
    }

    @Test
    void aDamagedTimestampDoesNotProlongThat() {
        end.measure();
        end.data(2, end.now() + 60_000_000);
        end.pass(500_000);
        // The latency, 10 ms of grace and 5 of slack after it was noticed.
        assertThat(end.lastReportUs()).isBetween(135_000L, 138_000L);
    }

    @Test
    void anOldTimestampEndsItSooner() {
        end.measure();
        end.data(2, end.now() - 80_000);
        end.pass(500_000);
        assertThat(end.lastReportUs()).isBetween(50_000L, 53_000L);
    }

    @Test
    void withoutTooLateDropAGapIsAskedForUntilItIsFilled() {
        begin(LoneSetup.of(STANDARD.with(SrtOption.TLPKTDROP, false)));
        end.measure();
        end.data(2);
        end.pass(1_000_000);
        assertThat(end.lastReportUs()).isGreaterThan(990_000);
        end.dataAgain(1, 0);
        int reports = end.reports().size();
        end.pass(100_000);
        assertThat(end.reports()).hasSize(reports);
        assertThat(end.delivered).containsExactly(0, 1, 2);
    }

    @Test
    void soIsItIfThePeerSendsNoTimestampsToDeliverBy() {
        begin(LoneSetup.of(STANDARD).peer(LoneSetup.ALL_FLAGS & ~SrtFlags.TSBPDSND));
        end.measure();
        assertThat(end.delivered).as("delivered as it came").containsExactly(0);
        end.data(2);
        end.pass(1_000_000);
        assertThat(end.lastReportUs()).isGreaterThan(990_000);
        assertThat(end.delivered).containsExactly(0);
    }

    @Test
    void aGapThatARetransmissionShowsIsReportedButNotCountedAsLost() {
        end.data(0);
        end.dataAgain(3, 0);
        assertThat(end.reports()).containsExactly("0: 1-2");
        assertThat(end.total().pktRcvLoss()).isZero();
        end.data(5);
        assertThat(end.total().pktRcvLoss()).isEqualTo(1);
        assertThat(end.total().byteRcvLoss()).isEqualTo(4 + 44);
    }

    @Test
    void aLongGapIsAskedForOnlyWhenEnoughHasArrivedToPayForIt() {
        end.data(0);
        end.data(5000);
        assertThat(end.reports()).isEmpty();
        assertThat(end.total().pktSentNak()).isZero();
        end.dataFrom(5001, 5450);
        end.pass(4_000);
        assertThat(end.reports()).as("4096, and two for each that came").isEmpty();
        end.data(5450);
        end.pass(4_000);
        assertThat(end.reports()).containsExactly("6: 1-4999");
        assertThat(end.total().pktSentNak()).isEqualTo(1);
    }

    @Test
    void aReportFitsIntoOneDatagramAndTheRestFollows() {
        end.data(0);
        for (int i = 1; i <= 400; i++) {
            end.data(2 * i);
        }
        assertThat(end.reports()).hasSize(400);
        end.sent.clear();
        end.pass(10_000);
        assertThat(end.sent(ControlType.NAK)).hasSize(2);
        assertThat(end.sent(ControlType.NAK).get(0).bytes().readableBytes())
                .as("of an MTU of 1500, less IP and UDP headers")
                .isBetween(1464, 1472);
        assertThat(end.reports().get(0)).startsWith("5: 1 3 5 7 ");
        assertThat(end.reports().get(1)).startsWith("8: 727 729 ").endsWith(" 799");
    }

    @ParameterizedTest
    @ValueSource(longs = {20_000, 100_000})
    void afterDisorderAGapIsGivenTimeToFillByItself(long lateUs) {
        end.measure();
        end.data(2);
        end.pass(lateUs);
        end.data(1, 3_000);
        assertThat(end.instant().pktReorderDistance()).isEqualTo(1);
        end.sent.clear();
        long gapUs = end.now();
        end.data(4);
        assertThat(end.reports()).as("it may be mere disorder").isEmpty();
        end.pass(50_000);
        // An eighth and half a millisecond more than it was late, and a quarter of the latency at most.
        long toleranceUs = Math.min(lateUs + lateUs / 8 + 500, 30_000);
        assertThat(end.sent(ControlType.NAK).get(0).atUs()).isBetween(gapUs + toleranceUs, gapUs + toleranceUs + 999);
    }

    @Test
    void aGapIsReportedAtTheVeryEndOfThatTime() {
        end.measure();
        end.data(2);
        end.pass(4_000);
        end.data(1, 3_000);
        end.sent.clear();
        end.data(4);
        end.pass(4_000);
        end.pass(999);
        assertThat(end.reports()).isEmpty();
        end.pass(1);
        assertThat(end.reports()).containsExactly("12: 3");
    }

    @Test
    void thatTimeIsForgottenWhenAllComesInOrderForLong() {
        end.measure();
        end.data(2);
        end.pass(8_000);
        end.data(1, 3_000);
        int next = 3;
        for (int i = 0; i < 80; i++) {
            end.pass(100_000);
            end.data(next++);
        }
        end.sent.clear();
        end.data(next + 1);
        assertThat(end.reports()).hasSize(1);
    }

    @Test
    void nothingIsWaitedForIfAnOptionForbidsItOrThePeerDoesNotMarkRetransmissions() {
        begin(LoneSetup.of(STANDARD.with(SrtOption.LOSSMAXTTL, 0)));
        assertThat(reportsAfterDisorder()).isEqualTo(1);
        begin(LoneSetup.of(STANDARD).peer(LoneSetup.ALL_FLAGS & ~SrtFlags.REXMITFLG));
        assertThat(reportsAfterDisorder()).isEqualTo(1);
        assertThat(end.instant().pktReorderDistance()).isZero();
        begin(LoneSetup.of(STANDARD));
        assertThat(reportsAfterDisorder()).isZero();
    }

    private int reportsAfterDisorder() {
        end.measure();
        end.data(2);
        end.pass(10_000);
        end.data(1, 3_000);
        end.sent.clear();
        end.data(4);
        return end.reports().size();
    }

    @Test
    void aRetransmissionThatFillsAGapIsNoDisorder() {
        end.measure();
        end.data(2);
        end.pass(10_000);
        end.dataAgain(1, 3_000);
        assertThat(end.instant().pktReorderDistance()).isZero();
        end.sent.clear();
        end.data(4);
        assertThat(end.reports()).hasSize(1);
    }

    @Test
    void whereTimeIsShortDisorderIsForgottenWithEachPacketThatComes() {
        disorderWithinAnUnknownRoundTrip();
        end.dataFrom(3, 6);
        end.sent.clear();
        end.data(7);
        assertThat(end.reports()).isEmpty();
        begin(LoneSetup.of(STANDARD));
        disorderWithinAnUnknownRoundTrip();
        end.dataFrom(3, 16);
        end.sent.clear();
        end.data(17);
        assertThat(end.reports()).hasSize(1);
    }

    private void disorderWithinAnUnknownRoundTrip() {
        end.data(0);
        end.data(2);
        end.pass(10_000);
        end.data(1, 0);
    }

    @Test
    void anOriginalThatComesWhenItWasSkippedShowsDisorderToo() {
        end.data(0);
        end.data(6);
        end.pass(150_000);
        assertThat(end.delivered).containsExactly(0, 6);
        end.dataAgain(2, 0);
        assertThat(end.instant().pktReorderDistance()).isZero();
        end.data(3, 0);
        assertThat(end.instant().pktReorderDistance()).isEqualTo(3);
        assertThat(end.instant().pktRcvBelated()).isEqualTo(2);
        assertThat(end.instant().pktRcvAvgBelatedTime()).isEqualTo(30.0);
        begin(LoneSetup.of(STANDARD).peer(LoneSetup.ALL_FLAGS & ~SrtFlags.REXMITFLG));
        end.data(0);
        end.data(6);
        end.pass(150_000);
        end.data(3, 0);
        assertThat(end.instant().pktReorderDistance()).isZero();
    }

    @Test
    void aRequestToDropMoreThanTheBufferHoldsIsNotBelieved() {
        begin(LoneSetup.of(STANDARD.with(SrtOption.FC, 64)));
        end.measure();
        end.data(2);
        end.drop(1 - 64, 1);
        end.pass(20_000);
        assertThat(end.lastReportUs()).isGreaterThan(15_000);
        end.drop(1 - 63, 1);
        int reports = end.reports().size();
        end.pass(20_000);
        assertThat(end.reports()).hasSize(reports);
    }

    @Test
    void packetsBeyondTheBufferAreNotAskedFor() {
        begin(LoneSetup.of(STANDARD.with(SrtOption.FC, 64)));
        end.data(0);
        end.data(64);
        assertThat(end.reports()).isEmpty();
        end.data(63);
        assertThat(end.reports()).containsExactly("0: 1-62");
    }

    @Test
    void aReceiverIsCalmOnlyMoreThanASecondAfterTheLastGap() {
        end.pass(10_000);
        end.data(0);
        end.data(2);
        end.data(1);
        end.pass(1_000_000);
        end.data(3);
        assertThat(end.nextTick()).isEqualTo(end.now());
        end.pass(1);
        assertThat(end.nextTick()).isEqualTo(end.now() + 3_000);
    }
}
