// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.psi;

import io.medicloud.mpegts.packet.TsPacket;
import java.util.Arrays;

/** Writes sections into transport packets of their own: pointer_field 0, stuffing behind (ISO/IEC 13818-1, 2.4.4.1). */
public final class PsiWriter {
    private static final int BODY = TsPacket.SIZE - TsPacket.HEADER;
    private static final int STUFFING = 0xFF;

    private PsiWriter() {}

    /** How many packets a section of this length takes. */
    public static int packets(int length) {
        return (1 + length + BODY - 1) / BODY;
    }

    /**
     * Writes a section as it is.
     *
     * @param section a whole section, its CRC included
     * @param length its bytes
     * @param pid where it belongs
     * @param counter continuity_counter of the first packet
     * @return its packets, one behind the other
     */
    public static byte[] write(byte[] section, int length, int pid, int counter) {
        byte[] out = new byte[packets(length) * TsPacket.SIZE];
        Arrays.fill(out, (byte) STUFFING);
        int written = 0;
        for (int start = 0; start < out.length; start += TsPacket.SIZE) {
            boolean first = start == 0;
            out[start] = TsPacket.SYNC_BYTE;
            out[start + 1] = (byte) ((first ? 0x40 : 0) | (pid >>> 8));
            out[start + 2] = (byte) pid;
            out[start + 3] = (byte) (0x10 | ((counter + start / TsPacket.SIZE) & 0x0F));
            int body = start + TsPacket.HEADER;
            if (first) {
                out[body++] = 0;
            }
            int taken = Math.min(length - written, start + TsPacket.SIZE - body);
            System.arraycopy(section, written, out, body, taken);
            written += taken;
        }
        return out;
    }
}
