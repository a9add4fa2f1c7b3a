// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.packet;

/**
 * A 31-bit packet sequence number that wraps (draft 3.1). It is carried as an {@code int} of 0..0x7FFFFFFF; never compare two of them with
 * {@code <}.
 */
public final class SeqNo {
    /** The largest sequence number; the next one is 0. */
    public static final int MAX = 0x7FFF_FFFF;
    /** No sequence number. */
    public static final int NONE = -1;

    private SeqNo() {}

    public static boolean isValid(int seqNo) {
        return seqNo >= 0;
    }

    public static int next(int seqNo) {
        return (seqNo + 1) & MAX;
    }

    public static int previous(int seqNo) {
        return (seqNo - 1) & MAX;
    }

    /** The number {@code count} places on; {@code count} may be negative. */
    public static int plus(int seqNo, int count) {
        return (seqNo + count) & MAX;
    }

    /** How many places {@code to} is ahead of {@code from}; negative if behind. Right up to 2^30 places either way. */
    public static int distance(int from, int to) {
        return ((to - from) << 1) >> 1;
    }

    /** Whether {@code seqNo} comes before {@code other}. */
    public static boolean isBefore(int seqNo, int other) {
        return distance(seqNo, other) > 0;
    }

    /** The later of the two. */
    public static int later(int a, int b) {
        return isBefore(a, b) ? b : a;
    }
}
