// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import io.medicloud.mpegts.packet.TsPacket;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A null packet (ISO/IEC 13818-1, 2.4.1.4: its payload may be anything) that says whose it is, which packet of its stream, and when it was due: what a
 * picture's age is told by where it is found again.
 *
 * @param run which load test
 * @param stream the stream's number in it
 * @param packet the packet's number in the stream, from 0
 * @param dueUs when it was due to be sent, in microseconds since 1970 on the sender's clock
 */
record Stamp(long run, long stream, long packet, long dueUs) {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final byte[] HEADER = {TsPacket.SYNC_BYTE, 0x1F, (byte) 0xFF, 0x10, 'L', 'O', 'A', 'D'};
    private static final int RUN = HEADER.length;
    private static final int STREAM = RUN + Long.BYTES;
    private static final int PACKET = STREAM + Long.BYTES;
    private static final int DUE = PACKET + Long.BYTES;
    private static final int END = DUE + Long.BYTES;

    /** Writes the packet. */
    void write(byte[] out, int at) {
        System.arraycopy(HEADER, 0, out, at, HEADER.length);
        LONG.set(out, at + RUN, run);
        LONG.set(out, at + STREAM, stream);
        LONG.set(out, at + PACKET, packet);
        LONG.set(out, at + DUE, dueUs);
        Arrays.fill(out, at + END, at + TsPacket.SIZE, (byte) 0xFF);
    }

    /** Is the packet that begins there a stamp? */
    static boolean isAt(byte[] data, int at) {
        return at + TsPacket.SIZE <= data.length && Arrays.equals(data, at, at + RUN, HEADER, 0, RUN);
    }

    /** Reads the packet that begins there, which {@link #isAt is} one. */
    static Stamp read(byte[] data, int at) {
        return new Stamp(
                (long) LONG.get(data, at + RUN),
                (long) LONG.get(data, at + STREAM),
                (long) LONG.get(data, at + PACKET),
                (long) LONG.get(data, at + DUE));
    }
}
