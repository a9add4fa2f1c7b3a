// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.filter;

/** Which of the newest packets have come. */
final class PacketBits {
    private final long[] words;
    private final int capacity;
    private long newest = -1;

    /** Remembers at least so many packets. */
    PacketBits(int least) {
        capacity = Math.max(Long.SIZE, Integer.highestOneBit(least - 1) << 1);
        words = new long[capacity / Long.SIZE];
    }

    int capacity() {
        return capacity;
    }

    long newest() {
        return newest;
    }

    /** There is one packet more, which has not come yet; the oldest is forgotten. */
    void advance() {
        newest++;
        words[word(newest)] &= ~(1L << newest);
    }

    boolean isKnown(long index) {
        return index >= 0 && index <= newest && index > newest - capacity;
    }

    /** Whether a known packet has come. */
    boolean get(long index) {
        return (words[word(index)] & 1L << index) != 0;
    }

    void set(long index) {
        words[word(index)] |= 1L << index;
    }

    private int word(long index) {
        return (int) (index & capacity - 1) / Long.SIZE;
    }
}
