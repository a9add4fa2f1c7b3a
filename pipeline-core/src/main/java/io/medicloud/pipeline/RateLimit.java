// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

/**
 * Tells when more comes than may. What may come in two seconds may come at once; past it everything is over the limit until half of
 * that may come again, so that a stream far above it is cut now and then, and not between any two packets. What passes in the long
 * run is the limit's to the bit. Belongs to the stream's thread, but
 * for its limit.
 */
final class RateLimit {
    private static final long BURST_US = 2_000_000;
    /** A bit in a second is so many of our units: a microsecond at 1 bit/s brings one, and nothing is rounded. */
    private static final long UNITS_PER_BIT = 1_000_000;
    /** Past it nothing is a limit, and nothing overflows. */
    private static final long MOST_BITS_PER_SECOND = 1_000_000_000_000L;

    /** What counts from the next look on; set by any thread. */
    private volatile long asked;

    private long unitsPerUs;
    private long burst;
    /** Below 0 after something that is longer than the burst. */
    private long room;

    private long lastUs = Long.MIN_VALUE;
    private boolean isOver;

    /** @param bitsPerSecond 0 for no limit */
    RateLimit(long bitsPerSecond) {
        setLimit(bitsPerSecond);
        take(asked);
    }

    /** Another limit, from any thread; 0 for none. */
    void setLimit(long bitsPerSecond) {
        asked = Math.min(bitsPerSecond, MOST_BITS_PER_SECOND);
    }

    private void take(long limit) {
        unitsPerUs = limit;
        burst = limit * BURST_US;
        room = burst;
        isOver = false;
    }

    /** Is it too much? */
    boolean isOver(int bytes, long nowUs) {
        long limit = asked;
        if (limit != unitsPerUs) {
            take(limit);
        }
        if (unitsPerUs == 0) {
            return false;
        }
        if (lastUs != Long.MIN_VALUE) {
            refill(Math.max(nowUs - lastUs, 0));
        }
        lastUs = nowUs;
        long units = bytes * 8L * UNITS_PER_BIT;
        isOver = isOver ? room < burst / 2 : room < units;
        if (!isOver) {
            room -= units;
        }
        return isOver;
    }

    private void refill(long elapsedUs) {
        boolean isFull = elapsedUs >= (burst - room) / unitsPerUs + 1;
        room = isFull ? burst : Math.min(burst, room + unitsPerUs * elapsedUs);
    }
}
