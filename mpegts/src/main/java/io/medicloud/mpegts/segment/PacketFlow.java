// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.packet.TsPacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;

/**
 * The packets on their way to the sink: those that are held back, and behind them those of the buffer that is being read. Packets go by their number in the
 * input. Neighbours in a buffer leave as one slice of it.
 */
final class PacketFlow {
    private final SegmentSink sink;
    private final ArrayDeque<ByteBuf> held = new ArrayDeque<>();
    private long given;
    private boolean reading;
    private ByteBuf data = Unpooled.EMPTY_BUFFER;
    private int start;
    private long first;

    PacketFlow(SegmentSink sink) {
        this.sink = sink;
    }

    /** The number of the first packet that the sink does not have yet. */
    long given() {
        return given;
    }

    /** Whether reading goes on in the buffer that was entered last, which holds the packet with this number at {@code start}. */
    boolean isNext(int start, long number) {
        return reading && start - this.start == (number - first) * TsPacket.SIZE;
    }

    /** Reading goes on in this buffer: its packet at {@code start} has this number. The buffer is lent until {@link #leave}. */
    void enter(ByteBuf data, int start, long number) {
        reading = true;
        this.data = data;
        this.start = start;
        this.first = number;
    }

    /** Gives the sink all packets before this one. */
    void give(long before) {
        while (given < before && !held.isEmpty()) {
            ByteBuf head = held.element();
            long packets = head.readableBytes() / TsPacket.SIZE;
            if (packets <= before - given) {
                held.remove();
                given += packets;
                sink.takePackets(head);
            } else {
                ByteBuf part = head.readRetainedSlice((int) (before - given) * TsPacket.SIZE);
                given = before;
                sink.takePackets(part);
            }
        }
        if (given < before) {
            ByteBuf packets = slice(before);
            given = before;
            sink.takePackets(packets);
        }
    }

    /** The buffer, if there is one, is read up to the packet {@code end}: gives what is before {@code holdFrom}, and keeps hold of the rest. */
    void leave(long end, long holdFrom) {
        give(Math.min(holdFrom, end));
        if (reading && Math.max(given, first) < end) {
            held.add(slice(end));
        }
        reading = false;
        data = Unpooled.EMPTY_BUFFER;
    }

    private ByteBuf slice(long before) {
        long from = Math.max(given, first);
        return data.retainedSlice(start + (int) (from - first) * TsPacket.SIZE, (int) (before - from) * TsPacket.SIZE);
    }
}
