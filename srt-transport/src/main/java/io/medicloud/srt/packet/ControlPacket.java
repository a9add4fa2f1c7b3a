// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.packet;

import io.netty.buffer.ByteBuf;

/**
 * A control packet (draft 3.2): the header's first two words, and the packets whose control information field (CIF) is small. libsrt sends
 * four zero bytes where the draft has no CIF; so do we, and neither length is minded on receipt.
 */
public final class ControlPacket {
    /** {@link ControlType#USER} subtype of a key material request after the handshake. */
    public static final int SUBTYPE_KMREQ = 3;
    /** {@link ControlType#USER} subtype of the answer to it. */
    public static final int SUBTYPE_KMRSP = 4;

    private ControlPacket() {}

    static PacketFault check(ByteBuf datagram) {
        ControlType type = type(datagram);
        if (type == ControlType.UNKNOWN) {
            return PacketFault.UNKNOWN_CONTROL_TYPE;
        }
        if (cifLength(datagram) < type.leastCifLength()) {
            return PacketFault.TRUNCATED_CIF;
        }
        return switch (type) {
            case HANDSHAKE -> HandshakePacket.check(datagram);
            case ACK -> AckPacket.check(datagram);
            case NAK -> LossList.check(datagram);
            case DROPREQ -> checkDropRequest(datagram);
            default -> PacketFault.NONE;
        };
    }

    public static ControlType type(ByteBuf datagram) {
        return ControlType.of(datagram.getUnsignedShort(datagram.readerIndex()) & 0x7FFF);
    }

    public static int subtype(ByteBuf datagram) {
        return datagram.getUnsignedShort(datagram.readerIndex() + 2);
    }

    /** The type-specific information: the ACK number, a message number, or 0. */
    public static int info(ByteBuf datagram) {
        return datagram.getInt(datagram.readerIndex() + 4);
    }

    /** Where the CIF begins, as an absolute index. */
    public static int cifStart(ByteBuf datagram) {
        return datagram.readerIndex() + SrtPacket.HEADER_LENGTH;
    }

    public static int cifLength(ByteBuf datagram) {
        return datagram.readableBytes() - SrtPacket.HEADER_LENGTH;
    }

    /** First sequence number of a DROPREQ (3.2.9). */
    public static int dropFirst(ByteBuf datagram) {
        return datagram.getInt(cifStart(datagram));
    }

    /** Last sequence number of a DROPREQ, inclusive. */
    public static int dropLast(ByteBuf datagram) {
        return datagram.getInt(cifStart(datagram) + 4);
    }

    public static void writeHeader(
            ByteBuf out, ControlType type, int subtype, int info, int timestamp, int destination) {
        out.writeInt(SrtPacket.CONTROL_BIT | type.code() << 16 | subtype);
        out.writeInt(info);
        out.writeInt(timestamp);
        out.writeInt(destination);
    }

    public static void writeKeepAlive(ByteBuf out, int timestamp, int destination) {
        writeWithoutCif(out, ControlType.KEEPALIVE, 0, timestamp, destination);
    }

    public static void writeShutdown(ByteBuf out, int timestamp, int destination) {
        writeWithoutCif(out, ControlType.SHUTDOWN, 0, timestamp, destination);
    }

    public static void writeAckAck(ByteBuf out, int ackNumber, int timestamp, int destination) {
        writeWithoutCif(out, ControlType.ACKACK, ackNumber, timestamp, destination);
    }

    /** Writes a DROPREQ for message {@code msgNo}, or 0 when that is not known any more. */
    public static void writeDropRequest(ByteBuf out, int msgNo, int first, int last, int timestamp, int destination) {
        writeHeader(out, ControlType.DROPREQ, 0, msgNo, timestamp, destination);
        out.writeInt(first);
        out.writeInt(last);
    }

    /** Writes a KMREQ or KMRSP sent after the handshake: {@code content} is in natural byte order. */
    public static void writeUser(ByteBuf out, int subtype, byte[] content, int timestamp, int destination) {
        writeHeader(out, ControlType.USER, subtype, 0, timestamp, destination);
        out.writeBytes(content);
    }

    private static void writeWithoutCif(ByteBuf out, ControlType type, int info, int timestamp, int destination) {
        writeHeader(out, type, 0, info, timestamp, destination);
        out.writeInt(0);
    }

    private static PacketFault checkDropRequest(ByteBuf datagram) {
        int first = dropFirst(datagram);
        int last = dropLast(datagram);
        boolean legal = SeqNo.isValid(first) && SeqNo.isValid(last) && SeqNo.distance(first, last) >= 0;
        return legal ? PacketFault.NONE : PacketFault.BAD_SEQUENCE_RANGE;
    }
}
