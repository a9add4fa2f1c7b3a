// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

/** NAL unit types of H.264 (14496-10, table 7-1), and what they mean to an access unit. */
final class AvcNal {
    static final int SLICE = 1;
    static final int DATA_PARTITION_A = 2;
    static final int IDR_SLICE = 5;
    static final int SEI = 6;
    static final int SPS = 7;
    static final int PPS = 8;
    static final int ACCESS_UNIT_DELIMITER = 9;
    static final int PREFIX = 14;
    static final int RESERVED_18 = 18;

    private AvcNal() {}

    /** The type, from the NAL unit's first byte. */
    static int type(int header) {
        return header & 0x1F;
    }

    /** forbidden_zero_bit: the NAL unit is damaged. */
    static boolean isForbidden(int header) {
        return (header & 0x80) != 0;
    }

    /** Whether it begins with a slice header of the primary coded picture (or of a redundant one). */
    static boolean isSlice(int type) {
        return type == SLICE || type == DATA_PARTITION_A || type == IDR_SLICE;
    }

    /** Whether, after the last slice of a picture, it begins the next access unit (14496-10, 7.4.1.2.3). */
    static boolean opensAccessUnit(int type) {
        return (type >= SEI && type <= ACCESS_UNIT_DELIMITER) || (type >= PREFIX && type <= RESERVED_18);
    }
}
