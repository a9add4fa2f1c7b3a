// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.psi;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One section of the program association table (ISO/IEC 13818-1, 2.4.4.3).
 *
 * @param transportStreamId transport_stream_id
 * @param version version_number
 * @param current current_next_indicator: false if it is yet to come into force
 * @param sectionNumber section_number
 * @param lastSectionNumber last_section_number
 * @param programs its programs in order, without the network PID
 */
public record Pat(
        int transportStreamId,
        int version,
        boolean current,
        int sectionNumber,
        int lastSectionNumber,
        List<Program> programs) {
    /** table_id of a program association section. */
    public static final int TABLE_ID = 0x00;

    private static final int LOOP = 8;
    private static final int ENTRY = 4;
    private static final int CRC = 4;

    /**
     * Where a program's map is.
     *
     * @param number program_number
     * @param pmtPid program_map_PID
     */
    public record Program(int number, int pmtPid) {}

    public Pat {
        programs = List.copyOf(programs);
    }

    /** Reads a section whose CRC is right; null if it is none of this table. */
    public static @Nullable Pat parse(byte[] section, int length) {
        if (length < LOOP + CRC || section[0] != TABLE_ID || (section[1] & 0x80) == 0) {
            return null;
        }
        List<Program> programs = new ArrayList<>();
        for (int i = LOOP; i + ENTRY <= length - CRC; i += ENTRY) {
            int number = Section.uint16(section, i);
            if (number != 0) {
                programs.add(new Program(number, Section.pid(section, i + 2)));
            }
        }
        return new Pat(
                Section.uint16(section, 3),
                Section.version(section),
                Section.isCurrent(section),
                section[6] & 0xFF,
                section[7] & 0xFF,
                programs);
    }
}
