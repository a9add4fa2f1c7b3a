// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.psi;

import org.jspecify.annotations.Nullable;

/**
 * One section of the network information table (EN 300 468, 5.2.1), as far as it says what the network is called.
 *
 * @param networkId network_id
 * @param version version_number
 * @param current current_next_indicator
 * @param actual whether it tells of the network of this transport stream, not of another
 * @param sectionNumber section_number
 * @param networkName of its network_name_descriptor; empty without one
 */
public record Nit(int networkId, int version, boolean current, boolean actual, int sectionNumber, String networkName) {
    /** table_id of a section about this network. */
    public static final int ACTUAL = 0x40;
    /** table_id of a section about another one. */
    public static final int OTHER = 0x41;

    private static final int LOOP = 10;
    private static final int CRC = 4;

    /** Reads a section whose CRC is right; null if it is none of this table. */
    public static @Nullable Nit parse(byte[] section, int length) {
        boolean ours = length >= LOOP + CRC && (section[0] == ACTUAL || section[0] == OTHER);
        if (!ours || (section[1] & 0x80) == 0) {
            return null;
        }
        int end = Math.min(LOOP + Section.length12(section, 8), length - CRC);
        byte[] name = Descriptors.of(section, LOOP, end).find(Descriptors.NETWORK_NAME);
        return new Nit(
                Section.uint16(section, 3),
                Section.version(section),
                Section.isCurrent(section),
                section[0] == ACTUAL,
                section[6] & 0xFF,
                name == null ? "" : DvbText.decode(name));
    }
}
