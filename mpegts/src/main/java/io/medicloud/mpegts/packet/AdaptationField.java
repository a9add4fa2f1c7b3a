// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.packet;

import io.netty.buffer.ByteBuf;

/**
 * Reads the adaptation field of a packet where it lies (ISO/IEC 13818-1, 2.4.3.4 and 2.4.3.5). All methods may be asked of any packet, also of one
 * without an adaptation field, with an empty one, or with one whose length is a lie: then nothing is there.
 */
public final class AdaptationField {
    private static final int LONGEST = TsPacket.SIZE - TsPacket.HEADER - 1;
    private static final int DISCONTINUITY = 0x80;
    private static final int RANDOM_ACCESS = 0x40;
    private static final int PCR_FLAG = 0x10;

    private AdaptationField() {}

    /** Its flags byte, or 0 if it has none: an adaptation_field_length of 0 is one byte of stuffing. */
    public static int flags(ByteBuf data, int packet, int header) {
        return length(data, packet, header) > 0 ? data.getUnsignedByte(packet + 5) : 0;
    }

    /** adaptation_field_length, which does not count itself; 0 without a field, or if it does not fit the packet. */
    public static int length(ByteBuf data, int packet, int header) {
        if ((header & TsPacket.ADAPTATION) == 0) {
            return 0;
        }
        int length = data.getUnsignedByte(packet + TsPacket.HEADER);
        return length <= LONGEST ? length : 0;
    }

    /** Whether adaptation_field_control is not the reserved 00 and the field, if there is one, fits the packet. */
    public static boolean isSound(ByteBuf data, int packet, int header) {
        return switch (header & (TsPacket.ADAPTATION | TsPacket.PAYLOAD)) {
            case 0 -> false;
            case TsPacket.PAYLOAD -> true;
            default -> data.getUnsignedByte(packet + TsPacket.HEADER) <= LONGEST;
        };
    }

    public static boolean isDiscontinuity(ByteBuf data, int packet, int header) {
        return (flags(data, packet, header) & DISCONTINUITY) != 0;
    }

    public static boolean isRandomAccess(ByteBuf data, int packet, int header) {
        return (flags(data, packet, header) & RANDOM_ACCESS) != 0;
    }

    /** The packet's clock reference in 27 MHz, or {@link Pcr#NONE}. */
    public static long pcr(ByteBuf data, int packet, int header) {
        boolean there = (flags(data, packet, header) & PCR_FLAG) != 0 && length(data, packet, header) >= 1 + Pcr.LENGTH;
        return there ? Pcr.read(data, packet + 6) : Pcr.NONE;
    }
}
