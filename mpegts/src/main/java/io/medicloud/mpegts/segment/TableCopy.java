// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.mpegts.psi.PsiWriter;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** The packets of a table, as the stream had them or, where those cannot be repeated, written anew. Immutable. */
final class TableCopy {
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
