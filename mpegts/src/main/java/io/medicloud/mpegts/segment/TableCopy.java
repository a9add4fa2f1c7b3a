// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.mpegts.psi.PsiWriter;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The packets of a table, or of a section of it, as the stream had them or, where those cannot be repeated, written anew. Immutable. */
final class TableCopy {
    private static final int VERSION = 5;

    private final byte[] section;
    private final byte[] packets;

    private TableCopy(byte[] section, byte[] packets) {
        this.section = section;
        this.packets = packets;
    }

    /** The stream's own packets of this section. */
    static TableCopy faithful(byte[] section, int length, byte[] packets, int packetsLength) {
        return new TableCopy(Arrays.copyOf(section, length), Arrays.copyOf(packets, packetsLength));
    }

    /** Packets of our own for this section. */
    static TableCopy rewritten(byte[] section, int length, int pid) {
        return new TableCopy(Arrays.copyOf(section, length), PsiWriter.write(section, length, pid, 0));
    }

    /** The packets of all these sections, one behind the other. */
    static TableCopy joined(@Nullable TableCopy[] sections) {
        byte[] packets = new byte[0];
        for (TableCopy section : sections) {
            if (section != null) {
                int length = packets.length;
                packets = Arrays.copyOf(packets, length + section.packets.length);
                System.arraycopy(section.packets, 0, packets, length, section.packets.length);
            }
        }
        return new TableCopy(new byte[0], packets);
    }

    /** Whether its section has this byte of version_number and current_next_indicator. */
    boolean isOfVersion(byte version) {
        return section.length > VERSION && section[VERSION] == version;
    }

    boolean isOf(byte[] other, int length) {
        return Arrays.equals(section, 0, section.length, other, 0, length);
    }

    /** Whether these are its packets, counters aside. */
    boolean hasPackets(byte[] other, int length) {
        if (length != packets.length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            int mask = i % TsPacket.SIZE == 3 ? 0xF0 : 0xFF;
            if (((packets[i] ^ other[i]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    int count() {
        return packets.length / TsPacket.SIZE;
    }

    /** Writes the packets with counters that run up to {@code lastCounter}. */
    void write(ByteBuf out, int lastCounter) {
        int counter = lastCounter - count() + 1;
        for (int start = 0; start < packets.length; start += TsPacket.SIZE) {
            int at = out.writerIndex();
            out.writeBytes(packets, start, TsPacket.SIZE);
            out.setByte(at + 3, (packets[start + 3] & 0xF0) | (counter++ & 0x0F));
        }
    }
}
