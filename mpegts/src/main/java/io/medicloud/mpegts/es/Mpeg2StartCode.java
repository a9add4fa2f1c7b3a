// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

/** Start code values of MPEG-2 video (13818-2, table 6-1). */
final class Mpeg2StartCode {
    static final int PICTURE = 0x00;
    static final int SLICE_FIRST = 0x01;
    static final int SLICE_LAST = 0xAF;
    static final int SEQUENCE_HEADER = 0xB3;
    static final int EXTENSION = 0xB5;
    static final int GROUP = 0xB8;

    private Mpeg2StartCode() {}

    static boolean isSlice(int startCode) {
        return startCode >= SLICE_FIRST && startCode <= SLICE_LAST;
    }
}
