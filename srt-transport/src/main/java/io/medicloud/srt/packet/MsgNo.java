// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.packet;

/** A 26-bit message number (draft 3.1): 1..0x3FFFFFF, then 1 again; 0 marks a packet-filter packet. */
public final class MsgNo {
    public static final int FIRST = 1;
    public static final int MAX = 0x03FF_FFFF;
    /** The number of a packet filter's own packet, which carries no message. */
    public static final int FILTER = 0;

    private MsgNo() {}

    public static int next(int msgNo) {
        return msgNo >= MAX ? FIRST : msgNo + 1;
    }

    /** The number {@code count} messages on from {@code msgNo}; {@code count} may be negative. */
    public static int plus(int msgNo, int count) {
        return Math.floorMod(msgNo - FIRST + count, MAX) + FIRST;
    }
}
