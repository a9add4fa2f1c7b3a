// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.packet.SeqNo;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When a loss is reported, and when again, and how long mere disorder is waited out. */
class RecoveryTimingTest {
    private static final long NEVER = Long.MAX_VALUE;
    private static final long FAR = 100_000_000;

    private final RttEstimator rtt = new RttEstimator();
    private final ReorderTolerance inOrder = new ReorderTolerance(rtt, FAR, 0);
    private final ReportTiming timing = new ReportTiming(rtt, inOrder);

    /** The round trip is measured, and is this. */
    private void measured(int rttUs, int varianceUs) {
        rtt.onSample(1);
        rtt.onPeerEstimate(rttUs, varianceUs, false);
    }

    private static LossDetector detector(ReportTiming timing, boolean repeats, int mostRanges) {
        return new LossDetector(timing, repeats, mostRanges);
    }

    /** What is reported at that time, as text. */
    private static String due(LossDetector losses, int words, long nowUs) {
        ByteBuf nak = Unpooled.buffer();
        losses.writeDue(nak, words, nowUs);
        List<String> entries = new ArrayList<>();
        while (nak.isReadable()) {
            int word = nak.readInt();
            entries.add(word < 0 ? (word & SeqNo.MAX) + "-" + nak.readInt() : "" + word);
        }
        return String.join(" ", entries);
    }

    @Test
    void anAnswerThatComesTooLateEvenIfItIsQuickIsNotAskedFor() {
        assertThat(timing.isTooLate(0, FAR)).as("nothing is known yet").isFalse();
        measured(60_000, 5_000);
        assertThat(timing.isTooLate(150_000, 100_000)).isFalse();
        assertThat(timing.isTooLate(150_000, 100_001)).isTrue();
        LossDetector losses = detector(timing, true, 64);
        losses.onGap(5, 5, 0, 0, 49_999);
        losses.onGap(7, 7, 0, 0, 50_000);
        assertThat(due(losses, 100, 0)).isEqualTo("7");
        assertThat(losses.packets()).as("both are still missing").isEqualTo(2);
    }

    @Test
    void anAnswerIsOverdueAfterARoundTripAndFourTimesItsVariance() {
        measured(60_000, 5_000);
        assertThat(timing.answerDueUs(7)).isEqualTo(80_007);
        measured(60_000, 100);
        assertThat(timing.answerDueUs(7)).isEqualTo(62_507);
        LossDetector losses = detector(timing, true, 64);
        losses.onGap(5, 5, 1_000, 2_000, FAR);
        assertThat(losses.answerDueUs()).as("not reported yet").isEqualTo(63_500);
        assertThat(due(losses, 100, 3_000)).isEqualTo("5");
        assertThat(losses.answerDueUs()).isEqualTo(65_500);
        assertThat(due(losses, 100, 8_000)).as("the second report of the round").isEqualTo("5");
        assertThat(losses.answerDueUs()).isEqualTo(65_500);
    }

    @Test
    void theSecondReportFollowsSoonEnoughForTheSenderToTakeItForTheSame() {
        assertThat(timing.repeatAfterUs(0)).as("nothing is known yet").isEqualTo(5_000);
        measured(60_000, 0);
        assertThat(timing.repeatAfterUs(0)).isEqualTo(5_000);
        measured(32_000, 0);
        assertThat(timing.repeatAfterUs(0)).isEqualTo(4_000);
        measured(40_000, 7_000);
        assertThat(timing.repeatAfterUs(0)).as("a third of 12 ms").isEqualTo(4_000);
        measured(8_000, 0);
        assertThat(timing.repeatAfterUs(0)).isEqualTo(3_000);
        measured(6_001, 0);
        assertThat(timing.repeatAfterUs(0)).isEqualTo(3_000);
        measured(6_000, 0);
        assertThat(timing.repeatAfterUs(0)).as("it would be answered again").isEqualTo(NEVER);
    }

    @Test
    void theNextRoundBeginsWhenTheAnswerIsOverdueAtTheEarliest() {
        measured(60_000, 0);
        assertThat(timing.nextRoundUs(FAR, 10_000, 15_000)).isEqualTo(72_500);
        measured(60_000, 6_000);
        assertThat(timing.nextRoundUs(FAR, 10_000, 15_000)).isEqualTo(73_000);
        assertThat(timing.nextRoundUs(FAR, 10_000, 90_000))
                .as("it is overdue already")
                .isEqualTo(93_000);
    }

    @Test
    void whereAWholeRoundEndsTooLateTheNextBeginsAsSoonAsTheSenderAnswersAgainIfThatIsPaidFor() {
        measured(60_000, 4_000);
        long deadlineUs = 72_500 + 60_000 - 8_000;
        assertThat(timing.nextRoundUs(deadlineUs - 1, 10_000, 15_000))
                .as("no packet has paid for it")
                .isEqualTo(72_500);
        timing.onPacket();
        assertThat(timing.nextRoundUs(deadlineUs - 1, 10_000, 15_000)).isEqualTo(59_000);
        assertThat(timing.nextRoundUs(deadlineUs, 10_000, 15_000))
                .as("there is time for a whole one")
                .isEqualTo(72_500);
        measured(60_000, 14_000);
        assertThat(timing.nextRoundUs(100_000, 10_000, 15_000))
                .as("a quarter of the round trip, as the sender answers everything")
                .isEqualTo(30_000);
    }

    @Test
    void reportsThatAreAnsweredEachAreLimitedToAShareOfWhatArrives() {
        measured(60_000, 0);
        timing.onPacket();
        timing.onReported(1, true);
        assertThat(timing.nextRoundUs(0, 0, 0))
                .as("a second report costs nothing")
                .isEqualTo(60_000);
        timing.onReported(1, false);
        assertThat(timing.nextRoundUs(0, 0, 0)).isEqualTo(62_500);
        for (int i = 0; i < 5; i++) {
            timing.onPacket();
        }
        assertThat(timing.nextRoundUs(0, 0, 0)).as("18 of 100 are paid for").isEqualTo(60_000);
        timing.onReported(1_000_000, false);
        for (int i = 0; i < 356; i++) {
            timing.onPacket();
        }
        assertThat(timing.nextRoundUs(0, 0, 0)).as("a debt of 64 at most").isEqualTo(60_000);
        measured(60_000, 14_000);
        timing.onReported(1, true);
        assertThat(timing.nextRoundUs(0, 0, 0)).as("now each is answered").isEqualTo(67_000);
    }

    @Test
    void whereTimeIsShortTheSecondReportIsMadeThoughItIsAnswered() {
        measured(60_000, 14_000);
        timing.onPacket();
        assertThat(timing.repeatAfterUs(0)).as("there is time").isEqualTo(NEVER);
        ReorderTolerance tolerance = new ReorderTolerance(rtt, 150_000, 30_000);
        assertThat(tolerance.isTimeShort()).isTrue();
        ReportTiming hurried = new ReportTiming(rtt, tolerance);
        hurried.onPacket();
        assertThat(hurried.repeatAfterUs(0)).isEqualTo(3_000);
        hurried.onReported(1, true);
        assertThat(hurried.repeatAfterUs(0)).as("not paid for").isEqualTo(NEVER);
    }

    @Test
    void whereTimeIsShortAThirdReportIsMadeIfItIsNotAnswered() {
        measured(60_000, 5_000);
        assertThat(timing.repeatAfterUs(1)).as("there is time").isEqualTo(NEVER);
        ReportTiming hurried = new ReportTiming(rtt, new ReorderTolerance(rtt, 150_000, 0));
        assertThat(hurried.repeatAfterUs(1)).isEqualTo(5_000);
        assertThat(hurried.repeatAfterUs(2)).as("that is enough").isEqualTo(NEVER);
        measured(60_000, 10_000);
        assertThat(hurried.repeatAfterUs(1)).as("20 ms, not more").isEqualTo(NEVER);
        measured(60_000, 9_999);
        LossDetector losses = detector(hurried, true, 64);
        losses.onGap(5, 5, 0, 0, FAR);
        assertThat(due(losses, 100, 0)).isEqualTo("5");
        assertThat(due(losses, 100, 4_999)).isEmpty();
        assertThat(due(losses, 100, 5_000)).isEqualTo("5");
        assertThat(due(losses, 100, 10_000)).isEqualTo("5");
        assertThat(losses.nextDueUs()).as("the next round").isEqualTo(60_000 + 9_999 / 2);
        assertThat(due(losses, 100, 64_999)).isEqualTo("5");
        assertThat(losses.nextDueUs()).isEqualTo(69_999);
    }

    @Test
    void onAPathThatKeepsTheOrderNothingIsWaitedFor() {
        ReorderTolerance tolerance = new ReorderTolerance(rtt, FAR, 30_000);
        assertThat(tolerance.toleranceUs()).isZero();
        assertThat(tolerance.isTimeShort()).isFalse();
        assertThat(tolerance.distance()).isZero();
    }

    @Test
    void theToleranceIsJustAboveTheLatestOriginalWhenThereIsTime() {
        measured(20_000, 1_000);
        ReorderTolerance tolerance = new ReorderTolerance(rtt, FAR, 30_000);
        tolerance.onLateOriginal(8_000, 3, 0);
        assertThat(tolerance.toleranceUs()).isEqualTo(9_500);
        tolerance.onLateOriginal(4_000, 2, 0);
        assertThat(tolerance.toleranceUs()).isEqualTo(9_500);
        assertThat(tolerance.distance()).isEqualTo(3);
        tolerance.onLateOriginal(29_000, 9, 0);
        assertThat(tolerance.toleranceUs()).as("its limit").isEqualTo(30_000);
        assertThat(tolerance.distance()).isEqualTo(9);
        assertThat(tolerance.isTimeShort()).isFalse();
    }

    @Test
    void theToleranceFadesWhenAllComesInOrderForTwoSeconds() {
        measured(20_000, 1_000);
        ReorderTolerance tolerance = new ReorderTolerance(rtt, FAR, 30_000);
        tolerance.onLateOriginal(8_000, 3, 1_000_000);
        tolerance.onTime(2_999_999);
        assertThat(tolerance.toleranceUs()).isEqualTo(9_500);
        tolerance.onTime(3_000_000);
        assertThat(tolerance.toleranceUs()).isEqualTo(9_500 - 9_500 / 8);
        tolerance.onTime(3_249_999);
        assertThat(tolerance.toleranceUs()).isEqualTo(9_500 - 9_500 / 8);
        for (int i = 1; i < 20; i++) {
            tolerance.onTime(3_000_000 + i * 250_000);
        }
        assertThat(tolerance.toleranceUs())
                .as("less than a millisecond is nothing")
                .isZero();
    }

    @Test
    void whereTimeIsShortItWaitsForMostOfThemAlone() {
        measured(60_000, 5_000);
        ReorderTolerance tolerance = new ReorderTolerance(rtt, 4 * 80_000 + 2_000, 30_000);
        tolerance.onLateOriginal(20_000, 3, 0);
        assertThat(tolerance.isTimeShort()).isTrue();
        assertThat(tolerance.toleranceUs()).as("what is left after four rounds").isEqualTo(2_000);
        for (int i = 0; i < 9; i++) {
            tolerance.onLateOriginal(20_000, 3, 0);
        }
        assertThat(tolerance.toleranceUs()).as("ten steps").isEqualTo(5_000);
        tolerance.onLateOriginal(5_000, 3, 0);
        assertThat(tolerance.toleranceUs()).as("this one was waited for").isEqualTo(5_000);
        tolerance.onPacket();
        assertThat(tolerance.toleranceUs()).isEqualTo(4_985);
        for (int i = 0; i < 1_000; i++) {
            tolerance.onPacket();
        }
        assertThat(tolerance.toleranceUs()).isEqualTo(2_000);
    }

    @Test
    void whereThereIsTimeForOneRoundOnlyMoreIsAskedForInVain() {
        measured(60_000, 5_000);
        ReorderTolerance tolerance = new ReorderTolerance(rtt, 119_999, 30_000);
        for (int i = 0; i < 10; i++) {
            tolerance.onLateOriginal(20_000, 3, 0);
        }
        tolerance.onPacket();
        assertThat(tolerance.toleranceUs()).isEqualTo(4_960);
    }

    @Test
    void aLossIsReportedOnceWhereThePeerIsNotToRepeat() {
        measured(60_000, 0);
        LossDetector losses = detector(timing, false, 64);
        losses.onGap(5, 6, 0, 0, FAR);
        assertThat(losses.nextDueUs()).isZero();
        assertThat(due(losses, 100, 0)).isEqualTo("5-6");
        assertThat(losses.nextDueUs()).isEqualTo(NEVER);
        assertThat(losses.packets()).isEqualTo(2);
    }

    @Test
    void whatIsWaitedOutCanBeReportedSooner() {
        measured(60_000, 0);
        LossDetector losses = detector(timing, true, 64);
        losses.onGap(5, 5, 0, 20_000, FAR);
        losses.onGap(9, 9, 0, 30_000, FAR);
        assertThat(losses.nextDueUs()).isEqualTo(20_000);
        assertThat(due(losses, 100, 10_000)).isEmpty();
        losses.expedite(9, 10_000);
        losses.expedite(7, 10_000);
        assertThat(losses.nextDueUs()).isEqualTo(10_000);
        assertThat(due(losses, 100, 10_000)).isEqualTo("9");
        losses.expedite(9, 15_000);
        assertThat(losses.nextDueUs()).as("the repetition, by then").isEqualTo(15_000);
    }

    @Test
    void whatFindsNoRoomInAReportComesALittleLater() {
        measured(60_000, 0);
        LossDetector losses = detector(timing, true, 64);
        losses.onGap(1, 2, 0, 0, FAR);
        losses.onGap(4, 4, 0, 0, FAR);
        losses.onGap(6, 7, 0, 0, FAR);
        assertThat(due(losses, 4, 0)).isEqualTo("1-2 4");
        assertThat(losses.nextDueUs()).isEqualTo(3_000);
        assertThat(due(losses, 4, 2_999)).isEmpty();
        assertThat(due(losses, 4, 3_000)).isEqualTo("6-7");
    }

    @Test
    void theListGrowsUpToItsLimit() {
        measured(60_000, 0);
        LossDetector losses = detector(timing, true, 20);
        for (int i = 0; i < 25; i++) {
            losses.onGap(10 * i, 10 * i + 2, i, 0, FAR);
        }
        assertThat(losses.packets()).isEqualTo(60);
        assertThat(losses.isMissing(192)).isTrue();
        assertThat(losses.isMissing(200)).isFalse();
        assertThat(losses.onArrival(11))
                .as("no room to split: the rest of the range is given up")
                .isEqualTo(1);
        assertThat(losses.isMissing(10)).isTrue();
        assertThat(losses.isMissing(12)).isFalse();
        assertThat(losses.packets()).isEqualTo(58);
        assertThat(losses.onArrival(10)).isEqualTo(1);
        assertThat(losses.onArrival(31)).isEqualTo(3);
        assertThat(losses.isMissing(30)).isTrue();
        assertThat(losses.isMissing(32)).isTrue();
        assertThat(losses.packets()).isEqualTo(56);
    }

    @Test
    void aRangeThatIsSplitKeepsItsTimes() {
        measured(60_000, 0);
        LossDetector losses = detector(timing, true, 64);
        losses.onGap(1, 1, 0, 0, FAR);
        losses.onGap(5, 9, 1_000, 0, FAR);
        losses.onGap(20, 20, 2_000, 50_000, FAR);
        assertThat(due(losses, 100, 2_000)).isEqualTo("1 5-9");
        assertThat(losses.onArrival(7)).isEqualTo(1_000);
        assertThat(due(losses, 100, 7_000)).isEqualTo("1 5-6 8-9");
        assertThat(losses.onArrival(8)).isEqualTo(1_000);
        assertThat(losses.onArrival(1)).isZero();
        assertThat(losses.onArrival(6)).isEqualTo(1_000);
        assertThat(losses.onArrival(6)).isEqualTo(-1);
        assertThat(losses.firstMissing()).isEqualTo(5);
        assertThat(due(losses, 100, 52_000)).isEqualTo("20");
        assertThat(due(losses, 100, 64_500)).isEqualTo("5 9 20");
    }

    @Test
    void whatIsGivenUpIsNotAskedFor() {
        measured(60_000, 0);
        LossDetector losses = detector(timing, true, 64);
        losses.onGap(1, 3, 0, 0, FAR);
        losses.onGap(5, 9, 0, 0, FAR);
        losses.dropBefore(7);
        assertThat(losses.packets()).isEqualTo(3);
        assertThat(due(losses, 100, 0)).isEqualTo("7-9");
        losses.dropBefore(10);
        assertThat(losses.isEmpty()).isTrue();
        assertThat(losses.packets()).isZero();
    }

    @Test
    void spareCopiesAreAShareOfWhatIsSent() {
        SpareCopies copies = new SpareCopies();
        copies.add(5, 0);
        assertThat(copies.poll(FAR)).as("not paid for").isEqualTo(SeqNo.NONE);
        for (int i = 0; i < 14; i++) {
            copies.onSent();
        }
        copies.add(6, 3_000);
        copies.add(8, 5_000);
        copies.add(7, 4_000);
        assertThat(copies.poll(2_999)).isEqualTo(SeqNo.NONE);
        assertThat(copies.poll(3_000)).isEqualTo(6);
        assertThat(copies.poll(3_999)).isEqualTo(SeqNo.NONE);
        copies.onCopied();
        assertThat(copies.poll(4_000)).isEqualTo(7);
        assertThat(copies.poll(5_000)).as("the one before was not needed").isEqualTo(8);
        copies.onCopied();
        copies.add(9, 6_000);
        assertThat(copies.poll(FAR)).as("fourteen pay for two").isEqualTo(SeqNo.NONE);
    }

    @Test
    void noMoreThanSixtyFourCopiesWaitAndNoMoreArePaidForAtOnce() {
        SpareCopies copies = new SpareCopies();
        for (int i = 0; i < 100_000; i++) {
            copies.onSent();
        }
        for (int i = 0; i < 70; i++) {
            copies.add(i, 0);
        }
        for (int i = 0; i < 64; i++) {
            assertThat(copies.poll(FAR)).isEqualTo(i);
            copies.onCopied();
        }
        assertThat(copies.poll(FAR)).isEqualTo(SeqNo.NONE);
        copies.add(70, 0);
        assertThat(copies.poll(FAR)).as("paid for no more").isEqualTo(SeqNo.NONE);
    }

    @Test
    void theCopyThatIsDueFirstIsTheFirstInWhateverOrderTheyWereNoted() {
        SpareCopies copies = new SpareCopies();
        for (int i = 0; i < 100_000; i++) {
            copies.onSent();
        }
        for (int i = 0; i < 64; i++) {
            copies.add(i, 64 - i);
        }
        for (int i = 63; i >= 0; i--) {
            assertThat(copies.poll(64 - i - 1)).isEqualTo(SeqNo.NONE);
            assertThat(copies.poll(64 - i)).isEqualTo(i);
        }
    }
}
