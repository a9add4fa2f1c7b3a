// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.demux.FaultCounters;
import io.medicloud.mpegts.packet.FaultSink;
import io.medicloud.mpegts.packet.PacketFramer;
import io.medicloud.mpegts.packet.TsFault;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Cuts a transport stream, live or from a file, into segments that each begin with PAT, PMT and a random access point, as far as the stream has them.
 *
 * <p>Takes bytes in pieces of any size, and packets of 188, 192 or 204 bytes, which leave as 188. The input's packets leave untouched and in order, as
 * slices of the buffers they came in; only a packet that straddles two buffers is copied. In front of a segment that does not begin with PAT and PMT
 * come copies of those in force. What is cut where does not depend on the pieces.
 *
 * <p>Segments are timed by the first video stream of the PAT's first program; without video by its first audio stream, which is cut at the start of any of
 * its PES packets. Packets are held back while it is decided whether a segment starts in front of them: at most 350 packets and 64 KiB from the start
 * of a PES packet on, 350 packets of tables and stuffing in front of it, and for 500 ms. All else is handed on before a call returns.
 *
 * <p>Bad input is counted and reported, never thrown. Time is an argument, in µs from any origin; for a file, where it means nothing, hand in 0. Not
 * thread-safe. Call {@link #finish} in the end: it hands on what is held, and releases it.
 */
public final class Segmenter {
    private final FaultCounters faults;
    private final PacketPath path;
    private final PacketFramer framer;

    /** A segmenter whose first segment has number 1. */
    public Segmenter(SegmentPolicy policy, SegmentSink sink) {
        this(policy, sink, 1, FaultSink.NONE, ByteBufAllocator.DEFAULT);
    }

    /** A segmenter that counts its segments from {@code firstSequence}. */
    public Segmenter(SegmentPolicy policy, SegmentSink sink, long firstSequence) {
        this(policy, sink, firstSequence, FaultSink.NONE, ByteBufAllocator.DEFAULT);
    }

    /**
     * A segmenter.
     *
     * @param policy how long segments are
     * @param sink is given the segments
     * @param firstSequence the number of the first one
     * @param faults is told what is wrong with the stream
     * @param allocator of the few buffers that are ours: straddling packets, and tables in front
     */
    public Segmenter(
            SegmentPolicy policy, SegmentSink sink, long firstSequence, FaultSink faults, ByteBufAllocator allocator) {
        this.faults = new FaultCounters(faults);
        this.path = new PacketPath(policy, sink, firstSequence, this.faults, allocator);
        this.framer = new PacketFramer(path, this.faults, allocator);
    }

    /**
     * Takes the next piece of the stream.
     *
     * @param data lent; its indexes are not moved, its bytes must not be written again while slices of it live
     * @param nowUs when it arrived
     */
    public void onData(ByteBuf data, long nowUs) {
        path.onTime(nowUs);
        path.onLent(data);
        framer.onData(data);
        path.onTakenBack();
    }

    /** Time passes: hands on what was held back for too long. To be called when no data came for a while. */
    public void onTime(long nowUs) {
        path.onTime(nowUs);
    }

    /**
     * The source was cut, and another stream follows, or the same one after a break: what is held is handed on, the open segment ends, and the next one
     * begins anew, flagged as a discontinuity. Numbers go on.
     */
    public void onDiscontinuity() {
        framer.finish();
        path.end();
    }

    /** The stream is at its end: hands on what is held, and ends the open segment. */
    public void finish() {
        onDiscontinuity();
    }

    /**
     * The segments that begin from now on have another policy; the open one ends by the one before.
     *
     * @throws IllegalArgumentException if it is for another program, or differs in whether parameter sets are repeated: these are a segmenter's for good
     */
    public void setPolicy(SegmentPolicy policy) {
        path.setPolicy(policy);
    }

    /** Packets so far, with those that lack only their sync byte. */
    public long packets() {
        return path.packets();
    }

    /** 188, 192 or 204; 0 while no packet was found. */
    public int packetSize() {
        return framer.packetSize();
    }

    /** How often a fault was met. */
    public long count(TsFault fault) {
        return faults.count(fault);
    }

    /** How often a PES packet was no place to cut because the hold window was too small to tell what begins with it. */
    public long windowsExceeded() {
        return path.cutter().window().exceeded();
    }

    /** How often a PES packet was no place to cut because packets in the hold window were missing, damaged or scrambled. */
    public long marksVoided() {
        return path.cutter().marksVoided();
    }
}
