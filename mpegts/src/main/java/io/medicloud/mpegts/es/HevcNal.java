// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

/** NAL unit types of H.265 (23008-2, table 7-1), and what they mean to an access unit. */
final class HevcNal {
    static final int BLA_W_LP = 16;
    static final int BLA_N_LP = 18;
    static final int IDR_W_RADL = 19;
    static final int IDR_N_LP = 20;
    static final int CRA_NUT = 21;
    static final int RSV_IRAP_VCL23 = 23;
    static final int VPS = 32;
    static final int SPS = 33;
    static final int PPS = 34;
    static final int ACCESS_UNIT_DELIMITER = 35;
    static final int PREFIX_SEI = 39;
    private static final int RSV_NVCL41 = 41;
    private static final int RSV_NVCL44 = 44;
    private static final int UNSPEC48 = 48;
    private static final int UNSPEC55 = 55;

    private HevcNal() {}

    /** The type, from the first byte of the two-byte header. */
    static int type(int header) {
        return header >> 1 & 0x3F;
    }

    /** forbidden_zero_bit, or the upper bit of nuh_layer_id: damaged, or of another layer. */
    static boolean isForeign(int header) {
        return (header & 0x81) != 0;
    }

    /** The lower bits of nuh_layer_id, from the second byte of the header. */
    static int layer(int secondByte) {
        return secondByte >> 3;
    }

    /** Whether it is a slice segment. */
    static boolean isVcl(int type) {
        return type < VPS;
    }

    /** Whether, after the last slice segment of a picture, it begins the next access unit (23008-2, 7.4.2.4.4). */
    static boolean opensAccessUnit(int type) {
        return (type >= VPS && type <= ACCESS_UNIT_DELIMITER)
                || type == PREFIX_SEI
                || (type >= RSV_NVCL41 && type <= RSV_NVCL44)
                || (type >= UNSPEC48 && type <= UNSPEC55);
    }

    /** What a picture of this type is as a random access point; reserved IRAP types count as CRA. */
    static RandomAccess randomAccess(int type) {
        if (type < BLA_W_LP || type > RSV_IRAP_VCL23) {
            return RandomAccess.NONE;
        }
        if (type <= BLA_N_LP) {
            return RandomAccess.BLA;
        }
        return type <= IDR_N_LP ? RandomAccess.IDR : RandomAccess.CRA;
    }
}
