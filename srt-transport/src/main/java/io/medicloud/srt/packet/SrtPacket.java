// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.packet;

import io.netty.buffer.ByteBuf;

/**
 * The 16-byte header that every packet has (draft 3). All packets are read from {@link ByteBuf#readerIndex()} of the datagram and leave the
 * indices alone. Except for {@link #check} the accessors expect a datagram that {@link #check} found well-formed.
 */
public final class SrtPacket {
    /** Bytes of the header. */
    public static final int HEADER_LENGTH = 16;
    /** The destination of a packet that belongs to no connection yet. */
    public static final int NO_SOCKET = 0;

    static final int CONTROL_BIT = 0x8000_0000;
    static final int TIMESTAMP_OFFSET = 8;
    static final int DESTINATION_OFFSET = 12;

    private SrtPacket() {}

    /** Says whether these bytes are a well-formed packet of any kind. */
    public static PacketFault check(ByteBuf datagram) {
        int length = datagram.readableBytes();
        if (length < HEADER_LENGTH) {
            return PacketFault.TRUNCATED_HEADER;
        }
        return isControl(datagram) ? ControlPacket.check(datagram) : DataPacket.check(datagram);
    }

    public static boolean isControl(ByteBuf datagram) {
        return datagram.getInt(datagram.readerIndex()) < 0;
    }

    /** Microseconds since the sender's start, modulo 2^32: see {@link SrtTimestamp}. */
    public static int timestamp(ByteBuf datagram) {
        return datagram.getInt(datagram.readerIndex() + TIMESTAMP_OFFSET);
    }

    /** Gives a packet that is sent once more the time of now. */
    public static void setTimestamp(ByteBuf datagram, int timestamp) {
        datagram.setInt(datagram.readerIndex() + TIMESTAMP_OFFSET, timestamp);
    }

    public static int destinationSocketId(ByteBuf datagram) {
        return datagram.getInt(datagram.readerIndex() + DESTINATION_OFFSET);
    }
}
