// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

/** Follows how the peer's clock drifts away from ours (draft 4.7): the mean of a thousand samples corrects the TSBPD clock. */
final class DriftTracer {
    private static final int SAMPLES = 1000;
    private static final long STEP_US = 5_000;

    /** A sample this far off is a damaged timestamp or a stalled link, not drift. */
    private static final long OUTLIER_US = 500_000;

    private final TsbpdClock clock;
    private long sumUs;
    private int samples;

    DriftTracer(TsbpdClock clock) {
        this.clock = clock;
    }

    /**
     * A packet with this timestamp arrived now.
     *
     * @param rttChangeUs how much longer the round trip is than the first one was; half of it is not drift
     */
    void onSample(int timestamp, long rttChangeUs, long nowUs) {
        long sampleUs = nowUs - clock.originUs(timestamp, nowUs) - rttChangeUs / 2;
        if (Math.abs(sampleUs) > OUTLIER_US) {
            return;
        }
        sumUs += sampleUs;
        if (++samples == SAMPLES) {
            long meanUs = sumUs / SAMPLES;
            long stepUs = Math.abs(meanUs) > STEP_US ? Long.signum(meanUs) * STEP_US : 0;
            clock.adjust(stepUs, meanUs - stepUs);
            sumUs = 0;
            samples = 0;
        }
    }
}
