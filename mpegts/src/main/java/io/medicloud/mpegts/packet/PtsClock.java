// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.packet;

/**
 * Unrolls 33-bit times into running 64-bit ones: each value lies nearest to the one before it, so that a wrap goes unnoticed and pictures
 * sent out of their order of display go backwards. Not thread-safe.
 */
public final class PtsClock {
    private long last;
    private boolean running;

    /** Has seen no value yet. */
    public PtsClock() {}

    /** The running time of a 33-bit value. The first one stands for itself. */
    public long unroll(long pts) {
        last = running ? last + Pts.distance(last, pts) : pts;
        running = true;
        return last;
    }

    /** The running time that {@code unroll} would give, without making it the last one. */
    public long peek(long pts) {
        return running ? last + Pts.distance(last, pts) : pts;
    }

    /** Whether a value was seen since the start or the last {@link #reset}. */
    public boolean isRunning() {
        return running;
    }

    /** The last running time. */
    public long last() {
        return last;
    }

    /** Forgets the past: the next value stands for itself. */
    public void reset() {
        running = false;
        last = 0;
    }
}
