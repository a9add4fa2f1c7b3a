// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.packet;

/** What can be wrong with a transport stream. A fault is news, not an exception: it is reported, and parsing goes on. */
public enum TsFault {
    /** Two packets in a row lack their sync byte; the framer searches for the next packets (TR 101 290, 1.1). */
    SYNC_LOSS,
    /** One packet lacks its sync byte, its neighbours do not; what it carries is not looked at (TR 101 290, 1.2). */
    SYNC_BYTE,
    /** The input ends within a packet. */
    TRUNCATED_PACKET,
    /** transport_error_indicator is set: nothing in the packet can be trusted (2.4.3.3; TR 101 290, 2.1). */
    TRANSPORT_ERROR,
    /** continuity_counter is not what the packet before it asks for (2.4.3.3; TR 101 290, 1.4). */
    CONTINUITY,
    /** adaptation_field_control is the reserved 00, or the adaptation field does not fit its packet (2.4.3.4). */
    ADAPTATION_FIELD,
    /** A section's CRC_32 is wrong (annex A; TR 101 290, 2.2). */
    CRC,
    /** A section cannot be: its pointer_field, its length, or its table's syntax (2.4.4). */
    SECTION,
    /** A PES packet does not begin with its start code, or its header is not well formed (2.4.3.6). */
    PES
}
