// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

/**
 * Tells when more comes than may. What may come in two seconds may come at once; past it everything is over the limit until as much
 * may come again, so that a stream far above it is cut now and then, and not between any two packets. Belongs to the stream's thread.
 */
final class RateLimit {
    private static final long BURST_S = 2;
    private static final long US_PER_S = 1_000_000;

    private final long bytesPerSecond;
    private final long burst;
    private long room;
    private long lastUs;
    private boolean isOver;

    /** @param bitsPerSecond 0 for no limit */
    RateLimit(long bitsPerSecond) {
        this.bytesPerSecond = bitsPerSecond / 8;
        this.burst = bytesPerSecond * BURST_S;
        this.room = burst;
        this.lastUs = Long.MIN_VALUE;
    }

    /** Is it too much? */
    boolean isOver(int bytes, long nowUs) {
        if (bytesPerSecond == 0) {
            return false;
        }
        if (lastUs != Long.MIN_VALUE) {
            long elapsedUs = Math.min(Math.max(nowUs - lastUs, 0), BURST_S * US_PER_S);
            room = Math.min(burst, room + bytesPerSecond * elapsedUs / US_PER_S);
        }
        lastUs = nowUs;
        isOver = isOver ? room < burst / 2 : room < bytes;
        if (!isOver) {
            room -= bytes;
        }
        return isOver;
    }
}
