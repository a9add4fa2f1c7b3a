// SPDX-License-Identifier: Apache-2.0
package io.medicloud.testdata;

/** CRC-32/MPEG-2 (ISO/IEC 13818-1, annex A), one bit at a time as the annex draws it. */
public final class SlowCrc32 {
    private static final int POLYNOMIAL = 0x04C11DB7;

    private SlowCrc32() {}

    /** The CRC of {@code data[from, to)}; 0 for a section that carries its right CRC. */
    public static int of(byte[] data, int from, int to) {
        int crc = -1;
        for (int i = from; i < to; i++) {
            for (int bit = 7; bit >= 0; bit--) {
                boolean high = crc < 0;
                crc <<= 1;
                if (high != ((data[i] >> bit & 1) == 1)) {
                    crc ^= POLYNOMIAL;
                }
            }
        }
        return crc;
    }
}
