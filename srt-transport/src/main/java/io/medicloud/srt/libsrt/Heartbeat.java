// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.libsrt;

/** Whether a loop comes round: the loop tells of each turn, and any thread may ask how late the next one is. */
final class Heartbeat {
    private static final long WINDOW_US = 1_000_000;
    /** It waits for something to do, for as long as that takes. */
    private static final long RESTS = Long.MIN_VALUE;

    private final long turnUs;
    private volatile long beatUs = RESTS;
    private volatile long delayUs;
    private long worstUs;
    private long windowUs;

    /** @param turnUs how long a turn may take in which there is nothing to do */
    Heartbeat(long turnUs) {
        this.turnUs = turnUs;
    }

    /** A turn begins. */
    void beat(long nowUs) {
        worstUs = Math.max(worstUs, waitUs(nowUs));
        if (nowUs - windowUs >= WINDOW_US) {
            windowUs = nowUs;
            delayUs = worstUs;
            worstUs = 0;
        }
        beatUs = nowUs;
    }

    /** No turn is due before there is something to do. */
    void rest() {
        beatUs = RESTS;
    }

    /** How much later than it should a turn began, at worst, within the last second in which there were turns. Any thread. */
    long delayUs() {
        return delayUs;
    }

    /** How late the next turn is by now. Any thread. */
    long waitUs(long nowUs) {
        long last = beatUs;
        return last == RESTS ? 0 : Math.max(0, nowUs - last - turnUs);
    }
}
