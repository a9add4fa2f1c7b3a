// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

/**
 * When sections of service information came first and last, by a key of what they are. Those beyond {@link #MOST} are not kept: their repetition is not
 * measured. Not thread-safe.
 */
final class SectionTimes {
    /** The most keys. */
    static final int MOST = 4096;
    /** The key is not kept. */
    static final long NEVER = Long.MIN_VALUE;

    private static final int SLOTS = 2 * MOST;

    private final long[] keys = new long[SLOTS];
    private final long[] firstUs = new long[SLOTS];
    private final long[] lastUs = new long[SLOTS];
    private int count;

    /** When the key came last, or {@link #NEVER}. */
    long last(long key) {
        int slot = slot(key);
        return keys[slot] == key ? lastUs[slot] : NEVER;
    }

    /** When the key came first, or {@link #NEVER}. */
    long first(long key) {
        int slot = slot(key);
        return keys[slot] == key ? firstUs[slot] : NEVER;
    }

    /** The key, which is not 0, has come. */
    void set(long key, long nowUs) {
        int slot = slot(key);
        if (keys[slot] != key) {
            if (count == MOST) {
                return;
            }
            count++;
            keys[slot] = key;
            firstUs[slot] = nowUs;
        }
        lastUs[slot] = nowUs;
    }

    private int slot(long key) {
        int slot = (int) ((key * 0x9E37_79B9_7F4A_7C15L) >>> 51);
        while (keys[slot] != 0 && keys[slot] != key) {
            slot = (slot + 1) & (SLOTS - 1);
        }
        return slot;
    }
}
