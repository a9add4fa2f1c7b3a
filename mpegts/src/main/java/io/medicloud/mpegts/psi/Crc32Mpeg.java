// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.psi;

/** CRC_32 of sections: polynomial 04C11DB7, all ones at the start, nothing reflected, nothing inverted (ISO/IEC 13818-1, annex A). */
public final class Crc32Mpeg {
    private static final int POLYNOMIAL = 0x04C1_1DB7;
    private static final int[] TABLE = new int[256];

    static {
        for (int i = 0; i < TABLE.length; i++) {
            int crc = i << 24;
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                crc = (crc << 1) ^ (crc < 0 ? POLYNOMIAL : 0);
            }
            TABLE[i] = crc;
        }
    }

    private Crc32Mpeg() {}

    /** The CRC of some bytes; 0 over a whole section with its own CRC behind it, if that is right. */
    public static int of(byte[] data, int from, int to) {
        int crc = -1;
        for (int i = from; i < to; i++) {
            crc = (crc << 8) ^ TABLE[(crc >>> 24) ^ (data[i] & 0xFF)];
        }
        return crc;
    }
}
