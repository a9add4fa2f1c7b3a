// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.psi;

import java.util.Arrays;

/** Reads the fields of a section one behind the other. Behind the end there are zeros, and {@link #isBroken} is true. */
final class SectionReader {
    private final byte[] section;
    private final int end;
    private int position;
    private boolean broken;

    SectionReader(byte[] section, int from, int to) {
        this.section = section;
        this.position = from;
        this.end = to;
    }

    /** Whether more was read than there is. */
    boolean isBroken() {
        return broken;
    }

    int position() {
        return position;
    }

    int remaining() {
        return end - position;
    }

    int u8() {
        if (position >= end) {
            broken = true;
            return 0;
        }
        return section[position++] & 0xFF;
    }

    int u16() {
        return u8() << 8 | u8();
    }

    long u32() {
        return (long) u16() << 16 | u16();
    }

    /** The lowest 33 of the next 40 bits. */
    long u33() {
        return (u8() & 1L) << 32 | u32();
    }

    long u40() {
        return (long) u8() << 32 | u32();
    }

    /** The next bytes, or as many as there are. */
    byte[] bytes(int count) {
        int taken = Math.min(count, end - position);
        broken |= taken < count;
        position += taken;
        return Arrays.copyOfRange(section, position - taken, position);
    }

    /** A reader of the next bytes alone, which this one skips. */
    SectionReader part(int count) {
        int taken = Math.min(count, end - position);
        broken |= taken < count;
        position += taken;
        return new SectionReader(section, position - taken, position);
    }
}
