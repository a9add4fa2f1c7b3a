// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.psi;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the descriptor loop of a splice information section (SCTE 35, 10). One that does not fit ends the loop; those before it stand. */
final class SpliceDescriptorReader {
    private static final String CUEI = "CUEI";
    private static final int LEAST = 4;

    private SpliceDescriptorReader() {}

    static List<SpliceDescriptor> read(SectionReader in) {
        List<SpliceDescriptor> descriptors = new ArrayList<>();
        while (in.remaining() >= 2) {
            int tag = in.u8();
            SectionReader body = in.part(in.u8());
            if (in.isBroken() || body.remaining() < LEAST) {
                break;
            }
            SpliceDescriptor descriptor = read(tag, body);
            if (body.isBroken()) {
                break;
            }
            descriptors.add(descriptor);
        }
        return descriptors;
    }

    private static SpliceDescriptor read(int tag, SectionReader in) {
        String identifier = new String(in.bytes(LEAST), StandardCharsets.ISO_8859_1);
        if (!identifier.equals(CUEI)) {
            return SpliceDescriptor.Other.of(tag, identifier, in.bytes(in.remaining()));
        }
        return switch (tag) {
            case 0x00 -> new SpliceDescriptor.Avail(in.u32());
            case 0x01 -> dtmf(in);
            case 0x02 -> segmentation(in);
            case 0x03 -> new SpliceDescriptor.Time((long) in.u16() << 32 | in.u32(), in.u32(), in.u16());
            default -> SpliceDescriptor.Other.of(tag, identifier, in.bytes(in.remaining()));
        };
    }

    private static SpliceDescriptor dtmf(SectionReader in) {
        int preroll = in.u8();
        return new SpliceDescriptor.Dtmf(preroll, new String(in.bytes(in.u8() >> 5), StandardCharsets.ISO_8859_1));
    }

    private static SpliceDescriptor segmentation(SectionReader in) {
        long none = SpliceDescriptor.Segmentation.NO_DURATION;
        long eventId = in.u32();
        if ((in.u8() & 0x80) != 0) {
            return new SpliceDescriptor.Segmentation(eventId, true, none, 0, "", 0, 0, 0, null, List.of());
        }
        int flags = in.u8();
        List<SpliceCommand.Component> components = new ArrayList<>();
        if ((flags & 0x80) == 0) {
            int count = in.u8();
            for (int i = 0; i < count && !in.isBroken(); i++) {
                components.add(new SpliceCommand.Component(in.u8(), in.u33()));
            }
        }
        long duration = (flags & 0x40) != 0 ? in.u40() : none;
        int upidType = in.u8();
        byte[] upid = in.bytes(in.u8());
        return new SpliceDescriptor.Segmentation(
                eventId,
                false,
                duration,
                upidType,
                upid(upidType, upid),
                in.u8(),
                in.u8(),
                in.u8(),
                restrictions(flags),
                components);
    }

    private static SpliceDescriptor.@Nullable Restrictions restrictions(int flags) {
        if ((flags & 0x20) != 0) {
            return null;
        }
        return new SpliceDescriptor.Restrictions(
                (flags & 0x10) != 0, (flags & 0x08) != 0, (flags & 0x04) != 0, flags & 3);
    }

    /** Types that are text (table 22): user defined, Ad-ID, TID, ADI, URI, and the like. */
    private static String upid(int type, byte[] upid) {
        return switch (type) {
            case 0x01, 0x02, 0x03, 0x07, 0x09, 0x0E, 0x0F, 0x11 -> new String(upid, StandardCharsets.UTF_8);
            default -> HexFormat.of().formatHex(upid);
        };
    }
}
