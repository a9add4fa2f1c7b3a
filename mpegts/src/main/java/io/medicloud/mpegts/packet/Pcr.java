// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.packet;

import io.netty.buffer.ByteBuf;

/** Program clock references: a 27 MHz clock in 33 bits of 90 kHz and 9 bits of 1/300 of that (2.4.3.5). */
public final class Pcr {
    /** No clock reference. */
    public static final long NONE = -1;
    /** Ticks a second. */
    public static final int HZ = 27_000_000;
    /** How many values a clock reference has. */
    public static final long WRAP = Pts.WRAP * 300;
    /** Bytes of a coded clock reference. */
    public static final int LENGTH = 6;

    private Pcr() {}

    /** Reads a clock reference's six bytes at an absolute index. */
    public static long read(ByteBuf data, int index) {
        int low = data.getUnsignedShort(index + 4);
        long base = (data.getUnsignedInt(index) << 1) | (low >>> 15);
        return base * 300 + (low & 0x1FF);
    }

    /** The part of a clock reference that counts 90 kHz: comparable with {@link Pts} values. */
    public static long base(long pcr) {
        return pcr / 300;
    }

    /** How far {@code later} lies after {@code earlier}, the short way round: negative if it lies before. */
    public static long distance(long earlier, long later) {
        long distance = Math.floorMod(later - earlier, WRAP);
        return distance >= WRAP / 2 ? distance - WRAP : distance;
    }
}
