// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.packet;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A view of one transport packet (ISO/IEC 13818-1, 2.4.3.2): wraps 188 bytes where they lie and copies nothing. One view is moved from packet to
 * packet. The static methods read the same fields from the packet's first four bytes, taken as one big-endian int.
 */
public final class TsPacket {
    /** Bytes of a packet. */
    public static final int SIZE = 188;
    /** The first byte of every packet. */
    public static final int SYNC_BYTE = 0x47;
    /** Bytes of the fixed header. */
    public static final int HEADER = 4;

    /** transport_error_indicator, in the header's int. */
    public static final int TRANSPORT_ERROR = 0x0080_0000;
    /** payload_unit_start_indicator, in the header's int. */
    public static final int UNIT_START = 0x0040_0000;
    /** transport_priority, in the header's int. */
    public static final int PRIORITY = 0x0020_0000;
    /** transport_scrambling_control, in the header's int. */
    public static final int SCRAMBLING = 0x0000_00C0;
    /** The bit of adaptation_field_control that says that there is an adaptation field. */
    public static final int ADAPTATION = 0x0000_0020;
    /** The bit of adaptation_field_control that says that there is payload. */
    public static final int PAYLOAD = 0x0000_0010;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private ByteBuf data;
    private int start;
    private int header;

    /** A view of the packet that begins at {@code start}, an absolute index with 188 readable bytes behind it. */
    public TsPacket(ByteBuf data, int start) {
        this.data = data;
        this.start = start;
        this.header = data.getInt(start);
    }

    /** Moves this view to another packet. The buffer is lent. */
    public TsPacket wrap(ByteBuf data, int start) {
        this.data = data;
        this.start = start;
        this.header = data.getInt(start);
        return this;
    }

    /** PID of a header. */
    public static int pid(int header) {
        return (header >>> 8) & 0x1FFF;
    }

    /** continuity_counter of a header. */
    public static int continuityCounter(int header) {
        return header & 0x0F;
    }

    /** Whether the header begins with the sync byte. */
    public static boolean isInSync(int header) {
        return header >>> 24 == SYNC_BYTE;
    }

    /**
     * Where the payload of the packet at {@code start} begins, as an absolute index: {@code start + 188} if it has none, or if its adaptation
     * field does not fit.
     */
    public static int payloadStart(ByteBuf data, int start, int header) {
        if ((header & PAYLOAD) == 0) {
            return start + SIZE;
        }
        if ((header & ADAPTATION) == 0) {
            return start + HEADER;
        }
        return Math.min(start + HEADER + 1 + data.getUnsignedByte(start + HEADER), start + SIZE);
    }

    /** Copies bytes out of a buffer. Some buffers would make garbage where they copy by themselves. */
    public static void copy(ByteBuf data, int from, byte[] to, int at, int length) {
        int done = 0;
        for (; done + Long.BYTES <= length; done += Long.BYTES) {
            LONGS.set(to, at + done, data.getLong(from + done));
        }
        for (; done < length; done++) {
            to[at + done] = data.getByte(from + done);
        }
    }

    /** Copies bytes from a buffer to another, without garbage. */
    public static void copy(ByteBuf data, int from, ByteBuf to, int at, int length) {
        int done = 0;
        for (; done + Long.BYTES <= length; done += Long.BYTES) {
            to.setLong(at + done, data.getLong(from + done));
        }
        for (; done < length; done++) {
            to.setByte(at + done, data.getByte(from + done));
        }
    }

    /** The buffer that the packet lies in. */
    public ByteBuf data() {
        return data;
    }

    /** The absolute index of the packet's first byte. */
    public int start() {
        return start;
    }

    /** The absolute index after the packet's last byte. */
    public int end() {
        return start + SIZE;
    }

    /** The first four bytes as one int. */
    public int header() {
        return header;
    }

    public boolean isInSync() {
        return isInSync(header);
    }

    public boolean hasTransportError() {
        return (header & TRANSPORT_ERROR) != 0;
    }

    public boolean isUnitStart() {
        return (header & UNIT_START) != 0;
    }

    public int pid() {
        return pid(header);
    }

    /** 0 in the clear, 2 even key, 3 odd key. */
    public int scramblingControl() {
        return (header >>> 6) & 3;
    }

    public boolean hasAdaptationField() {
        return (header & ADAPTATION) != 0;
    }

    /** Whether the header says that there is payload, be it of no bytes: then the counter steps. */
    public boolean hasPayload() {
        return (header & PAYLOAD) != 0;
    }

    public int continuityCounter() {
        return continuityCounter(header);
    }

    /** The absolute index of the first payload byte; {@link #end()} if there is none. */
    public int payloadStart() {
        return payloadStart(data, start, header);
    }
}
