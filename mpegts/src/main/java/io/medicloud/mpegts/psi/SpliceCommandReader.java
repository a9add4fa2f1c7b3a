// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.psi;

import io.medicloud.mpegts.packet.Pts;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads splice commands (SCTE 35, 9.7.2 to 9.7.6 and 9.8). */
final class SpliceCommandReader {
    private final SectionReader in;
    private final long adjustment;

    private SpliceCommandReader(SectionReader in, long adjustment) {
        this.in = in;
        this.adjustment = adjustment;
    }

    /** Reads a command of this type; {@code adjustment} is pts_adjustment. */
    static SpliceCommand read(int type, SectionReader in, long adjustment) {
        SpliceCommand command = new SpliceCommandReader(in, adjustment).read(type);
        return in.isBroken() ? new SpliceCommand.Unread(type, "malformed") : command;
    }

    private SpliceCommand read(int type) {
        return switch (type) {
            case 0x00 -> new SpliceCommand.SpliceNull();
            case 0x04 -> schedule();
            case 0x05 -> insert();
            case 0x06 -> new SpliceCommand.TimeSignal(time());
            case 0x07 -> new SpliceCommand.BandwidthReservation();
            case 0xFF -> new SpliceCommand.PrivateCommand(new String(in.bytes(4), StandardCharsets.ISO_8859_1));
            default -> new SpliceCommand.Unread(type, "reserved");
        };
    }

    private SpliceCommand insert() {
        long eventId = in.u32();
        if ((in.u8() & 0x80) != 0) {
            return new SpliceCommand.SpliceInsert(eventId, true, false, false, Pts.NONE, List.of(), null, 0, 0, 0);
        }
        int flags = in.u8();
        boolean wholeProgram = (flags & 0x40) != 0;
        boolean immediate = (flags & 0x10) != 0;
        long pts = wholeProgram && !immediate ? time() : Pts.NONE;
        List<SpliceCommand.Component> components = wholeProgram ? List.of() : components(immediate);
        if (!components.isEmpty()) {
            pts = components.get(0).pts();
        }
        SpliceCommand.BreakDuration duration = (flags & 0x20) != 0 ? breakDuration() : null;
        return new SpliceCommand.SpliceInsert(
                eventId, false, (flags & 0x80) != 0, immediate, pts, components, duration, in.u16(), in.u8(), in.u8());
    }

    private List<SpliceCommand.Component> components(boolean immediate) {
        List<SpliceCommand.Component> components = new ArrayList<>();
        int count = in.u8();
        for (int i = 0; i < count && !in.isBroken(); i++) {
            components.add(new SpliceCommand.Component(in.u8(), immediate ? Pts.NONE : time()));
        }
        return components;
    }

    private SpliceCommand schedule() {
        List<SpliceCommand.ScheduledSplice> events = new ArrayList<>();
        int count = in.u8();
        for (int i = 0; i < count && !in.isBroken(); i++) {
            events.add(scheduled());
        }
        return new SpliceCommand.SpliceSchedule(events);
    }

    private SpliceCommand.ScheduledSplice scheduled() {
        long eventId = in.u32();
        if ((in.u8() & 0x80) != 0) {
            return new SpliceCommand.ScheduledSplice(eventId, true, false, 0, null, 0, 0, 0);
        }
        int flags = in.u8();
        long utc = 0;
        if ((flags & 0x40) != 0) {
            utc = in.u32();
        } else {
            in.bytes(in.u8() * 5); // component_tag, utc_splice_time
        }
        SpliceCommand.@Nullable BreakDuration duration = (flags & 0x20) != 0 ? breakDuration() : null;
        return new SpliceCommand.ScheduledSplice(
                eventId, false, (flags & 0x80) != 0, utc, duration, in.u16(), in.u8(), in.u8());
    }

    private SpliceCommand.BreakDuration breakDuration() {
        int first = in.u8();
        return new SpliceCommand.BreakDuration((first & 0x80) != 0, (first & 1L) << 32 | in.u32());
    }

    private long time() {
        return SpliceTime.adjusted(SpliceTime.read(in), adjustment);
    }
}
