// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.psi;

import io.medicloud.mpegts.packet.FaultSink;
import io.medicloud.mpegts.packet.TsFault;
import io.medicloud.mpegts.packet.TsPacket;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Puts the sections of one PID together from the payload of its packets (ISO/IEC 13818-1, 2.4.4.1 and 2.4.4.2): pointer_field, sections over several
 * packets, several sections in one packet, a header that is split. Sections whose CRC is wrong are reported and dropped. Holds
 * {@link #LONGEST} bytes at most. Not thread-safe.
 */
public final class SectionAssembler {
    /** The longest section: 3 bytes, and a section_length of 4093 (2.4.4.11). */
    public static final int LONGEST = 4096;

    private static final int HEADER = 3;
    private static final int STUFFING = 0xFF;
    private static final int SYNTAX_INDICATOR = 0x80;

    private final int pid;
    private final SectionSink sink;
    private final FaultSink faults;
    private byte[] section = new byte[188];
    private int length;
    private boolean collecting;
    private long firstPacket;

    /** Assembles the sections of one PID. */
    public SectionAssembler(int pid, SectionSink sink, FaultSink faults) {
        this.pid = pid;
        this.sink = sink;
        this.faults = faults;
    }

    /**
     * Takes the payload of the PID's next packet.
     *
     * @param data lent
     * @param from absolute index of the first payload byte
     * @param to absolute index after the last
     * @param unitStart payload_unit_start_indicator: the payload begins with a pointer_field
     * @param packet the packet's number, for the sink
     */
    public void onPayload(ByteBuf data, int from, int to, boolean unitStart, long packet) {
        if (from >= to) {
            return;
        }
        int position = from;
        if (unitStart) {
            int first = position + 1 + data.getUnsignedByte(position);
            if (first > to) {
                collecting = false;
                faults.onFault(TsFault.SECTION, pid);
                return;
            }
            collect(data, position + 1, first, packet);
            length = 0;
            firstPacket = packet;
            collecting = true;
            position = first;
        }
        collect(data, position, to, packet);
    }

    /** Whether a section is begun and not complete. */
    public boolean isWithinSection() {
        return collecting && length > 0;
    }

    /** Drops the section in progress: packets are missing. Goes on at the next unit start. */
    public void abandon() {
        collecting = false;
        length = 0;
    }

    private void collect(ByteBuf data, int from, int to, long packet) {
        int position = from;
        while (collecting && position < to) {
            if (length == 0 && data.getUnsignedByte(position) == STUFFING) {
                collecting = false; // Nothing but stuffing follows up to the end of the packet (2.4.4.1).
                return;
            }
            int wanted = length < HEADER ? HEADER : total();
            int taken = Math.min(wanted - length, to - position);
            if (length + taken > section.length) {
                section = Arrays.copyOf(section, LONGEST);
            }
            TsPacket.copy(data, position, section, length, taken);
            length += taken;
            position += taken;
            if (length >= HEADER && length == total()) {
                complete(packet);
                length = 0;
                firstPacket = packet;
            }
        }
    }

    private int total() {
        return HEADER + Section.length12(section, 1);
    }

    private void complete(long packet) {
        boolean checked = (section[1] & SYNTAX_INDICATOR) != 0;
        if (checked && Crc32Mpeg.of(section, 0, length) != 0) {
            faults.onFault(TsFault.CRC, pid);
            return;
        }
        sink.onSection(pid, section, length, firstPacket, packet);
    }
}
