// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.demux.FaultCounters;
import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.packet.TsFault;
import io.medicloud.mpegts.packet.TsPacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** The open segment: what is known of it so far, and its beginning and end for the sink. */
final class SegmentWriter {
    private final SegmentSink sink;
    private final PacketFlow flow;
    private final FaultCounters faults;
    private final ByteBufAllocator allocator;
    /** Of the open segment. */
    private long mostPackets;

    private long nextMostPackets;

    private boolean open;
    private long sequence;
    private long first;
    private int injected;
    private long startPts;
    private boolean independent;
    private boolean discontinuity;
    private long continuityErrors;
    private int parameterSets;
    private SegmentFaults before = SegmentFaults.NONE;

    SegmentWriter(
            SegmentSink sink,
            PacketFlow flow,
            FaultCounters faults,
            ByteBufAllocator allocator,
            long firstSequence,
            long mostPackets) {
        this.sink = sink;
        this.faults = faults;
        this.flow = flow;
        this.allocator = allocator;
        this.sequence = firstSequence;
        this.mostPackets = mostPackets;
        this.nextMostPackets = mostPackets;
    }

    /** The segments that begin from now on have no room for more. */
    void setMostPackets(long most) {
        nextMostPackets = most;
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
        mostPackets = nextMostPackets;
        first = flow.given();
        injected = 0;
        parameterSets = 0;
        startPts = Pts.NONE;
        independent = false;
        discontinuity = afterDiscontinuity;
        continuityErrors = 0;
        if (afterDiscontinuity) {
            sink.onDiscontinuity();
        }
        sink.onSegmentStart(sequence);
    }

    /** Puts tables in front of a segment that has just begun. */
    void inject(TablesInForce tables) {
        injected = tables.count();
        if (injected > 0) {
            sink.takePackets(tables.copies(allocator));
        }
    }

    /** Puts parameter sets in front of the picture of this mark, behind the tables. */
    void inject(byte[] sets, Mark mark, int pid) {
        ByteBuf packets = ParameterSetPackets.write(allocator, sets, mark, pid);
        parameterSets = packets.readableBytes() / TsPacket.SIZE;
        injected += parameterSets;
        sink.takePackets(packets);
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
        if (!discontinuity) {
            discontinuity = true;
            sink.onDiscontinuity();
        }
    }

    /** Counts breaks of continuity, or, if negative, takes some back: they lie behind the segment's end. */
    void addContinuityErrors(long errors) {
        continuityErrors += errors;
    }

    /** The segment ends in front of this packet. */
    void end(long next, long duration, long bitrate) {
        flow.give(next);
        open = false;
        long packets = next - first + injected;
        sink.onSegmentEnd(new SegmentFacts(
                sequence,
                packets * TsPacket.SIZE,
                packets,
                injected,
                parameterSets,
                first,
                startPts,
                duration,
                bitrate,
                independent,
                discontinuity,
                faults()));
        sequence++;
    }

    private SegmentFaults faults() {
        long syncLoss = faults.count(TsFault.SYNC_LOSS) + faults.count(TsFault.SYNC_BYTE);
        long transport = faults.count(TsFault.TRANSPORT_ERROR);
        long crc = faults.count(TsFault.CRC);
        long pes = faults.count(TsFault.PES);
        SegmentFaults told = before;
        if (syncLoss == told.syncLoss() && transport == told.transport() && crc == told.crc() && pes == told.pes()) {
            return continuityErrors == 0 ? SegmentFaults.NONE : SegmentFaults.ofContinuity(continuityErrors);
        }
        before = new SegmentFaults(syncLoss, transport, 0, crc, pes);
        return new SegmentFaults(
                syncLoss - told.syncLoss(),
                transport - told.transport(),
                continuityErrors,
                crc - told.crc(),
                pes - told.pes());
    }
}
