// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.medicloud.srt.SrtStats;
import io.medicloud.srt.protocol.SessionPolicy.Bandwidth;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is counted, and what is allowed, for a while. */
class RatesTest {
    private static final int PAYLOAD = 1316;
    private static final int WIRE = PAYLOAD + 44;
    private static final long START_US = 7_000_000;

    private static LivePacing pacing(long most, long input, long leastInput, int overhead) {
        return new LivePacing(new Bandwidth(most, input, leastInput, overhead, -1), PAYLOAD, START_US);
    }

    @ParameterizedTest
    @CsvSource({
        "1000000, 5, 5, 25, 1000000",
        "-1, 5, 5, 25, 250000000",
        "0, 800000, 900000, 25, 1000000",
        "0, 0, 800000, 25, 1000000",
        "0, 0, 800000, 50, 1200000",
        "0, 0, 0, 25, 250000000"
    })
    void theLimitIsWhatTheOptionsSay(long most, long input, long leastInput, int overhead, long limit) {
        LivePacing pacing = pacing(most, input, leastInput, overhead);
        assertThat(pacing.limit()).isEqualTo(limit);
        assertThat(pacing.periodUs()).isEqualTo(WIRE * 1e6 / limit);
    }

    @Test
    void aMeasuredInputLimitsFromHalfASecondOn() {
        LivePacing pacing = pacing(0, 0, 0, 25);
        for (int i = 0; i < 500; i++) {
            pacing.onSubmitted(956, START_US + i * 1000L);
        }
        assertThat(pacing.limit()).isEqualTo(LivePacing.UNLIMITED);
        pacing.onSubmitted(956, START_US + 500_000);
        assertThat(pacing.limit()).isEqualTo(501_000L * 2 * 125 / 100);
        for (int i = 1; i <= 1000; i++) {
            pacing.onSubmitted(1956, START_US + 500_000 + i * 1000L);
        }
        assertThat(pacing.limit()).isEqualTo(2_000_000L * 125 / 100);
        assertThat(pacing.periodUs()).isCloseTo(WIRE * 1e6 / 2_500_000, within(1.0));
    }

    @Test
    void aPauseIsNoSlowInput() {
        LivePacing pacing = pacing(0, 0, 0, 25);
        long us = START_US + 10_000_000;
        pacing.onSubmitted(956, us);
        assertThat(pacing.limit()).as("nothing is measured yet").isEqualTo(LivePacing.UNLIMITED);
        for (int i = 1; i <= 500; i++) {
            pacing.onSubmitted(956, us + i * 1000L);
        }
        assertThat(pacing.limit()).isEqualTo(501_000L * 2 * 125 / 100);
        us += 60_000_000;
        pacing.onSubmitted(956, us);
        assertThat(pacing.limit()).as("as before it").isEqualTo(501_000L * 2 * 125 / 100);
        for (int i = 1; i <= 1000; i++) {
            pacing.onSubmitted(1956, us + i * 1000L);
        }
        assertThat(pacing.limit()).isBetween(2_000_000L * 125 / 100, 2_001_000L * 125 / 100);
    }

    @Test
    void anInputThatPausesForLessThanAWindowIsMeasuredWithItsPauses() {
        LivePacing pacing = pacing(0, 0, 0, 25);
        for (int i = 0; i <= 3; i++) {
            pacing.onSubmitted(956, START_US + i * 999_999L);
        }
        assertThat(pacing.limit()).isBetween(1_250L, 1_260L);
    }

    /** How many packets leave in a second of ticks this far apart. */
    private static int sentInASecond(LivePacing pacing, long tickUs) {
        int sent = 0;
        for (long us = START_US; us < START_US + 1_000_000; us += tickUs) {
            while (pacing.maySend(us)) {
                pacing.onSent(PAYLOAD);
                sent++;
            }
        }
        return sent;
    }

    @Test
    void packetsLeaveAsFastAsTheLimitAllows() {
        assertThat(sentInASecond(pacing(WIRE * 1000L, 0, 0, 25), 1000)).isBetween(1000, 1002);
        assertThat(sentInASecond(pacing(WIRE * 1000L, 0, 0, 25), 3000)).isBetween(997, 1002);
        // Lateness of more than 5 ms is not made up for.
        assertThat(sentInASecond(pacing(WIRE * 1000L, 0, 0, 25), 50_000)).isBetween(100, 125);
    }

    @Test
    void theMeanOfThePayloadsSetsThePace() {
        LivePacing pacing = pacing(1_000_000, 0, 0, 25);
        for (int i = 0; i < 3000; i++) {
            pacing.onSent(188);
        }
        assertThat(pacing.periodUs()).isCloseTo(188 + 44, within(1.0));
    }

    @Test
    void retransmissionsEmptyABucketThatFillsAgain() {
        RetransmissionLimit limit = new RetransmissionLimit(100_000, START_US);
        int sent = 0;
        for (; limit.maySend(START_US); sent++) {
            limit.onSent(PAYLOAD);
        }
        assertThat(sent)
                .as("a tenth of a second's worth, and what overdraws it")
                .isEqualTo(8);
        assertThat(limit.maySend(START_US + 8_000)).isFalse();
        assertThat(limit.maySend(START_US + 9_000)).isTrue();
        assertThat(limit.maySend(START_US + 60_000_000)).isTrue();
        sent = 0;
        for (; limit.maySend(START_US + 60_000_000); sent++) {
            limit.onSent(PAYLOAD);
        }
        assertThat(sent).as("it never holds more").isEqualTo(8);
        RetransmissionLimit none = new RetransmissionLimit(-1, START_US);
        none.onSent(1_000_000);
        assertThat(none.maySend(START_US)).isTrue();
        assertThat(new RetransmissionLimit(0, START_US).maySend(START_US + 1_000_000))
                .isFalse();
    }

    @Test
    void theArrivalRateIsThatOfTheLastWholeSecond() {
        ArrivalRate rate = new ArrivalRate(1500);
        for (int i = 0; i < 1000; i++) {
            onPacket(rate, START_US + i * 1000L);
        }
        assertThat(rate.linkCapacity()).isZero();
        assertThat(rate.packetRate()).isZero();
        assertThat(rate.byteRate()).isZero();
        onPacket(rate, START_US + 1_000_000);
        assertThat(rate.packetRate()).isEqualTo(1000);
        assertThat(rate.byteRate()).isEqualTo(1_000_000);
        assertThat(rate.linkCapacity()).as("1044 kB/s came through").isEqualTo(696);
        onPacket(rate, START_US + 1_500_000);
        onPacket(rate, START_US + 3_000_000);
        assertThat(rate.packetRate()).isEqualTo(1);
        assertThat(rate.byteRate()).isEqualTo(1000);
        assertThat(rate.linkCapacity()).isEqualTo(1);
        for (int i = 0; i < 16; i++) {
            rate.onPacket(956, START_US + 3_000_000, START_US + 3_001_000);
        }
        onPacket(rate, START_US + 3_003_000);
        assertThat(rate.linkCapacity())
                .as("15 packets of 1000 bytes in two milliseconds")
                .isEqualTo(5000);
    }

    private static void onPacket(ArrivalRate rate, long us) {
        rate.onPacket(1000, us, us);
    }

    @Test
    void anIntervalIsTheDifferenceOfEveryCounter() throws ReflectiveOperationException {
        SessionCounters counters = new SessionCounters(0);
        add(counters, 1000);
        counters.restartInterval(5_000_000);
        assertThat(counters.markUs()).isEqualTo(5_000_000);
        assertThat(counters.retransmittedSinceMark()).isZero();
        assertThat(counters.belatedSinceMark()).isZero();
        add(counters, 1);
        SrtStats.Counters totals = counters.totals();
        SrtStats.Counters since = counters.since(totals);
        int i = 0;
        for (RecordComponent c : SrtStats.Counters.class.getRecordComponents()) {
            long total =
                    (long) SessionCounters.class.getDeclaredField(c.getName()).get(counters);
            assertThat(c.getAccessor().invoke(totals)).as(c.getName()).isEqualTo(total);
            assertThat(c.getAccessor().invoke(since)).as(c.getName()).isEqualTo(total % 1000);
            i++;
        }
        assertThat(i).isEqualTo(28);
        assertThat(counters.retransmittedSinceMark()).isEqualTo(counters.pktRcvRetrans % 1000);
        assertThat(counters.belatedSinceMark()).isEqualTo(counters.pktRcvBelated % 1000);
    }

    /** Adds to every counter a number of its own, times this. */
    private static void add(SessionCounters counters, long times) throws IllegalAccessException {
        int own = 1;
        for (Field f : SessionCounters.class.getDeclaredFields()) {
            boolean isCounter = f.getType() == long.class
                    && !Modifier.isStatic(f.getModifiers())
                    && !Modifier.isPrivate(f.getModifiers());
            if (isCounter) {
                f.setLong(counters, f.getLong(counters) + times * own++);
            }
        }
    }

    @Test
    void bytesOfMissedPacketsAreEstimatedByThoseThatCame() {
        SessionCounters counters = new SessionCounters(0);
        counters.onReceiveLoss(2);
        assertThat(counters.byteRcvLoss).isEqualTo(2 * WIRE);
        counters.pktRecvUnique = 10;
        counters.byteRecvUnique = 1000;
        counters.onReceiveLoss(3);
        counters.onReceiveDrop(4);
        assertThat(counters.pktRcvLoss).isEqualTo(5);
        assertThat(counters.byteRcvLoss).isEqualTo(2 * WIRE + 300);
        assertThat(counters.pktRcvDrop).isEqualTo(4);
        assertThat(counters.byteRcvDrop).isEqualTo(400);
    }

    @Test
    void lateArrivalsAreCountedWithTheirMeanLateness() {
        SessionCounters counters = new SessionCounters(0);
        counters.onBelated(8_000);
        assertThat(counters.pktRcvBelated).isEqualTo(1);
        assertThat(counters.belatedMs).isPositive().isLessThanOrEqualTo(8);
    }
}
