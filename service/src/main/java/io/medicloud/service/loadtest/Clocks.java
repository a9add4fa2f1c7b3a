// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import io.medicloud.mpegts.packet.Pcr;
import io.medicloud.mpegts.packet.Pts;

/** Puts the clock values of a packet forward where they stand (ISO/IEC 13818-1, 2.4.3.5 and 2.4.3.7); they wrap as the standard has it. */
final class Clocks {
    /** How many values a time stamp of 90 kHz has. */
    static final long WRAP = Pts.WRAP;

    private Clocks() {}

    /** The five bytes of a PTS or DTS; marker bits and what stands in front stay. */
    static void addToPts(byte[] data, int at, long ticks) {
        long value = (data[at] & 0x0EL) << 29
                | (data[at + 1] & 0xFFL) << 22
                | (data[at + 2] & 0xFEL) << 14
                | (data[at + 3] & 0xFFL) << 7
                | (data[at + 4] & 0xFFL) >> 1;
        long sum = Math.floorMod(value + ticks, WRAP);
        data[at] = (byte) ((data[at] & 0xF1) | ((sum >> 29) & 0x0E));
        data[at + 1] = (byte) (sum >> 22);
        data[at + 2] = (byte) (((sum >> 14) & 0xFE) | (data[at + 2] & 1));
        data[at + 3] = (byte) (sum >> 7);
        data[at + 4] = (byte) (((sum << 1) & 0xFE) | (data[at + 4] & 1));
    }

    /** The six bytes of a PCR, by ticks of 27 MHz. */
    static void addToPcr(byte[] data, int at, long ticks) {
        long base = (data[at] & 0xFFL) << 25
                | (data[at + 1] & 0xFFL) << 17
                | (data[at + 2] & 0xFFL) << 9
                | (data[at + 3] & 0xFFL) << 1
                | (data[at + 4] & 0xFFL) >> 7;
        long extension = (data[at + 4] & 1L) << 8 | (data[at + 5] & 0xFFL);
        long sum = Math.floorMod(base * 300 + extension + ticks, Pcr.WRAP);
        long sumBase = sum / 300;
        long sumExtension = sum % 300;
        data[at] = (byte) (sumBase >> 25);
        data[at + 1] = (byte) (sumBase >> 17);
        data[at + 2] = (byte) (sumBase >> 9);
        data[at + 3] = (byte) (sumBase >> 1);
        data[at + 4] = (byte) (((sumBase << 7) & 0x80) | (data[at + 4] & 0x7E) | (sumExtension >> 8));
        data[at + 5] = (byte) sumExtension;
    }
}
