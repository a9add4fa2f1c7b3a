// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

/**
 * Follows how the peer's clock drifts away from ours (draft 4.7): the mean of many samples corrects the TSBPD clock, little by little. Round trips that
 * became longer are no drift. They are compared with the shortest mean so far, not with the first one, as that and the handshake, too, may have been
 * taken while one end was still slow. So the first means are of fewer samples, and what they tell is made good faster.
 */
final class DriftTracer {
    private static final int FIRST_SAMPLES = 100;
    private static final int SAMPLES = 1000;

    /** What one sample moves the clock at most: a hundredth of the time, at one sample every 10 ms. */
    private static final long STEP_US = 100;

    /** The same in the beginning. */
    private static final long FIRST_STEP_US = 1000;

    /** A sample this far from the one before it is a damaged timestamp, and a round trip this much longer a stalled link or peer; not drift. */
    private static final long OUTLIER_US = 500_000;

    private final TsbpdClock clock;
    private int wanted = FIRST_SAMPLES;
    private int samples;
    private long offsetSumUs;
    private long rttSumUs;
    private long shortestRttUs = Long.MAX_VALUE;
    private long lastOffsetUs;
    private long pendingUs;

    DriftTracer(TsbpdClock clock) {
        this.clock = clock;
    }

    /** A packet with this timestamp arrived now; the round trip takes so long. */
    void onSample(int timestamp, long rttUs, long nowUs) {
        long offsetUs = nowUs - clock.originUs(timestamp, nowUs) - pendingUs;
        boolean isAlone = Math.abs(offsetUs - lastOffsetUs) > OUTLIER_US;
        lastOffsetUs = offsetUs;
        if (isAlone || rttUs - shortestRttUs > OUTLIER_US) {
            return;
        }
        offsetSumUs += offsetUs;
        rttSumUs += rttUs;
        if (++samples == wanted) {
            correct(offsetSumUs / samples, rttSumUs / samples);
            samples = 0;
            offsetSumUs = 0;
            rttSumUs = 0;
            wanted = Math.min(SAMPLES, 2 * wanted);
        }
        long mostUs = wanted < SAMPLES ? FIRST_STEP_US : STEP_US;
        long stepUs = Math.max(-mostUs, Math.min(mostUs, pendingUs));
        clock.shift(stepUs);
        pendingUs -= stepUs;
    }

    private void correct(long meanOffsetUs, long meanRttUs) {
        shortestRttUs = Math.min(shortestRttUs, meanRttUs);
        pendingUs += meanOffsetUs - (meanRttUs - shortestRttUs) / 2;
    }
}
