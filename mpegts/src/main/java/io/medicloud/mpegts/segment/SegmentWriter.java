// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.packet.TsPacket;
import io.netty.buffer.ByteBufAllocator;

/** The open segment: what is known of it so far, and its beginning and end for the sink. */
final class SegmentWriter {
    private final SegmentSink sink;
    private final PacketFlow flow;
    private final ByteBufAllocator allocator;
    private final long mostPackets;

    private boolean open;
    private long sequence;
    private long first;
    private int injected;
    private long startPts;
    private boolean independent;
    private boolean discontinuity;
    private long continuityErrors;

    SegmentWriter(SegmentSink sink, PacketFlow flow, ByteBufAllocator allocator, long firstSequence, long mostPackets) {
        this.sink = sink;
        this.flow = flow;
        this.allocator = allocator;
        this.sequence = firstSequence;
        this.mostPackets = mostPackets;
    }

    boolean isOpen() {
        return open;
    }

    /** The number of its first packet. */
    long first() {
        return first;
    }

    /** The number of the packet that it has no room for. */
    long full() {
        return open ? first + mostPackets - injected : Long.MAX_VALUE;
    }

    /** A segment starts with what comes next. */
    void begin(boolean afterDiscontinuity) {
        open = true;
        first = flow.given();
        injected = 0;
        startPts = Pts.NONE;
        independent = false;
        discontinuity = afterDiscontinuity;
        continuityErrors = 0;
        sink.onSegmentStart(sequence);
    }

    /** Puts tables in front of a segment that has just begun. */
    void inject(TablesInForce tables) {
        injected = tables.count();
        if (injected > 0) {
            sink.takePackets(tables.copies(allocator));
        }
    }

    /** The reference stream's next PTS; the first one is the segment's. */
    void onPts(long pts) {
        if (startPts == Pts.NONE) {
            startPts = pts;
        }
    }

    void setIndependent(boolean independent) {
        this.independent = independent;
    }

    void setDiscontinuity() {
        discontinuity = true;
    }

    /** Counts breaks of continuity, or, if negative, takes some back: they lie behind the segment's end. */
    void addContinuityErrors(long errors) {
        continuityErrors += errors;
    }

    /** The segment ends in front of this packet. */
    void end(long before, long duration) {
        flow.give(before);
        open = false;
        long packets = before - first + injected;
        sink.onSegmentEnd(new SegmentFacts(
                sequence,
                packets * TsPacket.SIZE,
                packets,
                injected,
                first,
                startPts,
                duration,
                independent,
                discontinuity,
                continuityErrors));
        sequence++;
    }
}
