// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.packet;

import io.netty.buffer.ByteBuf;

/** An ACK (draft 3.2.4): light, small or full, told apart by the length of its CIF. The ACK number is {@link ControlPacket#info}. */
public final class AckPacket {
    private static final int SMALL_LENGTH = 16;
    private static final int RATES_LENGTH = 24;
    private static final int FULL_LENGTH = 28;

    private AckPacket() {}

    static PacketFault check(ByteBuf datagram) {
        return SeqNo.isValid(ackSeqNo(datagram)) ? PacketFault.NONE : PacketFault.BAD_SEQUENCE_RANGE;
    }

    /** A light ACK has only its sequence number, and is not answered with ACKACK. */
    public static boolean isLight(ByteBuf datagram) {
        return ControlPacket.cifLength(datagram) < SMALL_LENGTH;
    }

    public static boolean hasRates(ByteBuf datagram) {
        return ControlPacket.cifLength(datagram) >= RATES_LENGTH;
    }

    /** All packets before this one were received, or given up. */
    public static int ackSeqNo(ByteBuf datagram) {
        return word(datagram, 0);
    }

    /** Microseconds. */
    public static int rttUs(ByteBuf datagram) {
        return word(datagram, 1);
    }

    public static int rttVarUs(ByteBuf datagram) {
        return word(datagram, 2);
    }

    /** Free places of the receiver's buffer, in packets. */
    public static int freeBuffer(ByteBuf datagram) {
        return word(datagram, 3);
    }

    /** Packets a second; only if {@link #hasRates}. */
    public static int packetRate(ByteBuf datagram) {
        return word(datagram, 4);
    }

    /** Estimated packets a second that the link could carry; only if {@link #hasRates}. */
    public static int linkCapacity(ByteBuf datagram) {
        return word(datagram, 5);
    }

    /** Bytes a second, or 0 if the peer does not say. */
    public static int byteRate(ByteBuf datagram) {
        return ControlPacket.cifLength(datagram) >= FULL_LENGTH ? word(datagram, 6) : 0;
    }

    public static void writeLight(ByteBuf out, int ackSeqNo, int timestamp, int destination) {
        ControlPacket.writeHeader(out, ControlType.ACK, 0, 0, timestamp, destination);
        out.writeInt(ackSeqNo);
    }

    public static void writeSmall(
            ByteBuf out,
            int ackNumber,
            int ackSeqNo,
            int rttUs,
            int rttVarUs,
            int freeBuffer,
            int timestamp,
            int destination) {
        ControlPacket.writeHeader(out, ControlType.ACK, 0, ackNumber, timestamp, destination);
        out.writeInt(ackSeqNo);
        out.writeInt(rttUs);
        out.writeInt(rttVarUs);
        out.writeInt(freeBuffer);
    }

    /** Appends the three words that make a small ACK a full one. */
    public static void writeRates(ByteBuf out, int packetRate, int linkCapacity, int byteRate) {
        out.writeInt(packetRate);
        out.writeInt(linkCapacity);
        out.writeInt(byteRate);
    }

    private static int word(ByteBuf datagram, int index) {
        return datagram.getInt(ControlPacket.cifStart(datagram) + 4 * index);
    }
}
