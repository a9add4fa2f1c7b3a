// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.packet;

import io.netty.buffer.ByteBuf;

/** A data packet (draft 3.1). Reads and writes at the datagram's reader index. */
public final class DataPacket {
    /** Key flags of an unencrypted packet. */
    public static final int KK_PLAIN = 0;
    /** Key flags: encrypted with the even key. */
    public static final int KK_EVEN = 1;
    /** Key flags: encrypted with the odd key. */
    public static final int KK_ODD = 2;

    private static final int PP_ONLY = 0xC000_0000;
    private static final int IN_ORDER = 0x2000_0000;
    private static final int KK_SHIFT = 27;
    private static final int RETRANSMITTED = 0x0400_0000;

    private DataPacket() {}

    static PacketFault check(ByteBuf datagram) {
        if (keyFlags(datagram) == (KK_EVEN | KK_ODD)) {
            return PacketFault.BAD_KEY_FLAGS;
        }
        return payloadLength(datagram) == 0 ? PacketFault.EMPTY_PAYLOAD : PacketFault.NONE;
    }

    public static int seqNo(ByteBuf datagram) {
        return datagram.getInt(datagram.readerIndex()) & SeqNo.MAX;
    }

    /** Position in the message: 3 the whole message, 2 its first packet, 0 a middle one, 1 its last. */
    public static int position(ByteBuf datagram) {
        return word1(datagram) >>> 30;
    }

    public static boolean isInOrder(ByteBuf datagram) {
        return (word1(datagram) & IN_ORDER) != 0;
    }

    /** {@link #KK_PLAIN}, {@link #KK_EVEN} or {@link #KK_ODD}. */
    public static int keyFlags(ByteBuf datagram) {
        return (word1(datagram) >>> KK_SHIFT) & 3;
    }

    public static boolean isRetransmitted(ByteBuf datagram) {
        return (word1(datagram) & RETRANSMITTED) != 0;
    }

    public static int msgNo(ByteBuf datagram) {
        return word1(datagram) & MsgNo.MAX;
    }

    /** Where the payload begins, as an absolute index. */
    public static int payloadStart(ByteBuf datagram) {
        return datagram.readerIndex() + SrtPacket.HEADER_LENGTH;
    }

    public static int payloadLength(ByteBuf datagram) {
        return datagram.readableBytes() - SrtPacket.HEADER_LENGTH;
    }

    /** Writes the header of a whole message in live mode, at the writer index. */
    public static void writeHeader(ByteBuf out, int seqNo, int keyFlags, int msgNo, int timestamp, int destination) {
        out.writeInt(seqNo & SeqNo.MAX);
        out.writeInt(PP_ONLY | keyFlags << KK_SHIFT | (msgNo & MsgNo.MAX));
        out.writeInt(timestamp);
        out.writeInt(destination);
    }

    /** Marks a packet that was sent before as a retransmission. */
    public static void markRetransmitted(ByteBuf datagram) {
        int at = datagram.readerIndex() + 4;
        datagram.setInt(at, datagram.getInt(at) | RETRANSMITTED);
    }

    /** The word of flags and message number as it was at the first transmission, which is what AES-GCM authenticates. */
    public static int firstTransmissionWord(ByteBuf datagram) {
        return word1(datagram) & ~RETRANSMITTED;
    }

    private static int word1(ByteBuf datagram) {
        return datagram.getInt(datagram.readerIndex() + 4);
    }
}
