// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.psi;

import io.medicloud.mpegts.packet.Pts;

/** Times of SCTE 35: presentation time stamps of 33 bits, sent without the adjustment that their section's head has for all of them. */
final class SpliceTime {
    private SpliceTime() {}

    /** splice_time() (SCTE 35, 9.7.1): pts_time as sent, or {@link Pts#NONE} if it names none. */
    static long read(SectionReader in) {
        int first = in.u8();
        if ((first & 0x80) == 0) {
            return Pts.NONE;
        }
        return (first & 1L) << 32 | in.u32();
    }

    /** The sum of two, in 33 bits: a carry is lost (SCTE 35, 9.6). */
    static long adjusted(long pts, long adjustment) {
        return pts == Pts.NONE ? Pts.NONE : (pts + adjustment) & (Pts.WRAP - 1);
    }
}
