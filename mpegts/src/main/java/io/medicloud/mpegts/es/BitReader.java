// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

/**
 * Reads the syntax elements of a raw byte sequence payload (14496-10, 7.2 and 9.1): most significant bit first, emulation
 * prevention bytes already removed. Behind the end there are zeros and {@link #isBroken} is true, so that a parser need
 * ask only where it matters.
 */
final class BitReader {
    private final byte[] data;
    private final int end;
    private int position;
    private boolean broken;

    BitReader(byte[] data, int length) {
        this.data = data;
        this.end = length * Byte.SIZE;
    }

    /** Whether more was read than there is, or a code that no value has. */
    boolean isBroken() {
        return broken;
    }

    /** How many bits were read. */
    int position() {
        return position;
    }

    /** u(1). */
    boolean flag() {
        return bit() != 0;
    }

    /** u(n), up to 32 bits. */
    long bits(int count) {
        long value = 0;
        for (int i = 0; i < count; i++) {
            value = value << 1 | bit();
        }
        return value;
    }

    /** u(n), up to 31 bits. */
    int u(int count) {
        return (int) bits(count);
    }

    void skip(int count) {
        position = Math.min(position + count, end + 1);
        broken |= position > end;
    }

    /** ue(v), up to 2^31 - 2. */
    int ue() {
        int zeros = 0;
        while (bit() == 0) {
            zeros++;
            if (broken || zeros > 30) {
                broken = true;
                return 0;
            }
        }
        return (1 << zeros) - 1 + u(zeros);
    }

    /** ue(v) that may not be more than this; more is as good as the end of the data. */
    int ue(int most) {
        int value = ue();
        if (value > most) {
            broken = true;
            return 0;
        }
        return value;
    }

    /** se(v). */
    int se() {
        int code = ue();
        return (code & 1) == 0 ? -(code >> 1) : (code >> 1) + 1;
    }

    private int bit() {
        if (position >= end) {
            broken = true;
            return 0;
        }
        int value = data[position >> 3] >> (7 - (position & 7)) & 1;
        position++;
        return value;
    }
}
