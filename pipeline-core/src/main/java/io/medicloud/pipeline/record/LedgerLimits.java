// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.record;

/**
 * What the record may hold, and what may wait for it.
 *
 * @param mostWaiting changes that wait to be written; past it a change is refused, counted, and found out again at the
 *     next start from what is on disk and in the store
 * @param mostEvents events that are kept; past it the oldest go
 * @param mostSegments segments that are kept; past it the oldest of those for which nothing is left to do go; of those that stand in the store only the day is kept
 * @param forgetsStored whether those that stand in the store go too, but for streams with a retention of their own; false where a retention will delete them, which bounds
 *     them by itself
 */
public record LedgerLimits(int mostWaiting, long mostEvents, long mostSegments, boolean forgetsStored) {
    /** 10,000 changes, 100,000 events, 1,000,000 segments, also of those in the store. */
    public static final LedgerLimits DEFAULT = new LedgerLimits(10_000, 100_000, 1_000_000, true);

    /** @throws IllegalArgumentException if a limit is of no use; the message names it */
    public LedgerLimits {
        if (mostWaiting < 1) {
            throw new IllegalArgumentException("mostWaiting is " + mostWaiting + ", at least 1 is needed");
        }
        if (mostEvents < 1) {
            throw new IllegalArgumentException("mostEvents is " + mostEvents + ", at least 1 is needed");
        }
        if (mostSegments < 1) {
            throw new IllegalArgumentException("mostSegments is " + mostSegments + ", at least 1 is needed");
        }
    }

    /** The same limits, where also segments that stand in the store are forgotten. */
    public LedgerLimits(int mostWaiting, long mostEvents, long mostSegments) {
        this(mostWaiting, mostEvents, mostSegments, true);
    }

    /** The same, where segments that stand in the store are or are not forgotten. */
    public LedgerLimits withForgetsStored(boolean forgets) {
        return new LedgerLimits(mostWaiting, mostEvents, mostSegments, forgets);
    }
}
