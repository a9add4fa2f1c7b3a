// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.packet.DataPacket;
import io.medicloud.srt.packet.SeqNo;
import io.medicloud.srt.packet.SrtPacket;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** The packets that the peer has not acknowledged yet, complete and encrypted, with the marks of those it misses. */
final class SendBuffer {
    private final PacketRing ring;
    private long[] lostBits;
    private int[] retransmittedUs;
    private int first;
    private int nextUnsent;
    private int end;
    private int lost;
    private int lowestLost;
    private long payloadBytes;

    SendBuffer(int initialSeqNo, int limit) {
        ring = new PacketRing(limit);
        lostBits = new long[(ring.capacity() + 63) / 64];
        retransmittedUs = new int[ring.capacity()];
        first = initialSeqNo;
        nextUnsent = initialSeqNo;
        end = initialSeqNo;
        lowestLost = initialSeqNo;
    }

    boolean isEmpty() {
        return first == end;
    }

    boolean isFull() {
        return packets() >= ring.limit();
    }

    int limit() {
        return ring.limit();
    }

    int packets() {
        return SeqNo.distance(first, end);
    }

    long payloadBytes() {
        return payloadBytes;
    }

    /** The oldest packet that is not acknowledged. */
    int first() {
        return first;
    }

    /** The first packet that was never sent. */
    int nextUnsent() {
        return nextUnsent;
    }

    /** One past the newest packet: the number of the next one. */
    int end() {
        return end;
    }

    int inFlight() {
        return SeqNo.distance(first, nextUnsent);
    }

    boolean hasUnsent() {
        return nextUnsent != end;
    }

    boolean hasLost() {
        return lost > 0;
    }

    /** Appends a packet that bears number {@link #end}; the buffer releases it. There must be room. */
    void takePacket(ByteBuf packet) {
        if (ring.ensure(first, packets() + 1)) {
            regrow();
        }
        ring.set(end, packet);
        retransmittedUs[end & (retransmittedUs.length - 1)] = 0;
        end = SeqNo.next(end);
        payloadBytes += DataPacket.payloadLength(packet);
    }

    /** The first unsent packet, which now counts as sent; still the buffer's. */
    @Nullable
    ByteBuf nextUnsentPacket() {
        if (!hasUnsent()) {
            return null;
        }
        ByteBuf packet = ring.get(nextUnsent);
        nextUnsent = SeqNo.next(nextUnsent);
        return packet;
    }

    /** Marks a packet as lost; false if it was already. It must be in flight. */
    boolean markLost(int seqNo) {
        int i = seqNo & (ring.capacity() - 1);
        long bit = 1L << i;
        if ((lostBits[i >> 6] & bit) != 0) {
            return false;
        }
        lostBits[i >> 6] |= bit;
        lowestLost = lost == 0 || SeqNo.isBefore(seqNo, lowestLost) ? seqNo : lowestLost;
        lost++;
        return true;
    }

    /** When the packet was sent again for the last time, low 32 bits of microseconds, or 0. */
    int retransmittedUs(int seqNo) {
        return retransmittedUs[seqNo & (retransmittedUs.length - 1)];
    }

    /** The oldest packet marked as lost, which is then no longer; it counts as retransmitted. Still the buffer's. */
    @Nullable
    ByteBuf nextLostPacket(long nowUs) {
        while (lost > 0) {
            int seqNo = lowestLost;
            lowestLost = SeqNo.next(lowestLost);
            if (unmark(seqNo)) {
                onSentAgain(seqNo, nowUs);
                return ring.get(seqNo);
            }
        }
        return null;
    }

    /** A packet is sent again. */
    void onSentAgain(int seqNo, long nowUs) {
        int nowLow = (int) nowUs;
        retransmittedUs[seqNo & (retransmittedUs.length - 1)] = nowLow == 0 ? 1 : nowLow;
    }

    /** The packet of this number if it was sent and is not acknowledged; still the buffer's. */
    @Nullable
    ByteBuf sentPacket(int seqNo) {
        boolean isThere = !SeqNo.isBefore(seqNo, first) && SeqNo.isBefore(seqNo, nextUnsent);
        return isThere ? ring.get(seqNo) : null;
    }

    /** The newest packet that was sent, if it is not acknowledged. */
    int lastSent() {
        return SeqNo.previous(nextUnsent);
    }

    /** The timestamp of the oldest packet; only if not empty. */
    int firstTimestamp() {
        ByteBuf packet = ring.get(first);
        return packet == null ? 0 : SrtPacket.timestamp(packet);
    }

    /** Releases all packets before {@code seqNo}, acknowledged or given up, sent or not. */
    void releaseBefore(int seqNo) {
        while (first != end && SeqNo.isBefore(first, seqNo)) {
            releaseFirst();
        }
        if (SeqNo.isBefore(nextUnsent, first)) {
            nextUnsent = first;
        }
    }

    /** Releases the oldest packet; answers its payload's length. */
    int releaseFirst() {
        unmark(first);
        ByteBuf packet = ring.clear(first);
        first = SeqNo.next(first);
        if (SeqNo.isBefore(lowestLost, first)) {
            lowestLost = first;
        }
        if (SeqNo.isBefore(nextUnsent, first)) {
            nextUnsent = first;
        }
        if (packet == null) {
            return 0;
        }
        int length = DataPacket.payloadLength(packet);
        payloadBytes -= length;
        packet.release();
        return length;
    }

    /** Releases everything. */
    void clear() {
        while (first != end) {
            releaseFirst();
        }
    }

    private boolean unmark(int seqNo) {
        int i = seqNo & (ring.capacity() - 1);
        long bit = 1L << i;
        if ((lostBits[i >> 6] & bit) == 0) {
            return false;
        }
        lostBits[i >> 6] &= ~bit;
        lost--;
        return true;
    }

    private void regrow() {
        int old = retransmittedUs.length;
        int[] oldTimes = retransmittedUs;
        long[] oldBits = lostBits;
        retransmittedUs = new int[ring.capacity()];
        lostBits = new long[(ring.capacity() + 63) / 64];
        for (int seqNo = first; seqNo != end; seqNo = SeqNo.next(seqNo)) {
            int from = seqNo & (old - 1);
            int to = seqNo & (ring.capacity() - 1);
            retransmittedUs[to] = oldTimes[from];
            lostBits[to >> 6] |= (oldBits[from >> 6] >>> from & 1) << to;
        }
    }
}
