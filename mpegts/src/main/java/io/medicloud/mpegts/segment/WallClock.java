// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

/**
 * The time of day at each time of the stream: that of arrival, without its jitter. Set when the stream starts, and again when the two have drifted
 * apart. Tells when a multiple of the period is over.
 */
final class WallClock {
    /** How far arrival may be from the time of day that the stream's times give: µs. */
    static final long MOST_DRIFT_US = 500_000;

    private long periodUs;
    private boolean running;
    private long anchorTime;
    private long anchorUs;
    private long startPeriod;

    WallClock(long periodUs) {
        this.periodUs = periodUs;
    }

    /** The period is another from where a segment starts next. */
    void setPeriod(long us) {
        periodUs = us;
    }

    /** The stream's next time, in 90 kHz, arrives. */
    void onTime(long time, long nowUs) {
        boolean first = !running;
        boolean drifted = running && nowUs != anchorUs && Math.abs(nowUs - us(time)) > MOST_DRIFT_US;
        if (first || drifted) {
            running = true;
            anchorTime = time;
            anchorUs = nowUs;
        }
        if (first) {
            startPeriod = period(time);
        }
    }

    /** Whether the period is over in which the segment started, at this time or {@code grace} after it. */
    boolean isDue(long time, long grace) {
        return running && time != Timeline.NONE && period(time + grace) > startPeriod;
    }

    /** A segment starts. */
    void onCut(long time, long grace) {
        if (running && time != Timeline.NONE) {
            startPeriod = period(time + grace);
        }
    }

    /** The times that follow are others. */
    void reset() {
        running = false;
    }

    private long period(long time) {
        return Math.floorDiv(us(time), periodUs);
    }

    private long us(long time) {
        return anchorUs + (time - anchorTime) * 100 / 9;
    }
}
