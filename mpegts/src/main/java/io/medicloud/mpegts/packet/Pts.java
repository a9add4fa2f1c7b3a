// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.packet;

import io.netty.buffer.ByteBuf;

/** Presentation and decoding time stamps: 33 bits of a 90 kHz clock, which wrap after 26.5 hours (2.4.3.7). */
public final class Pts {
    /** No time stamp. */
    public static final long NONE = -1;
    /** Ticks a second. */
    public static final int HZ = 90_000;
    /** How many values a time stamp has. */
    public static final long WRAP = 1L << 33;
    /** Bytes of a coded time stamp. */
    public static final int LENGTH = 5;

    private Pts() {}

    /** Reads a time stamp's five bytes at an absolute index. Marker bits and the four bits in front are not looked at. */
    public static long read(ByteBuf data, int index) {
        long high = data.getUnsignedByte(index) & 0x0E;
        long middle = data.getUnsignedShort(index + 1) & 0xFFFE;
        long low = data.getUnsignedShort(index + 3);
        return (high << 29) | (middle << 14) | (low >>> 1);
    }

    /** How far {@code later} lies after {@code earlier}, the short way round: negative if it lies before. */
    public static long distance(long earlier, long later) {
        return ((later - earlier) << 31) >> 31;
    }
}
