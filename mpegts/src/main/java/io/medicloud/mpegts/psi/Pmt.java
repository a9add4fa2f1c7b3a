// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.psi;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A program map table, which is one section (ISO/IEC 13818-1, 2.4.4.8).
 *
 * @param programNumber program_number
 * @param version version_number
 * @param current current_next_indicator: false if it is yet to come into force
 * @param pcrPid PCR_PID; {@link io.medicloud.mpegts.packet.Pid#NULL} if the program has no clock
 * @param descriptors what it says of the program
 * @param streams its elementary streams in order
 */
public record Pmt(
        int programNumber,
        int version,
        boolean current,
        int pcrPid,
        Descriptors descriptors,
        List<ElementaryStream> streams) {
    /** table_id of a program map section. */
    public static final int TABLE_ID = 0x02;

    private static final int PROGRAM_INFO = 12;
    private static final int ENTRY = 5;
    private static final int CRC = 4;

    public Pmt {
        streams = List.copyOf(streams);
    }

    /** Reads a section whose CRC is right; null if it is none of this table. A stream that does not fit the section ends the list. */
    public static @Nullable Pmt parse(byte[] section, int length) {
        if (length < PROGRAM_INFO + CRC || section[0] != TABLE_ID || (section[1] & 0x80) == 0) {
            return null;
        }
        int end = length - CRC;
        int loop = PROGRAM_INFO + Section.length12(section, 10);
        Descriptors program = loop <= end ? Descriptors.of(section, PROGRAM_INFO, loop) : Descriptors.NONE;
        List<ElementaryStream> streams = new ArrayList<>();
        for (int i = loop; i + ENTRY <= end; ) {
            int next = i + ENTRY + Section.length12(section, i + 3);
            Descriptors descriptors = Descriptors.of(section, i + ENTRY, Math.min(next, end));
            streams.add(new ElementaryStream(section[i] & 0xFF, Section.pid(section, i + 1), descriptors));
            i = next;
        }
        return new Pmt(
                Section.uint16(section, 3),
                Section.version(section),
                Section.isCurrent(section),
                Section.pid(section, 8),
                program,
                streams);
    }
}
