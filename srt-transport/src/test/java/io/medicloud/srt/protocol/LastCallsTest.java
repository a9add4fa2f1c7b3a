// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.packet.AckPacket;
import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.SeqNo;
import io.medicloud.srt.packet.SrtFlags;
import io.medicloud.srt.packet.SrtPacket;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a sender sends once more without being asked, and when: the peer's latency is 120 ms, and its clock is ours. */
class LastCallsTest {
    private static final int ENOUGH_FOR_ONE = 10;
    private static final int ENOUGH_FOR_FOUR = 30;

    private LoneSession end = LoneSession.standard();

    @AfterEach
    void nothingLeaks() {
        end.end();
    }

    private void begin(int packets, int rttUs, int varianceUs) {
        begin(LoneSetup.of(SrtOptions.STANDARD), packets, rttUs, varianceUs);
    }

    /** So many packets at time 0, the first five of which the peer has after a millisecond, when it tells the round trip. */
    private void begin(LoneSetup setup, int packets, int rttUs, int varianceUs) {
        end.end();
        end = setup.begin();
        for (int number = 0; number < packets; number++) {
            end.submit(number);
        }
        end.pass(1_000);
        acknowledge(1, 5, rttUs, varianceUs);
    }

    private void acknowledge(int number, int upTo, int rttUs, int varianceUs) {
        int seqNo = SeqNo.plus(LoneSession.FIRST, upTo);
        end.say(p ->
                AckPacket.writeSmall(p, number, seqNo, rttUs, varianceUs, 8192, (int) end.now(), LoneSession.SOCKET));
    }

    private void passTo(long us) {
        end.pass(us - end.now());
    }

    private void nakAt(long us, int from, int to) {
        passTo(us);
        end.nak(from, to);
    }

    /** The times at which this packet was sent again, in milliseconds. */
    private List<Long> again(int number) {
        int seqNo = SeqNo.plus(LoneSession.FIRST, number);
        return end.sent.stream()
                .filter(s -> !SrtPacket.isControl(s.bytes())
                        && DataPacket.seqNo(s.bytes()) == seqNo
                        && DataPacket.isRetransmitted(s.bytes()))
                .map(s -> s.atUs() / 1000)
                .toList();
    }

    @Test
    void whatCannotBeAskedForOnceMoreIsSentAgainAtTheLastMoment() {
        begin(ENOUGH_FOR_ONE, 60_000, 6_000);
        nakAt(80_000, 5, 5);
        passTo(104_999);
        assertThat(again(5)).containsExactly(80L);
        passTo(105_000);
        assertThat(again(5)).containsExactly(80L, 105L);
        passTo(200_000);
        assertThat(again(5)).as("once is enough").containsExactly(80L, 105L);
        assertThat(end.total().byteRetrans()).isEqualTo(48 * end.total().pktRetrans());
    }

    @Test
    void whatCanBeAskedForOnceMoreIsNot() {
        begin(ENOUGH_FOR_ONE, 60_000, 6_000);
        nakAt(60_000, 5, 5);
        passTo(200_000);
        assertThat(again(5)).containsExactly(60L);
        begin(ENOUGH_FOR_ONE, 60_000, 6_000);
        nakAt(60_001, 5, 5);
        passTo(200_000);
        assertThat(again(5)).containsExactly(60L, 105L);
    }

    @Test
    void theLastMomentIsTheEarlierTheMoreTheRoundTripsDiffer() {
        begin(ENOUGH_FOR_ONE, 61_000, 1_000);
        nakAt(80_000, 5, 5);
        passTo(130_000);
        assertThat(again(5)).containsExactly(80L, 105L);
        begin(ENOUGH_FOR_ONE, 61_000, 10_000);
        nakAt(80_000, 5, 5);
        passTo(130_000);
        assertThat(again(5)).containsExactly(80L, 95L);
    }

    @Test
    void bothAreNotLostTogetherIfTheLastMomentIsNow() {
        begin(ENOUGH_FOR_ONE, 105_000, 10_000);
        nakAt(110_000, 5, 5);
        passTo(112_999);
        assertThat(again(5)).containsExactly(110L);
        passTo(113_000);
        assertThat(again(5)).containsExactly(110L, 113L);
    }

    @Test
    void whatComesTooLateAnywayIsSentOnce() {
        begin(ENOUGH_FOR_ONE, 105_000, 10_000);
        nakAt(120_000, 5, 5);
        passTo(170_000);
        assertThat(again(5)).containsExactly(120L);
    }

    @Test
    void whatThePeerShouldLongHaveAcknowledgedIsSentAgainThoughItNeverAsked() {
        begin(ENOUGH_FOR_FOUR, 20_000, 2_000);
        passTo(104_999);
        assertThat(again(5)).isEmpty();
        passTo(105_000);
        assertThat(again(5)).containsExactly(105L);
        passTo(300_000);
        assertThat(again(5)).containsExactly(105L);
        assertThat(again(6)).as("what it misses next, nobody knows").isEmpty();
    }

    @Test
    void andAgainAfterARoundTripAsLongAsItIsInTime() {
        begin(ENOUGH_FOR_FOUR, 5_000, 500);
        passTo(300_000);
        assertThat(again(5)).containsExactly(105L, 110L, 115L);
    }

    @Test
    void anAcknowledgementMayTakeARoundTripAndItsVarianceAndAPeriod() {
        begin(ENOUGH_FOR_FOUR, 100_000, 3_000);
        passTo(112_999);
        assertThat(again(5)).isEmpty();
        passTo(300_000);
        assertThat(again(5)).first().isEqualTo(113L);
        begin(ENOUGH_FOR_FOUR, 107_000, 3_000);
        passTo(130_000);
        assertThat(again(5)).as("then it is too late").isEmpty();
    }

    @Test
    void whatIsAcknowledgedMeanwhileIsNotSentAgain() {
        begin(ENOUGH_FOR_FOUR, 20_000, 2_000);
        passTo(104_000);
        acknowledge(2, 6, 20_000, 2_000);
        passTo(105_000);
        assertThat(again(5)).isEmpty();
        assertThat(again(6)).containsExactly(105L);
    }

    @Test
    void whatIsAcknowledgedMeanwhileCostsNothing() {
        begin(ENOUGH_FOR_ONE, 60_000, 6_000);
        nakAt(80_000, 5, 6);
        acknowledge(2, 6, 60_000, 6_000);
        passTo(110_000);
        assertThat(again(5)).containsExactly(80L);
        assertThat(again(6)).containsExactly(80L, 105L);
    }

    @Test
    void copiesAreAShareOfWhatIsSent() {
        begin(ENOUGH_FOR_FOUR, 60_000, 6_000);
        nakAt(80_000, 5, 10);
        passTo(110_000);
        for (int number = 5; number <= 8; number++) {
            assertThat(again(number)).containsExactly(80L, 105L);
        }
        assertThat(again(9)).containsExactly(80L);
        assertThat(again(10)).containsExactly(80L);
    }

    @Test
    void aCopyAnswersTheReportsOfItsRoundTrip() {
        begin(ENOUGH_FOR_ONE, 60_000, 6_000);
        nakAt(80_000, 5, 5);
        nakAt(118_000, 5, 5);
        passTo(119_000);
        assertThat(again(5)).containsExactly(80L, 105L);
    }

    @Test
    void thereIsNoLastMomentForAPeerThatWaits() {
        LoneSetup patient = LoneSetup.of(SrtOptions.STANDARD).peer(LoneSetup.ALL_FLAGS & ~SrtFlags.TLPKTDROP);
        begin(patient, ENOUGH_FOR_FOUR, 60_000, 6_000);
        nakAt(80_000, 6, 6);
        passTo(300_000);
        assertThat(again(5)).isEmpty();
        assertThat(again(6)).containsExactly(80L);
    }

    @Test
    void nothingIsSentUnaskedWhereNothingIsEverAskedFor() {
        LoneSetup filtered = LoneSetup.of(SrtOptions.STANDARD).filter("fec,cols:4,arq:never");
        begin(filtered, ENOUGH_FOR_FOUR, 20_000, 2_000);
        passTo(300_000);
        assertThat(again(5)).isEmpty();
    }
}
