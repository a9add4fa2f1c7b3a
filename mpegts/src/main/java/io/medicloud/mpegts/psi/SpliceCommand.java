// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.psi;

import io.medicloud.mpegts.packet.Pts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a splice information section asks for (SCTE 35, 9.7). Times are already adjusted: 33 bits of 90 kHz, comparable with the program's PTS. Immutable. */
public sealed interface SpliceCommand {
    /** splice_command_type. */
    int type();

    /** The name of the command in the standard. */
    String name();

    /** When it is to happen, or {@link Pts#NONE}: at once, or never. */
    default long pts() {
        return Pts.NONE;
    }

    /** splice_null(): nothing; a sign of life. */
    record SpliceNull() implements SpliceCommand {
        @Override
        public int type() {
            return 0x00;
        }

        @Override
        public String name() {
            return "splice_null";
        }
    }

    /**
     * splice_schedule(): splices announced by the time of day.
     *
     * @param events one or more
     */
    record SpliceSchedule(List<ScheduledSplice> events) implements SpliceCommand {
        public SpliceSchedule {
            events = List.copyOf(events);
        }

        @Override
        public int type() {
            return 0x04;
        }

        @Override
        public String name() {
            return "splice_schedule";
        }
    }

    /**
     * One event of a schedule.
     *
     * @param eventId splice_event_id
     * @param cancelled whether an earlier event of this id is called off; then nothing else is said
     * @param outOfNetwork whether the program is left, not returned to
     * @param utcSpliceTime seconds since 6 January 1980, with leap seconds; 0 if it is said of each component
     * @param breakDuration how long, or null
     * @param uniqueProgramId unique_program_id
     * @param availNum avail_num
     * @param availsExpected avails_expected
     */
    record ScheduledSplice(
            long eventId,
            boolean cancelled,
            boolean outOfNetwork,
            long utcSpliceTime,
            @Nullable BreakDuration breakDuration,
            int uniqueProgramId,
            int availNum,
            int availsExpected) {}

    /**
     * splice_insert().
     *
     * @param eventId splice_event_id
     * @param cancelled whether an earlier event of this id is called off; then nothing else is said
     * @param outOfNetwork out_of_network_indicator: whether the program is left, not returned to
     * @param immediate splice_immediate_flag: at the nearest opportunity
     * @param pts when, or {@link Pts#NONE}; of the first component, if it is said of each
     * @param components those that splice by themselves; empty if all do as one
     * @param breakDuration how long, or null
     * @param uniqueProgramId unique_program_id
     * @param availNum avail_num
     * @param availsExpected avails_expected
     */
    record SpliceInsert(
            long eventId,
            boolean cancelled,
            boolean outOfNetwork,
            boolean immediate,
            long pts,
            List<Component> components,
            @Nullable BreakDuration breakDuration,
            int uniqueProgramId,
            int availNum,
            int availsExpected)
            implements SpliceCommand {
        public SpliceInsert {
            components = List.copyOf(components);
        }

        @Override
        public int type() {
            return 0x05;
        }

        @Override
        public String name() {
            return "splice_insert";
        }
    }

    /**
     * A component that splices at a time of its own.
     *
     * @param tag component_tag, which a stream_identifier_descriptor gives a stream
     * @param pts when, or {@link Pts#NONE}; in a segmentation descriptor pts_offset, to be added to the time of the signal
     */
    record Component(int tag, long pts) {}

    /**
     * break_duration().
     *
     * @param autoReturn whether the return comes by itself when it is over
     * @param ticks in 90 kHz
     */
    record BreakDuration(boolean autoReturn, long ticks) {}

    /**
     * time_signal(): the moment that the section's descriptors speak of.
     *
     * @param pts when, or {@link Pts#NONE}: at once
     */
    record TimeSignal(long pts) implements SpliceCommand {
        @Override
        public int type() {
            return 0x06;
        }

        @Override
        public String name() {
            return "time_signal";
        }
    }

    /** bandwidth_reservation(): nothing. */
    record BandwidthReservation() implements SpliceCommand {
        @Override
        public int type() {
            return 0x07;
        }

        @Override
        public String name() {
            return "bandwidth_reservation";
        }
    }

    /**
     * private_command().
     *
     * @param identifier registered with SMPTE, four characters
     */
    record PrivateCommand(String identifier) implements SpliceCommand {
        @Override
        public int type() {
            return 0xFF;
        }

        @Override
        public String name() {
            return "private_command";
        }
    }

    /**
     * A command that is encrypted, of a reserved type, or does not fit its section.
     *
     * @param type splice_command_type; {@link #NO_TYPE} if that is encrypted too
     * @param name why it is not told: encrypted, reserved, malformed
     */
    record Unread(int type, String name) implements SpliceCommand {
        /** The type is not known. */
        public static final int NO_TYPE = -1;
    }
}
