// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import java.util.Arrays;

/** Writes the syntax elements of a raw byte sequence payload (14496-10, 7.2 and 9.1). */
final class BitWriter {
    private byte[] bytes = new byte[16];
    private int position;

    BitWriter u(int count, long value) {
        for (int i = count - 1; i >= 0; i--) {
            if (position == bytes.length * 8) {
                bytes = Arrays.copyOf(bytes, 2 * bytes.length);
            }
            bytes[position >> 3] |= (byte) ((value >> i & 1) << (7 - (position & 7)));
            position++;
        }
        return this;
    }

    BitWriter flag(boolean value) {
        return u(1, value ? 1 : 0);
    }

    BitWriter ue(long value) {
        int length = 64 - Long.numberOfLeadingZeros(value + 1);
        return u(length - 1, 0).u(length, value + 1);
    }

    BitWriter se(long value) {
        return ue(value > 0 ? 2 * value - 1 : -2 * value);
    }

    int bits() {
        return position;
    }

    /** With rbsp_trailing_bits, or what else fills the last byte. */
    byte[] end() {
        u(1, 1);
        return Arrays.copyOf(bytes, (position + 7) >> 3);
    }
}
