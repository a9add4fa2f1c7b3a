// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.thumbnail;

import java.util.Arrays;

/**
 * Reads a NAL unit's syntax elements (14496-10, 7.2 and 9.1), without its emulation prevention bytes. Behind the end there are zeros, and
 * {@link #isBroken} is true.
 */
final class Rbsp {
    private static final int EMULATION_PREVENTION = 3;

    private final byte[] data;
    private int position;
    private boolean broken;

    /** @param data without emulation prevention bytes, see {@link #unescape} */
    Rbsp(byte[] data, int from) {
        this.data = data;
        this.position = from * Byte.SIZE;
    }

    /** A copy without emulation prevention bytes (14496-10, 7.4.1). */
    static byte[] unescape(byte[] nal) {
        byte[] out = new byte[nal.length];
        int length = 0;
        int zeros = 0;
        for (byte value : nal) {
            if (zeros >= 2 && value == EMULATION_PREVENTION) {
                zeros = 0;
                continue;
            }
            zeros = value == 0 ? zeros + 1 : 0;
            out[length++] = value;
        }
        return length == nal.length ? out : Arrays.copyOf(out, length);
    }

    /** Whether more was read than there is, or a code that no value has. */
    boolean isBroken() {
        return broken;
    }

    /** Where it is, in bits. */
    int position() {
        return position;
    }

    /** more_rbsp_data(): is there anything in front of the trailing bits? */
    boolean hasMore() {
        int last = data.length - 1;
        while (last >= 0 && data[last] == 0) {
            last--;
        }
        return last >= 0 && position < last * Byte.SIZE + 7 - Integer.numberOfTrailingZeros(data[last]);
    }

    boolean flag() {
        return bit() != 0;
    }

    /** u(n), up to 31 bits. */
    int u(int count) {
        int value = 0;
        for (int i = 0; i < count; i++) {
            value = value << 1 | bit();
        }
        return value;
    }

    void skip(int bits) {
        for (int i = 0; i < bits && !broken; i++) {
            bit();
        }
    }

    /** ue(v). */
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
        if (position >= data.length * Byte.SIZE) {
            broken = true;
            return 0;
        }
        int value = data[position >> 3] >> (7 - (position & 7)) & 1;
        position++;
        return value;
    }
}
