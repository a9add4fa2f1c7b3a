// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.packet;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Finds the packets in a stream of bytes that comes in pieces of any length: 188 bytes each, or 192 (four bytes of arrival time in front) or 204 (16
 * bytes of parity behind), from any first byte on. The result does not depend on the pieces.
 *
 * <ul>
 *   <li>Packets begin where {@value #ACQUIRE} sync bytes in a row lie a packet size apart; fewer are enough only where the input ends: all of
 *       a short one, or what follows a loss.
 *   <li>A packet without its sync byte between others that have theirs is one damaged packet. Otherwise sync is lost, and packets go on where
 *       {@value #REACQUIRE} sync bytes in a row lie the known size apart ({@value #ACQUIRE}, another size).
 *   <li>A packet that straddles two pieces is copied into a buffer of its own, no other is. At most {@value #MOST_HELD} bytes are held.
 * </ul>
 *
 * Call {@link #finish} at the end: it also releases what is held. Not thread-safe.
 */
public final class PacketFramer {
    /** Sync bytes in a row that begin a stream (ISO/IEC 13818-1, annex G; TR 101 290, 1.1). */
    public static final int ACQUIRE = 5;
    /** Sync bytes in a row that go on with it after a loss. */
    public static final int REACQUIRE = 3;

    private static final int[] SIZES = {188, 192, 204};
    private static final int LONGEST = 204;

    private static final int MOST_HELD = (ACQUIRE - 1) * LONGEST + 1;

    private final PacketSink sink;
    private final FaultSink faults;
    private final ByteBufAllocator allocator;

    private boolean acquired;
    private boolean locked;
    private int packetSize;
    private int skip;
    private int needed;
    private long offset;
    private long firstPacketOffset = -1;
    private @Nullable ByteBuf held;
    private int heldLength;

    public PacketFramer(PacketSink sink, FaultSink faults) {
        this(sink, faults, ByteBufAllocator.DEFAULT);
    }

    /** A framer whose copies of straddling packets come from this allocator. */
    public PacketFramer(PacketSink sink, FaultSink faults, ByteBufAllocator allocator) {
        this.sink = sink;
        this.faults = faults;
        this.allocator = allocator;
    }

    /** 188, 192 or 204; 0 before the first packet. */
    public int packetSize() {
        return packetSize;
    }

    /** The offset in the input of the first packet's sync byte; -1 before it. */
    public long firstPacketOffset() {
        return firstPacketOffset;
    }

    /** Takes the next piece. The buffer is lent; its indexes are not moved. */
    public void onData(ByteBuf data) {
        int from = data.readerIndex();
        int to = data.writerIndex();
        int position = from;
        while (heldLength > 0 && position < to) {
            position = topUp(data, position, to);
            if (heldLength < needed) {
                return;
            }
            int rest = heldLength - process(holding(), heldLength, 0, false);
            if (rest <= position - from) {
                position -= rest; // What is left came with this piece: go on where it lies.
                heldLength = 0;
            } else {
                renew(holding(), heldLength - rest, rest);
            }
        }
        if (position < to) {
            int end = process(data, to, position, false);
            if (end < to) {
                keep(data, end, to - end);
            }
        }
    }

    /** The input is at its end: decides what waited for more, reports a truncated packet, and is ready for another stream. */
    public void finish() {
        if (heldLength > 0) {
            int rest = heldLength - process(holding(), heldLength, 0, true);
            if (rest > 0 && locked) {
                faults.onFault(TsFault.TRUNCATED_PACKET, Pid.NONE);
            }
        }
        if (held != null) {
            held.release();
            held = null;
        }
        heldLength = 0;
        acquired = false;
        locked = false;
        skip = 0;
    }

    private int topUp(ByteBuf data, int position, int to) {
        int taken = Math.min(needed - heldLength, to - position);
        TsPacket.copy(data, position, holding(), heldLength, taken);
        heldLength += taken;
        return position + taken;
    }

    /** Holds bytes until more come. A buffer that a sink has retained is not written again. */
    private void keep(ByteBuf data, int from, int length) {
        if (held == null || held.refCnt() > 1) {
            renew(data, from, length);
        } else {
            TsPacket.copy(data, from, held, 0, length);
            heldLength = length;
        }
    }

    private void renew(ByteBuf data, int from, int length) {
        ByteBuf old = held;
        ByteBuf fresh = allocator.buffer(MOST_HELD, MOST_HELD);
        TsPacket.copy(data, from, fresh.writerIndex(MOST_HELD), 0, length);
        held = fresh;
        heldLength = length;
        if (old != null) {
            old.release();
        }
    }

    private ByteBuf holding() {
        if (held == null) {
            throw new IllegalStateException("nothing is held");
        }
        return held;
    }

    /** Goes as far as it can; {@code needed} then says how many bytes from the returned index on would let it go further. */
    private int process(ByteBuf data, int to, int from, boolean ended) {
        int position = from;
        while (true) {
            if (skip > 0) {
                int skipped = Math.min(skip, to - position);
                skip -= skipped;
                position += skipped;
            }
            if (position == to) {
                break;
            }
            if (!locked) {
                position = search(data, position, to, offset - from, ended);
                if (!locked) {
                    break;
                }
            }
            position = deliver(data, position, to);
            if (position == to || skip > 0) {
                continue;
            }
            if (data.getByte(position) == TsPacket.SYNC_BYTE || (ended && to - position < TsPacket.SIZE)) {
                needed = TsPacket.SIZE;
                break;
            }
            int wanted = 2 * packetSize + 1;
            if (to - position < wanted && !ended) {
                needed = wanted;
                break;
            }
            position = damaged(data, position, to);
        }
        offset += position - from;
        return position;
    }

    private int deliver(ByteBuf data, int from, int to) {
        if (packetSize != TsPacket.SIZE) {
            if (to - from < TsPacket.SIZE || data.getByte(from) != TsPacket.SYNC_BYTE) {
                return from;
            }
            skip = packetSize - TsPacket.SIZE;
            sink.onPackets(data, from, 1);
            return from + TsPacket.SIZE;
        }
        int position = from;
        int places = (to - from) / TsPacket.SIZE;
        while (places > 0) {
            int count = sink.onPlaces(data, position, places);
            if (count == 0) {
                break;
            }
            position += count * TsPacket.SIZE;
            places -= count;
        }
        return position;
    }

    private int damaged(ByteBuf data, int position, int to) {
        if (run(data, position + packetSize, to, packetSize, 2) == 2) {
            faults.onFault(TsFault.SYNC_BYTE, Pid.NONE);
            sink.onDamagedPacket(data, position);
            skip = packetSize - TsPacket.SIZE;
            return position + TsPacket.SIZE;
        }
        locked = false;
        faults.onFault(TsFault.SYNC_LOSS, Pid.NONE);
        sink.onSyncLoss();
        return position + 1;
    }

    /** Looks for the next packet; returns where it is, or from where on more bytes are needed to tell. */
    private int search(ByteBuf data, int from, int to, long base, boolean ended) {
        for (int position = from; position < to; position++) {
            position = data.indexOf(position, to, (byte) TsPacket.SYNC_BYTE);
            if (position < 0) {
                break;
            }
            int size = ended ? sizeAtEnd(data, position, to, base + position) : size(data, position, to);
            if (size < 0) {
                needed = -size;
                return position;
            }
            if (size > 0) {
                locked = true;
                acquired = true;
                packetSize = size;
                if (firstPacketOffset < 0) {
                    firstPacketOffset = base + position;
                }
                return position;
            }
        }
        return to;
    }

    /** The packet size if packets begin here, 0 if none do, or less: the bytes that are needed to tell. */
    private int size(ByteBuf data, int position, int to) {
        if (acquired) {
            int wanted = (REACQUIRE - 1) * packetSize + 1;
            if (to - position < wanted) {
                return -wanted;
            }
            if (run(data, position, to, packetSize, REACQUIRE) == REACQUIRE) {
                return packetSize;
            }
        }
        if (to - position < MOST_HELD) {
            return -MOST_HELD;
        }
        for (int size : SIZES) {
            if (run(data, position, to, size, ACQUIRE) == ACQUIRE) {
                return size;
            }
        }
        return 0;
    }

    /** As above where no more bytes come: the sync bytes must go on up to the end. */
    private int sizeAtEnd(ByteBuf data, int position, int to, long at) {
        // What was long enough to show five packets in a row, and did not, shows none with fewer.
        if (to - position < TsPacket.SIZE || (!acquired && at >= MOST_HELD)) {
            return 0;
        }
        int best = 0;
        int longest = 0;
        for (int size : SIZES) {
            boolean known = acquired && size == packetSize;
            int want = Math.min((to - position + size - 1) / size, known ? REACQUIRE : ACQUIRE);
            int hits = run(data, position, to, size, want);
            // One sync byte alone begins a packet only if the packet is all there is.
            boolean enough = hits == want && (hits > 1 || known || at == 0 || at == size - TsPacket.SIZE);
            if (enough && hits > longest) {
                best = size;
                longest = hits;
            }
        }
        return best;
    }

    static int run(ByteBuf data, int from, int to, int size, int most) {
        int hits = 0;
        for (int i = from; hits < most && i < to && data.getByte(i) == TsPacket.SYNC_BYTE; i += size) {
            hits++;
        }
        return hits;
    }
}
