// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

/**
 * Something that has to come again within a period. Raises its indicators once for each period in which it did not, when it comes or when it is looked
 * at, and holds them until it comes. Not thread-safe.
 */
final class Repetition {
    private final Alarms alarms;
    private final int pid;
    private final long periodUs;
    private final Indicator[] indicators;
    private boolean running;
    private boolean missing;
    private long fromUs;

    Repetition(Alarms alarms, int pid, long periodUs, Indicator... indicators) {
        this.alarms = alarms;
        this.pid = pid;
        this.periodUs = periodUs;
        this.indicators = indicators;
    }

    /** Waits for it from here on, unless it is waited for already. */
    void start(long nowUs) {
        if (!running) {
            running = true;
            fromUs = nowUs;
            for (Indicator indicator : indicators) {
                alarms.measure(indicator);
            }
        }
    }

    /** It came. */
    void seen(long nowUs) {
        start(nowUs);
        check(nowUs);
        fromUs = Math.max(fromUs, nowUs);
        found(nowUs);
    }

    /** It is no longer waited for. */
    void stop(long nowUs) {
        found(nowUs);
        running = false;
    }

    /** Raises if it is late; returns when it will be late next. */
    long check(long nowUs) {
        if (!running) {
            return Long.MAX_VALUE;
        }
        long waitedUs = nowUs - fromUs;
        if (waitedUs > periodUs) {
            fromUs += (waitedUs - 1) / periodUs * periodUs;
            for (Indicator indicator : indicators) {
                if (!missing) {
                    alarms.begin(indicator);
                }
                alarms.raise(indicator, pid, nowUs);
            }
            missing = true;
        }
        return fromUs + periodUs + 1;
    }

    private void found(long nowUs) {
        if (missing) {
            missing = false;
            for (Indicator indicator : indicators) {
                alarms.end(indicator, nowUs);
            }
        }
    }
}
