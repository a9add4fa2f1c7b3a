// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.alarm;

/**
 * Whether a figure is to be told of: it is once it was beyond its threshold for a while without a break, and no more once it was well within for as long. Between the two nothing changes, so
 * that a figure that stays about its threshold is told of once. Not thread-safe.
 */
final class Threshold {
    /** What a look found. */
    enum Change {
        NONE,
        RAISED,
        CLEARED
    }

    /** How far within it must be, as a share of the threshold. */
    private static final double WELL = 0.1;

    private static final long NEVER = Long.MIN_VALUE;

    private boolean isRaised;
    /** Since when it is on the side that it is not told to be on. */
    private long sinceUs = NEVER;

    private long raisedUs;

    /**
     * Takes a figure that must not be too low.
     *
     * @param afterUs for how long it must be there
     */
    Change lookBelow(double figure, double threshold, long nowUs, long afterUs) {
        return look(figure < threshold, figure >= threshold * (1 + WELL), nowUs, afterUs);
    }

    /** Takes one that must not be too high. */
    Change lookAbove(double figure, double threshold, long nowUs, long afterUs) {
        return look(figure > threshold, figure <= threshold * (1 - WELL), nowUs, afterUs);
    }

    /** There is no figure: an alarm ends. */
    Change lookAway() {
        Change change = isRaised ? Change.CLEARED : Change.NONE;
        isRaised = false;
        sinceUs = NEVER;
        return change;
    }

    /** For how long the last alarm had been raised at that time, in µs. */
    long raisedForUs(long nowUs) {
        return nowUs - raisedUs;
    }

    private Change look(boolean isBeyond, boolean isWellWithin, long nowUs, long afterUs) {
        boolean isOther = isRaised ? isWellWithin : isBeyond;
        if (!isOther) {
            sinceUs = NEVER;
            return Change.NONE;
        }
        if (sinceUs == NEVER) {
            sinceUs = nowUs;
        }
        if (nowUs - sinceUs < afterUs) {
            return Change.NONE;
        }
        if (!isRaised) {
            raisedUs = nowUs;
        }
        isRaised = !isRaised;
        sinceUs = NEVER;
        return isRaised ? Change.RAISED : Change.CLEARED;
    }
}
