// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.SeqNo;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** The received packets that wait for their time, each at its sequence number. */
final class ReceiveBuffer {
    private final PacketRing ring;
    private int start;
    private int end;
    private int packets;
    private long payloadBytes;

    ReceiveBuffer(int initialSeqNo, int limit) {
        ring = new PacketRing(limit);
        start = initialSeqNo;
        end = initialSeqNo;
    }

    /** The next packet to deliver, received or not. */
    int start() {
        return start;
    }

    /** One past the furthest packet received. */
    int end() {
        return end;
    }

    int packets() {
        return packets;
    }

    long payloadBytes() {
        return payloadBytes;
    }

    int limit() {
        return ring.limit();
    }

    /** Places beyond the furthest packet. */
    int free() {
        return ring.limit() - SeqNo.distance(start, end);
    }

    boolean isInReach(int seqNo) {
        int offset = SeqNo.distance(start, seqNo);
        return offset >= 0 && offset < ring.limit();
    }

    boolean contains(int seqNo) {
        return SeqNo.isBefore(seqNo, end) && SeqNo.distance(start, seqNo) >= 0 && ring.get(seqNo) != null;
    }

    /** Keeps a packet that is in reach and not there yet; the buffer releases it. */
    void takePacket(int seqNo, ByteBuf packet) {
        ring.ensure(start, SeqNo.distance(start, seqNo) + 1);
        ring.set(seqNo, packet);
        advanceEnd(seqNo);
        packets++;
        payloadBytes += DataPacket.payloadLength(packet);
    }

    /** Leaves the place of this packet empty, though it is known to be sent. */
    void advanceEnd(int seqNo) {
        if (SeqNo.distance(end, seqNo) >= 0) {
            ring.ensure(start, SeqNo.distance(start, seqNo) + 1);
            end = SeqNo.next(seqNo);
        }
    }

    /** The packet at the start, or null if it is missing; still the buffer's. */
    @Nullable
    ByteBuf head() {
        return packets == 0 ? null : ring.get(start);
    }

    /** The packet of this number if it is there; still the buffer's. */
    @Nullable
    ByteBuf get(int seqNo) {
        return contains(seqNo) ? ring.get(seqNo) : null;
    }

    /** The first number whose packet is there, or {@link SeqNo#NONE}. */
    int firstPresent() {
        if (packets == 0) {
            return SeqNo.NONE;
        }
        int seqNo = start;
        while (ring.get(seqNo) == null) {
            seqNo = SeqNo.next(seqNo);
        }
        return seqNo;
    }

    /** Moves on past the head and hands it over. */
    ByteBuf removeHead() {
        ByteBuf packet = ring.clear(start);
        if (packet == null) {
            throw new IllegalStateException("the head is missing");
        }
        start = SeqNo.next(start);
        packets--;
        payloadBytes -= DataPacket.payloadLength(packet);
        return packet;
    }

    /** Gives up the missing packets before {@code seqNo}; none that is there may be among them. */
    void skipTo(int seqNo) {
        start = seqNo;
        end = SeqNo.later(end, seqNo);
    }

    /** Releases everything. */
    void clear() {
        for (; start != end; start = SeqNo.next(start)) {
            ByteBuf packet = ring.clear(start);
            if (packet != null) {
                packet.release();
            }
        }
        packets = 0;
        payloadBytes = 0;
    }
}
