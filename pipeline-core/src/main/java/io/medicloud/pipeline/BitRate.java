// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

/** How fast a counter of bytes rises, over about two seconds. Told by one thread; any may ask. */
final class BitRate {
    private static final long WINDOW_MS = 2000;
    private static final int BITS = 8;
    private static final int MS_PER_S = 1000;

    private long beganBytes;
    private long beganMs;
    private boolean isBegun;
    private volatile long bitsPerSecond;

    void look(long bytes, long nowMs) {
        long elapsedMs = nowMs - beganMs;
        if (isBegun && elapsedMs < WINDOW_MS) {
            return;
        }
        if (isBegun) {
            bitsPerSecond = (bytes - beganBytes) * BITS * MS_PER_S / elapsedMs;
        }
        isBegun = true;
        beganBytes = bytes;
        beganMs = nowMs;
    }

    long bitsPerSecond() {
        return bitsPerSecond;
    }
}
