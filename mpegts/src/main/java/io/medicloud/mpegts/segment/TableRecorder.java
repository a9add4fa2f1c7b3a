// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.packet.AdaptationField;
import io.medicloud.mpegts.packet.Pcr;
import io.medicloud.mpegts.packet.Pid;
import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.mpegts.psi.PsiWriter;
import io.medicloud.mpegts.psi.SectionAssembler;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a copy of the packets in which a table came last. A table whose packets hold more than it (a clock reference, a discontinuity, the rest or the
 * head of another section) is written anew from its section.
 */
final class TableRecorder {
    /** A section that is as long as can be, with packets whose adaptation fields take half. */
    private static final int MOST_PACKETS = 2 * PsiWriter.packets(SectionAssembler.LONGEST);

    /** Of a longer table the first sections are kept: they name more programs than are followed. */
    private static final int MOST_SECTIONS = 4;

    private static final byte STUFFING = (byte) 0xFF;
    /** Where a section has version_number and current_next_indicator (2.4.4.4). */
    private static final int VERSION = 5;

    private static final int SECTION_NUMBER = 6;

    private byte[] recorded = new byte[TsPacket.SIZE];
    private ByteBuf packets = Unpooled.wrappedBuffer(recorded);
    private int length;
    private int pid = Pid.NONE;
    /** By section_number: a PAT may have several sections. */
    private @Nullable TableCopy[] copies = {null};

    private @Nullable TableCopy copy;

    /** The table that is in force, with those of its sections that came; or null. */
    @Nullable
    TableCopy copy() {
        return copy;
    }

    /** Takes a packet of the table's PID, before its sections are told. */
    void onPacket(ByteBuf data, int packet, int header) {
        boolean unitStart = (header & TsPacket.UNIT_START) != 0;
        int from = TsPacket.pid(header);
        if (unitStart) {
            length = 0;
            pid = from;
        } else if (from != pid || length == 0 || length == MOST_PACKETS * TsPacket.SIZE) {
            return;
        }
        if (length == recorded.length) {
            recorded = Arrays.copyOf(recorded, Math.min(2 * length, MOST_PACKETS * TsPacket.SIZE));
            packets = Unpooled.wrappedBuffer(recorded);
        }
        TsPacket.copy(data, packet, recorded, length, TsPacket.SIZE);
        length += TsPacket.SIZE;
    }

    /** A section of the table is complete, with the packet that was taken last. */
    void onSection(byte[] section, int sectionLength, int sectionPid) {
        int number = section[SECTION_NUMBER] & 0xFF;
        int last = section[SECTION_NUMBER + 1] & 0xFF;
        if (number > last || number >= MOST_SECTIONS) {
            return;
        }
        TableCopy known = number < copies.length ? copies[number] : null;
        if (known == null || !known.isOf(section, sectionLength)) {
            known = null;
            dropOthers(section, last);
        }
        TableCopy now = copy(known, section, sectionLength, sectionPid);
        if (now != known) {
            copies[number] = now;
            copy = last == 0 ? now : TableCopy.joined(copies);
        }
    }

    /** The copies of a table that has another version_number, or other sections, are of no more use. */
    private void dropOthers(byte[] section, int last) {
        int count = Math.min(last + 1, MOST_SECTIONS);
        boolean another = copies.length != count;
        for (TableCopy other : copies) {
            another |= other != null && !other.isOfVersion(section[VERSION]);
        }
        if (another) {
            copies = new @Nullable TableCopy[count];
        }
    }

    /** The copy of a section of which this one is known. */
    private TableCopy copy(@Nullable TableCopy known, byte[] section, int sectionLength, int sectionPid) {
        if (sectionPid == pid && isRepeatable(section, sectionLength)) {
            return known != null && known.hasPackets(recorded, length)
                    ? known
                    : TableCopy.faithful(section, sectionLength, recorded, length);
        }
        return known != null ? known : TableCopy.rewritten(section, sectionLength, sectionPid);
    }

    void reset() {
        length = 0;
        pid = Pid.NONE;
        copies = new @Nullable TableCopy[] {null};
        copy = null;
    }

    /** Whether the recorded packets hold this section from their first payload byte on, and nothing else. */
    private boolean isRepeatable(byte[] section, int sectionLength) {
        int position = 0;
        for (int packet = 0; packet < length; packet += TsPacket.SIZE) {
            int header = packets.getInt(packet);
            int from = TsPacket.payloadStart(packets, packet, header);
            if (AdaptationField.pcr(packets, packet, header) != Pcr.NONE
                    || AdaptationField.isDiscontinuity(packets, packet, header)
                    || from == packet + TsPacket.SIZE
                    || (packet == 0 && recorded[from++] != 0)) {
                return false;
            }
            for (int i = from; i < packet + TsPacket.SIZE; i++) {
                byte expected = position < sectionLength ? section[position++] : STUFFING;
                if (recorded[i] != expected) {
                    return false;
                }
            }
        }
        return position == sectionLength;
    }
}
