// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.packet.TsPacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Writes parameter sets into a PES packet of their own, which goes in front of that of the picture they are for, with the same times (ISO/IEC 13818-1,
 * 2.4.3.6). The last transport packet is filled up by its adaptation field.
 */
final class ParameterSetPackets {
    private static final int PES_FIXED = 9;
    private static final int BODY = TsPacket.SIZE - TsPacket.HEADER;
    /** '10', data_alignment_indicator. */
    private static final int FLAGS = 0x84;

    private static final int PTS_ONLY = 0x80;
    private static final int PTS_AND_DTS = 0xC0;
    private static final int STUFFING = 0xFF;

    private ParameterSetPackets() {}

    /**
     * Writes them; given.
     *
     * @param sets as a byte stream
     * @param mark of the picture's PES packet
     * @param pid of the video
     */
    static ByteBuf write(ByteBufAllocator allocator, byte[] sets, Mark mark, int pid) {
        byte[] pes = pes(sets, mark);
        int count = (pes.length + BODY - 1) / BODY;
        ByteBuf out = allocator.buffer(count * TsPacket.SIZE);
        int counter = mark.counter() - count;
        for (int from = 0; from < pes.length; from += BODY) {
            int length = Math.min(BODY, pes.length - from);
            out.writeByte(TsPacket.SYNC_BYTE);
            out.writeShort((from == 0 ? 0x4000 : 0) | pid);
            out.writeByte((length < BODY ? 0x30 : 0x10) | (counter++ & 0x0F));
            stuff(out, BODY - length);
            out.writeBytes(pes, from, length);
        }
        return out;
    }

    private static void stuff(ByteBuf out, int bytes) {
        if (bytes > 0) {
            out.writeByte(bytes - 1);
        }
        if (bytes > 1) {
            out.writeByte(0);
        }
        for (int i = 2; i < bytes; i++) {
            out.writeByte(STUFFING);
        }
    }

    private static byte[] pes(byte[] sets, Mark mark) {
        boolean timed = mark.pts() != Pts.NONE;
        boolean reordered = timed && mark.dts() != mark.pts();
        int times = timed ? (reordered ? 2 : 1) * Pts.LENGTH : 0;
        byte[] pes = new byte[PES_FIXED + times + sets.length];
        int length = pes.length - 6;
        pes[2] = 1;
        pes[3] = (byte) mark.streamId();
        pes[4] = (byte) (length >>> 8);
        pes[5] = (byte) length;
        pes[6] = (byte) FLAGS;
        pes[7] = (byte) (reordered ? PTS_AND_DTS : timed ? PTS_ONLY : 0);
        pes[8] = (byte) times;
        if (timed) {
            write(pes, PES_FIXED, reordered ? 3 : 2, mark.pts());
        }
        if (reordered) {
            write(pes, PES_FIXED + Pts.LENGTH, 1, mark.dts());
        }
        System.arraycopy(sets, 0, pes, PES_FIXED + times, sets.length);
        return pes;
    }

    /** A time stamp with its prefix and marker bits (2.4.3.7). */
    private static void write(byte[] pes, int at, int prefix, long time) {
        pes[at] = (byte) ((prefix << 4) | ((int) (time >>> 29) & 0x0E) | 1);
        pes[at + 1] = (byte) (time >>> 22);
        pes[at + 2] = (byte) (time >>> 14 | 1);
        pes[at + 3] = (byte) (time >>> 7);
        pes[at + 4] = (byte) (time << 1 | 1);
    }
}
