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

    private static final byte STUFFING = (byte) 0xFF;

    private byte[] recorded = new byte[TsPacket.SIZE];
    private ByteBuf packets = Unpooled.wrappedBuffer(recorded);
    private int length;
    private int pid = Pid.NONE;
    private @Nullable TableCopy copy;

    /** The table that is in force, or null. */
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

    /** The table's section is complete, with the packet that was taken last. */
    void onSection(byte[] section, int sectionLength, int sectionPid) {
        TableCopy known = copy != null && copy.isOf(section, sectionLength) ? copy : null;
        if (sectionPid == pid && isRepeatable(section, sectionLength)) {
            if (known == null || !known.hasPackets(recorded, length)) {
                copy = TableCopy.faithful(section, sectionLength, recorded, length);
            }
        } else if (known == null) {
            copy = TableCopy.rewritten(section, sectionLength, sectionPid);
        }
    }

    void reset() {
        length = 0;
        pid = Pid.NONE;
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
