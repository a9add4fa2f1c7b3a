// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.srt.crypto.KeySource;
import io.medicloud.srt.packet.MsgNo;
import io.medicloud.srt.packet.SeqNo;
import io.medicloud.srt.packet.SrtTimestamp;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** The small classes, each by itself. */
class PartsTest {
    private static final byte[] ADDRESS = {10, 0, 0, 7};

    @Test
    void aCookieIsGoodForAMinuteOrTwoAndForNobodyElse() {
        SynCookie cookie = new SynCookie(KeySource.secure(), 0);
        int baked = cookie.bake(ADDRESS, 4000, 30_000_000);
        assertThat(cookie.matches(baked, ADDRESS, 4000, 59_000_000)).isTrue();
        assertThat(cookie.matches(baked, ADDRESS, 4000, 90_000_000)).isTrue();
        assertThat(cookie.matches(baked, ADDRESS, 4000, 150_000_000)).isFalse();
        int again = cookie.bake(ADDRESS, 4000, 150_000_000);
        assertThat(cookie.matches(again, ADDRESS, 4001, 150_000_000)).isFalse();
        assertThat(cookie.matches(again, new byte[] {10, 0, 0, 8}, 4000, 150_000_000))
                .isFalse();
        assertThat(cookie.matches(again, new byte[16], 4000, 150_000_000)).isFalse();
    }

    @Test
    void twoListenersBakeDifferentCookies() {
        int one = new SynCookie(KeySource.secure(), 0).bake(ADDRESS, 4000, 0);
        int two = new SynCookie(KeySource.secure(), 0).bake(ADDRESS, 4000, 0);
        assertThat(one).isNotEqualTo(two).isNotZero();
    }

    @Test
    void sipHashIsThatOfItsPaper() {
        // Key 00..0f, message 00..0e: the vector of appendix A.
        long k0 = 0x0706050403020100L;
        long k1 = 0x0f0e0d0c0b0a0908L;
        assertThat(SynCookie.sipHash(k0, k1, 0x0706050403020100L, 0x0f0e0d0c0b0a0908L))
                .isEqualTo(0xa129ca6149be45e5L);
    }

    @Property(tries = 300)
    void theLossListIsTheSetOfWhatIsMissing(@ForAll long seed, @ForAll @IntRange(min = 0) int start) {
        Random random = new Random(seed);
        LossDetector losses = detector(new RttEstimator(), 1_000_000, 4096);
        TreeSet<Integer> missing = new TreeSet<>();
        int end = 0;
        for (int i = 0; i < 200; i++) {
            int gap = random.nextInt(4) == 0 ? 1 + random.nextInt(5) : 0;
            if (gap > 0) {
                losses.onGap(SeqNo.plus(start, end), SeqNo.plus(start, end + gap - 1), i, 0, Long.MAX_VALUE);
                for (int k = 0; k < gap; k++) {
                    missing.add(end + k);
                }
            }
            end += gap + 1;
            int late = random.nextInt(end);
            assertThat(losses.onArrival(SeqNo.plus(start, late)) >= 0).isEqualTo(missing.remove(late));
            if (random.nextInt(50) == 0) {
                int before = random.nextInt(end);
                losses.dropBefore(SeqNo.plus(start, before));
                missing.headSet(before).clear();
            }
            assertThat(losses.packets()).isEqualTo(missing.size());
            assertThat(losses.isEmpty()).isEqualTo(missing.isEmpty());
            if (!missing.isEmpty()) {
                assertThat(losses.firstMissing()).isEqualTo(SeqNo.plus(start, missing.first()));
            }
        }
    }

    private static LossDetector detector(RttEstimator rtt, long usefulUs, int mostRanges) {
        return new LossDetector(new ReportTiming(rtt, new ReorderTolerance(rtt, usefulUs, 0)), true, mostRanges);
    }

    @Test
    void aLossIsReportedThreeTimesInEveryRoundWhereTimeIsShortAndNotAfterItsTime() {
        RttEstimator rtt = new RttEstimator();
        for (int i = 0; i < 30; i++) {
            rtt.onSample(60_000);
        }
        LossDetector losses = detector(rtt, 200_000, 64);
        losses.onGap(5, 7, 0, 0, 200_000);
        StringBuilder times = new StringBuilder();
        for (long nowUs = 0; nowUs < 400_000; nowUs += 1000) {
            ByteBuf nak = Unpooled.buffer();
            if (losses.nextDueUs() <= nowUs && losses.writeDue(nak, 100, nowUs) > 0) {
                times.append(nowUs / 1000).append(' ');
                assertThat(nak.readInt()).isEqualTo(0x80000005);
                assertThat(nak.readInt()).isEqualTo(7);
            }
        }
        assertThat(times.toString()).isEqualTo("0 5 10 63 68 73 126 131 136 ");
    }

    @Test
    void reportsAreLimitedByWhatArrives() {
        LossDetector losses = detector(new RttEstimator(), 10_000_000, 64);
        losses.onGap(0, 8000, 0, 0, 10_000_000);
        losses.onGap(8002, 8003, 0, 0, 10_000_000);
        ByteBuf nak = Unpooled.buffer();
        assertThat(losses.writeDue(nak, 100, 0)).as("the long one has to wait").isEqualTo(2);
        for (int i = 0; i < 4000; i++) {
            losses.onPacket();
        }
        assertThat(losses.writeDue(nak, 100, 100_000)).isGreaterThanOrEqualTo(8001);
    }

    @Test
    void aDamagedSequenceNumberIsNoticedAndANewNumberingLearned() {
        SequenceGuard guard = new SequenceGuard(1000);
        assertThat(guard.accepts(1000, 1)).isTrue();
        assertThat(guard.accepts(1001 ^ 1 << 12, 2)).isFalse();
        assertThat(guard.accepts(1002, 3)).isTrue();
        assertThat(guard.accepts(1003, 500)).isFalse();
        assertThat(guard.accepts(1004, 501)).isTrue();
        assertThat(guard.accepts(1005, 502)).isTrue();
    }

    @Test
    void theMessageNumbersWrapIsNoDamage() {
        SequenceGuard guard = new SequenceGuard(0);
        int msgNo = MsgNo.MAX - 3;
        assertThat(guard.accepts(MsgNo.MAX - 4, msgNo)).isTrue();
        for (int seqNo = MsgNo.MAX - 3; seqNo < MsgNo.MAX + 3; seqNo++) {
            msgNo = MsgNo.next(msgNo);
            assertThat(guard.accepts(seqNo, msgNo)).isTrue();
        }
    }

    @Test
    void theSequenceNumbersWrapIsNoDamage() {
        SequenceGuard guard = new SequenceGuard(SeqNo.plus(0, -3));
        for (int i = 0; i < 10; i++) {
            assertThat(guard.accepts(SeqNo.plus(0, i - 3), MsgNo.FIRST + i)).isTrue();
        }
        assertThat(guard.accepts(SeqNo.plus(0, -1), MsgNo.FIRST + 2))
                .as("one that comes late")
                .isTrue();
        assertThat(guard.accepts(7, MsgNo.FIRST + 10)).isTrue();
    }

    @Test
    void aPeerThatNumbersItsMessagesOtherwiseIsLeftAlone() {
        SequenceGuard guard = new SequenceGuard(0);
        int accepted = 0;
        for (int seqNo = 0; seqNo < 100; seqNo++) {
            accepted += guard.accepts(seqNo, 7) ? 1 : 0;
        }
        assertThat(accepted).isGreaterThan(70);
    }

    @Property
    void deliveryTimesAreRightOverEveryWrapWheneverTheClockBegan(
            @ForAll @LongRange(min = -1L << 50, max = 1L << 50) long baseUs,
            @ForAll @IntRange(min = 0) int ageSeconds,
            @ForAll @IntRange(min = 0, max = 100_000) int transitUs) {
        TsbpdClock clock = new TsbpdClock(baseUs, 120_000);
        long sentUs = ageSeconds * 1_000_000L;
        long nowUs = baseUs + sentUs + transitUs;
        assertThat(clock.deliveryUs(SrtTimestamp.of(sentUs), nowUs)).isEqualTo(baseUs + sentUs + 120_000);
    }

    /** So many samples of a clock that is this much behind. */
    private static void sample(DriftTracer drift, int count, long rttUs, long lateUs) {
        for (int i = 0; i < count; i++) {
            drift.onSample(1_000_000, rttUs, 1_000_000 + lateUs);
        }
    }

    @Test
    void driftMovesTheClockLittleByLittle() {
        TsbpdClock clock = new TsbpdClock(0, 120_000);
        DriftTracer drift = new DriftTracer(clock);
        sample(drift, 1500, 10_000, 0);
        sample(drift, 999, 10_000, 12_000);
        assertThat(clock.originUs(1_000_000, 1_012_000)).isEqualTo(1_000_000);
        sample(drift, 11, 10_000, 12_000);
        assertThat(clock.originUs(1_000_000, 1_012_000)).isEqualTo(1_001_100);
        drift.onSample(1_000_000, 0, 900_000_000); // damaged
        sample(drift, 500, 10_000, 12_000);
        assertThat(clock.deliveryUs(1_000_000, 1_012_000)).isEqualTo(1_000_000 + 12_000 + 120_000);
        sample(drift, 2000, 10_000, 9_500);
        assertThat(clock.deliveryUs(1_000_000, 1_012_000)).isEqualTo(1_000_000 + 9_500 + 120_000);
    }

    @Test
    void driftIsFollowedOnALongPathToo() {
        TsbpdClock clock = new TsbpdClock(0, 120_000);
        DriftTracer drift = new DriftTracer(clock);
        sample(drift, 1500, 400_000, 0);
        sample(drift, 2500, 400_000, 12_000);
        assertThat(clock.originUs(1_000_000, 1_012_000)).isEqualTo(1_012_000);
    }

    @Test
    void aHandshakeThatWasLateIsMadeGoodSoon() {
        TsbpdClock clock = new TsbpdClock(0, 120_000);
        DriftTracer drift = new DriftTracer(clock);
        sample(drift, 99, 10_000, -90_000);
        assertThat(clock.originUs(1_000_000, 1_000_000)).isEqualTo(1_000_000);
        sample(drift, 11, 10_000, -90_000);
        assertThat(clock.originUs(1_000_000, 1_000_000)).isEqualTo(989_000);
        sample(drift, 79, 10_000, -90_000);
        assertThat(clock.originUs(1_000_000, 1_000_000)).isEqualTo(910_000);
    }

    @Test
    void aHandshakeThatWasMuchTooLateIsMadeGoodToo() {
        TsbpdClock clock = new TsbpdClock(900_000, 120_000);
        DriftTracer drift = new DriftTracer(clock);
        for (int i = 0; i < 2500; i++) {
            int sentUs = 1_000_000 + 10_000 * i;
            drift.onSample(i % 50 == 7 ? sentUs ^ 1 << 30 : sentUs, 10_000, sentUs); // one in fifty is damaged
        }
        assertThat(clock.originUs(30_000_000, 30_000_000)).isEqualTo(30_000_000);
    }

    @Test
    void whatShowsOnlyAfterASlowBeginningIsMadeGoodSoonToo() {
        TsbpdClock clock = new TsbpdClock(0, 120_000);
        DriftTracer drift = new DriftTracer(clock);
        sample(drift, 100, 190_000, 0);
        sample(drift, 300, 10_000, -90_000);
        assertThat(clock.originUs(1_000_000, 1_000_000)).isEqualTo(910_000);
    }

    @Test
    void aLongerRoundTripIsNoDriftButAFirstOneThatWasTooLongIsForgotten() {
        TsbpdClock clock = new TsbpdClock(0, 120_000);
        DriftTracer drift = new DriftTracer(clock);
        sample(drift, 100, 30_000, 15_000); // a slow start
        sample(drift, 1300, 2_000, 1_000);
        assertThat(clock.originUs(1_000_000, 1_001_000)).isEqualTo(1_001_000);
        sample(drift, 3000, 42_000, 21_000);
        assertThat(clock.originUs(1_000_000, 1_001_000)).isEqualTo(1_001_000);
        sample(drift, 10, 2_000_000, 21_000); // the peer hung
        sample(drift, 1500, 42_000, 21_000);
        assertThat(clock.originUs(1_000_000, 1_001_000)).isEqualTo(1_001_000);
    }

    @Test
    void theRoundTripTimeIsSmoothedAsTheDraftSays() {
        RttEstimator rtt = new RttEstimator();
        assertThat(rtt.rttUs()).isEqualTo(100_000);
        rtt.onSample(40_000);
        assertThat(rtt.rttUs()).isEqualTo(40_000);
        assertThat(rtt.varianceUs()).isEqualTo(20_000);
        rtt.onSample(48_000);
        assertThat(rtt.rttUs()).isEqualTo(41_000);
        assertThat(rtt.varianceUs()).isEqualTo(17_000);
        rtt.onSample(99_000_000);
        assertThat(rtt.rttUs()).isEqualTo(41_000);
    }

    @Test
    void acknowledgementsComeEveryTenMillisecondsAndOnlyWithNews() {
        RttEstimator rtt = new RttEstimator();
        rtt.onSample(20_000);
        AckScheduler acks = new AckScheduler(100);
        assertThat(acks.isFullDue(100, rtt, 50_000)).isFalse();
        assertThat(acks.isFullDue(105, rtt, 50_000)).isTrue();
        int number = acks.onFullSent(105, 50_000);
        assertThat(acks.isFullDue(106, rtt, 55_000)).isFalse();
        assertThat(acks.isFullDue(105, rtt, 61_000)).isFalse();
        assertThat(acks.isFullDue(105, rtt, 200_000)).as("unconfirmed").isTrue();
        assertThat(acks.onAckAck(number, 70_000)).isEqualTo(20_000);
        assertThat(acks.onAckAck(number, 71_000)).isEqualTo(-1);
        assertThat(acks.isFullDue(105, rtt, 300_000)).isFalse();
        int light = 0;
        for (int i = 0; i < 640; i++) {
            light += acks.onPacket() ? 1 : 0;
        }
        assertThat(light).isEqualTo(10);
    }
}
