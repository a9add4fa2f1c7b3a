// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.filter;

import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.SrtPacket;
import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The sum, without carry, of packets: of their timestamps, key flags, lengths, and payloads filled up with zeros. The sum of a group is what its
 * extra packet carries, and the sum of that and of all but one packet is that packet.
 */
final class ParityBlock {
    /** Bytes of an extra packet's payload before the payloads' sum: index, key flags, length. */
    static final int HEADER_LENGTH = 4;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final int payloadSize;
    private final byte[] payload;
    private int timestamp;
    private int keyFlags;
    private int length;

    /** A sum of nothing. */
    ParityBlock(int payloadSize) {
        this.payloadSize = payloadSize;
        payload = new byte[scratchLength(payloadSize)];
    }

    /** The least length of the scratch space that {@link #add} takes. */
    static int scratchLength(int payloadSize) {
        return (payloadSize + Long.BYTES - 1) & -Long.BYTES;
    }

    void clear() {
        Arrays.fill(payload, (byte) 0);
        timestamp = 0;
        keyFlags = 0;
        length = 0;
    }

    /** Adds a data packet. */
    void add(ByteBuf packet, byte[] scratch) {
        int used = DataPacket.payloadLength(packet);
        timestamp ^= SrtPacket.timestamp(packet);
        keyFlags ^= DataPacket.keyFlags(packet);
        length ^= used;
        addPayload(packet, DataPacket.payloadStart(packet), used, scratch);
    }

    /** Adds an extra packet, whose payload is at least {@link #HEADER_LENGTH} long. */
    void addExtra(ByteBuf packet, byte[] scratch) {
        int start = DataPacket.payloadStart(packet);
        timestamp ^= SrtPacket.timestamp(packet);
        keyFlags ^= packet.getUnsignedByte(start + 1);
        length ^= packet.getUnsignedShort(start + 2);
        addPayload(packet, start + HEADER_LENGTH, DataPacket.payloadLength(packet) - HEADER_LENGTH, scratch);
    }

    private void addPayload(ByteBuf packet, int start, int used, byte[] scratch) {
        int kept = Math.min(used, payloadSize);
        packet.getBytes(start, scratch, 0, kept);
        int padded = scratchLength(kept);
        Arrays.fill(scratch, kept, padded, (byte) 0);
        for (int i = 0; i < padded; i += Long.BYTES) {
            LONG.set(payload, i, (long) LONG.get(payload, i) ^ (long) LONG.get(scratch, i));
        }
    }

    /** Whether this can be a packet. */
    boolean isPacket() {
        return length > 0 && length <= payloadSize && keyFlags <= DataPacket.KK_ODD;
    }

    /** Writes what this is the sum of, if it is a single packet. */
    void writePacket(ByteBuf out, int seqNo, int msgNo, int destination) {
        DataPacket.writeHeader(out, seqNo, keyFlags, msgNo, timestamp, destination);
        out.writeBytes(payload, 0, length);
    }

    /** Writes the extra packet of this sum; always of full size. */
    void writeExtra(ByteBuf out, int index, int seqNo, int packetKeyFlags, int msgNo, int destination) {
        DataPacket.writeHeader(out, seqNo, packetKeyFlags, msgNo, timestamp, destination);
        out.writeByte(index).writeByte(keyFlags).writeShort(length);
        out.writeBytes(payload, 0, payloadSize);
    }
}
