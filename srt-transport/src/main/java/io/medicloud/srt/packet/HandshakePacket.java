// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.packet;

import io.netty.buffer.ByteBuf;

/** The fixed 48 bytes of a handshake (draft 3.2.1). The extensions behind them are {@link HandshakeExtensions}. */
public final class HandshakePacket {
    public static final int CIF_LENGTH = 48;
    /** A handshake without extensions, as a datagram. */
    public static final int LENGTH = SrtPacket.HEADER_LENGTH + CIF_LENGTH;

    public static final int VERSION_4 = 4;
    public static final int VERSION_5 = 5;

    public static final int WAVEAHAND = 0;
    public static final int INDUCTION = 1;
    public static final int CONCLUSION = -1;
    public static final int AGREEMENT = -2;
    /** Types from here on are rejections; see {@link #isRejection}. */
    public static final int FIRST_REJECTION = 1000;

    /** Extension field of an induction request: the datagram socket of HSv4. */
    public static final int EXT_INDUCTION = 2;
    /** Extension field of an induction response: the peer speaks HSv5. */
    public static final int EXT_MAGIC = 0x4A17;
    /** Extension field bit: HSREQ or HSRSP follows. */
    public static final int EXT_HSREQ = 1;
    /** Extension field bit: KMREQ or KMRSP follows. */
    public static final int EXT_KMREQ = 2;
    /** Extension field bit: SID, CONGESTION, FILTER or GROUP follows. */
    public static final int EXT_CONFIG = 4;

    /** Smallest MTU with room for the headers and one word of payload; smaller ones are hostile. */
    public static final int LEAST_MTU = 76;

    private static final int LEAST_WINDOW = 2;

    private HandshakePacket() {}

    static PacketFault check(ByteBuf datagram) {
        boolean plausible = version(datagram) >= VERSION_4
                && initialSeqNo(datagram) >= 0
                && initialSeqNo(datagram) < SeqNo.MAX
                && mtu(datagram) >= LEAST_MTU
                && flowWindow(datagram) >= LEAST_WINDOW;
        return plausible ? PacketFault.NONE : PacketFault.IMPLAUSIBLE_HANDSHAKE;
    }

    public static int version(ByteBuf datagram) {
        return word(datagram, 0);
    }

    /** Advertised key length divided by 8, or 0. */
    public static int encryptionField(ByteBuf datagram) {
        return datagram.getUnsignedShort(ControlPacket.cifStart(datagram) + 4);
    }

    public static int extensionField(ByteBuf datagram) {
        return datagram.getUnsignedShort(ControlPacket.cifStart(datagram) + 6);
    }

    public static int initialSeqNo(ByteBuf datagram) {
        return word(datagram, 2);
    }

    /** Whole IP packet, in bytes. */
    public static int mtu(ByteBuf datagram) {
        return word(datagram, 3);
    }

    /** Packets. */
    public static int flowWindow(ByteBuf datagram) {
        return word(datagram, 4);
    }

    public static int handshakeType(ByteBuf datagram) {
        return word(datagram, 5);
    }

    public static boolean isRejection(int handshakeType) {
        return handshakeType >= FIRST_REJECTION;
    }

    /** The socket id of the handshake's sender. */
    public static int socketId(ByteBuf datagram) {
        return word(datagram, 6);
    }

    public static int synCookie(ByteBuf datagram) {
        return word(datagram, 7);
    }

    /** Writes the header and the fixed part; extensions may be appended. */
    public static void write(ByteBuf out, Fields f, int timestamp, int destination) {
        ControlPacket.writeHeader(out, ControlType.HANDSHAKE, 0, 0, timestamp, destination);
        out.writeInt(f.version());
        out.writeShort(f.encryption());
        out.writeShort(f.extension());
        out.writeInt(f.initialSeqNo());
        out.writeInt(f.mtu());
        out.writeInt(f.flowWindow());
        out.writeInt(f.type());
        out.writeInt(f.socketId());
        out.writeInt(f.synCookie());
        // Each word of the address is byte-reversed on the wire; for IPv4 the other three words are zero.
        for (int i = 0; i < 4; i++) {
            out.writeIntLE(f.peerAddress().length > 4 * i ? wordOf(f.peerAddress(), 4 * i) : 0);
        }
    }

    private static int wordOf(byte[] address, int at) {
        return (address[at] & 0xFF) << 24
                | (address[at + 1] & 0xFF) << 16
                | (address[at + 2] & 0xFF) << 8
                | (address[at + 3] & 0xFF);
    }

    private static int word(ByteBuf datagram, int index) {
        return datagram.getInt(ControlPacket.cifStart(datagram) + 4 * index);
    }

    /**
     * The fixed part, to be written.
     *
     * @param peerAddress the address that the packet is sent to: 4 or 16 bytes in network order
     */
    @SuppressWarnings("ArrayRecordComponent") // written once, never compared
    public record Fields(
            int version,
            int encryption,
            int extension,
            int initialSeqNo,
            int mtu,
            int flowWindow,
            int type,
            int socketId,
            int synCookie,
            byte[] peerAddress) {}
}
