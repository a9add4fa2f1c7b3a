// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.psi;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One section of the service description table (EN 300 468, 5.2.3): what the programs are called.
 *
 * @param transportStreamId transport_stream_id
 * @param originalNetworkId original_network_id
 * @param version version_number
 * @param current current_next_indicator
 * @param actual whether it tells of this transport stream, not of another
 * @param sectionNumber section_number
 * @param services the services in order
 */
public record Sdt(
        int transportStreamId,
        int originalNetworkId,
        int version,
        boolean current,
        boolean actual,
        int sectionNumber,
        List<Service> services) {
    /** table_id of a section about this transport stream. */
    public static final int ACTUAL = 0x42;
    /** table_id of a section about another one. */
    public static final int OTHER = 0x46;

    private static final int LOOP = 11;
    private static final int ENTRY = 5;
    private static final int CRC = 4;

    /**
     * A service: a program.
     *
     * @param id service_id, which is program_number
     * @param type service_type of its service_descriptor: 1 television, 2 radio, …; 0 without one
     * @param provider service_provider_name; empty if not said
     * @param name service_name; empty if not said
     * @param runningStatus running_status: 4 is running
     * @param scrambled free_CA_mode: whether access to one or more streams may be controlled
     */
    public record Service(int id, int type, String provider, String name, int runningStatus, boolean scrambled) {}

    public Sdt {
        services = List.copyOf(services);
    }

    /** Reads a section whose CRC is right; null if it is none of this table. A service that does not fit the section ends the list. */
    public static @Nullable Sdt parse(byte[] section, int length) {
        boolean ours = length >= LOOP + CRC && (section[0] == ACTUAL || section[0] == OTHER);
        if (!ours || (section[1] & 0x80) == 0) {
            return null;
        }
        int end = length - CRC;
        List<Service> services = new ArrayList<>();
        for (int i = LOOP; i + ENTRY <= end; ) {
            int next = i + ENTRY + Section.length12(section, i + 3);
            if (next > end) {
                break;
            }
            services.add(service(section, i, Descriptors.of(section, i + ENTRY, next)));
            i = next;
        }
        return new Sdt(
                Section.uint16(section, 3),
                Section.uint16(section, 8),
                Section.version(section),
                Section.isCurrent(section),
                section[0] == ACTUAL,
                section[6] & 0xFF,
                services);
    }

    private static Service service(byte[] section, int at, Descriptors descriptors) {
        int status = (section[at + 3] & 0xFF) >> 5;
        boolean scrambled = (section[at + 3] & 0x10) != 0;
        byte[] body = descriptors.find(Descriptors.SERVICE);
        if (body == null) {
            return new Service(Section.uint16(section, at), 0, "", "", status, scrambled);
        }
        SectionReader in = new SectionReader(body, 0, body.length);
        int type = in.u8();
        String provider = DvbText.decode(in.bytes(in.u8()));
        String name = DvbText.decode(in.bytes(in.u8()));
        return new Service(Section.uint16(section, at), type, provider, name, status, scrambled);
    }
}
