// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.packet;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * The loss list of a NAK (draft 3.2.5, appendix A): a cursor over its single numbers and ranges, to be used again for the next NAK. A list
 * that ends in the middle of a range ends before it.
 */
public final class LossList {
    private static final int RANGE_BIT = 0x8000_0000;

    private ByteBuf buf = Unpooled.EMPTY_BUFFER;
    private int at;
    private int end;
    private int first;
    private int last;

    /** Lends the datagram of a NAK to the cursor, before its first entry. */
    public void wrap(ByteBuf datagram) {
        buf = datagram;
        at = ControlPacket.cifStart(datagram);
        end = at + (ControlPacket.cifLength(datagram) & ~3);
    }

    /** Moves on to the next entry; false after the last one. */
    public boolean next() {
        if (end - at < 4) {
            return false;
        }
        int word = buf.getInt(at);
        at += 4;
        first = word & SeqNo.MAX;
        last = first;
        if ((word & RANGE_BIT) != 0) {
            if (end - at < 4) {
                return false;
            }
            last = buf.getInt(at) & SeqNo.MAX;
            at += 4;
        }
        return true;
    }

    public int first() {
        return first;
    }

    /** Inclusive; equal to {@link #first} for a single packet. */
    public int last() {
        return last;
    }

    /** Appends one entry to the CIF of a NAK; a single packet takes one word, a range two. */
    public static void write(ByteBuf out, int first, int last) {
        if (first == last) {
            out.writeInt(first);
        } else {
            out.writeInt(first | RANGE_BIT);
            out.writeInt(last);
        }
    }

    static PacketFault check(ByteBuf datagram) {
        int at = ControlPacket.cifStart(datagram);
        int end = at + (ControlPacket.cifLength(datagram) & ~3);
        while (at < end) {
            int word = datagram.getInt(at);
            at += 4;
            if ((word & RANGE_BIT) == 0) {
                continue;
            }
            if (at >= end) {
                return PacketFault.TRUNCATED_CIF;
            }
            int last = datagram.getInt(at);
            at += 4;
            if (!SeqNo.isValid(last) || SeqNo.distance(word & SeqNo.MAX, last) < 0) {
                return PacketFault.BAD_SEQUENCE_RANGE;
            }
        }
        return PacketFault.NONE;
    }
}
