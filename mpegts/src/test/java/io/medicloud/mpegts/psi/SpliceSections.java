// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.psi;

import io.medicloud.testdata.SlowCrc32;
import java.io.ByteArrayOutputStream;

/** Writes splice information sections (SCTE 35, 9.6) for tests. */
public final class SpliceSections {
    private SpliceSections() {}

    /** A section with this command and these descriptors, all of them whole. */
    public static byte[] section(long ptsAdjustment, int type, byte[] command, byte[]... descriptors) {
        ByteArrayOutputStream loop = new ByteArrayOutputStream();
        for (byte[] descriptor : descriptors) {
            loop.writeBytes(descriptor);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0xFC);
        put(out, 0x3000 | (11 + command.length + 2 + loop.size() + 4), 2);
        out.write(0);
        put(out, ptsAdjustment, 5);
        out.write(0);
        put(out, 0xFFF000 | command.length, 3);
        out.write(type);
        out.writeBytes(command);
        put(out, loop.size(), 2);
        out.writeBytes(loop.toByteArray());
        return closed(out.toByteArray());
    }

    /** The section with its CRC behind it. */
    static byte[] closed(byte[] section) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(section);
        put(out, SlowCrc32.of(section, 0, section.length) & 0xFFFF_FFFFL, 4);
        return out.toByteArray();
    }

    /** splice_insert of the whole program at a time; a break of so many ticks with auto_return, if more than 0. */
    public static byte[] insert(int eventId, boolean outOfNetwork, long pts, long breakTicks) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        put(out, eventId, 4);
        out.write(0x7F);
        out.write((outOfNetwork ? 0x80 : 0) | 0x4F | (breakTicks > 0 ? 0x20 : 0));
        put(out, 0xFE_0000_0000L | pts, 5);
        if (breakTicks > 0) {
            put(out, 0xFE_0000_0000L | breakTicks, 5);
        }
        put(out, 1, 2);
        put(out, 0, 2);
        return section(0, 0x05, out.toByteArray());
    }

    /** splice_insert that calls an event off. */
    public static byte[] cancel(int eventId) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        put(out, eventId, 4);
        out.write(0xFF);
        return section(0, 0x05, out.toByteArray());
    }

    /** time_signal with a segmentation descriptor. */
    public static byte[] signal(int eventId, int typeId, long pts) {
        return section(0, 0x06, time(pts), segmentation(eventId, typeId));
    }

    static byte[] time(long pts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        put(out, 0xFE_0000_0000L | pts, 5);
        return out.toByteArray();
    }

    static byte[] segmentation(int eventId, int typeId) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0x02);
        out.write(15);
        put(out, 0x43554549, 4);
        put(out, eventId, 4);
        out.write(0x7F);
        out.write(0xBF);
        out.write(0);
        out.write(0);
        out.write(typeId);
        put(out, 0, 2);
        return out.toByteArray();
    }

    private static void put(ByteArrayOutputStream out, long value, int bytes) {
        for (int i = bytes - 1; i >= 0; i--) {
            out.write((int) (value >>> (8 * i)));
        }
    }
}
