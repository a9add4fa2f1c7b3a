// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.psi;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One section of the conditional access table (ISO/IEC 13818-1, 2.4.4.6): where the messages are with which scrambled programs are unlocked.
 *
 * @param version version_number
 * @param current current_next_indicator
 * @param systems the systems in order
 */
public record Cat(int version, boolean current, List<CaSystem> systems) {
    /** table_id of a conditional access section. */
    public static final int TABLE_ID = 0x01;

    private static final int LOOP = 8;
    private static final int CRC = 4;

    /**
     * CA_descriptor (2.6.16).
     *
     * @param id CA_system_ID
     * @param pid CA_PID
     */
    public record CaSystem(int id, int pid) {}

    public Cat {
        systems = List.copyOf(systems);
    }

    /** Reads a section whose CRC is right; null if it is none of this table. */
    public static @Nullable Cat parse(byte[] section, int length) {
        if (length < LOOP + CRC || section[0] != TABLE_ID || (section[1] & 0x80) == 0) {
            return null;
        }
        List<CaSystem> systems = new ArrayList<>();
        for (Descriptors.Entry entry :
                Descriptors.of(section, LOOP, length - CRC).entries()) {
            byte[] body = entry.body();
            if (entry.tag() == Descriptors.CONDITIONAL_ACCESS && body.length >= 4) {
                systems.add(new CaSystem(Section.uint16(body, 0), Section.pid(body, 2)));
            }
        }
        return new Cat(Section.version(section), Section.isCurrent(section), systems);
    }
}
