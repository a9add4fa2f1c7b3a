// SPDX-License-Identifier: Apache-2.0
package io.medicloud.testdata;

/** How 188-byte packets stand in a file or on a wire. */
public enum PacketFormat {
    /** Packets back to back. */
    TS_188(0, 0),
    /** Four bytes TP_extra_header (copy permission, 30 bits of a 27 MHz arrival time) in front: Blu-ray, AVCHD. */
    M2TS_192(4, 0),
    /** Sixteen bytes Reed-Solomon parity behind, written as zeros: DVB demodulators. */
    RS_204(0, 16);

    private final int leading;
    private final int trailing;

    PacketFormat(int leading, int trailing) {
        this.leading = leading;
        this.trailing = trailing;
    }

    int leading() {
        return leading;
    }

    int trailing() {
        return trailing;
    }

    /** Bytes from one sync byte to the next. */
    public int size() {
        return leading + PacketBuilder.SIZE + trailing;
    }
}
