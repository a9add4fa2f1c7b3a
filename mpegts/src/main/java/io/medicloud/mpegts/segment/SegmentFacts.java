// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.packet.Pts;

/**
 * What a segment turned out to be.
 *
 * @param sequence its number
 * @param bytes all its bytes, those of the injected packets included
 * @param packets all its packets, 188 bytes each
 * @param injectedPackets how many of them, at its beginning, were put in front: copies of PAT and PMT, and parameter sets
 * @param injectedParameterSets how many of those carry parameter sets, which the policy asked to repeat
 * @param startPacket the number in the input, from 0, of its first packet that was not put in front
 * @param startPts the first presentation time stamp of the stream that times it, 33 bits as sent; {@link Pts#NONE} if it has none
 * @param durationTicks from its start to the next one's start, in 90 kHz; for the last one, and before a jump, to the end of its last picture
 * @param bitrate bits a second of all its packets, by the program's clock (PCR); {@link #NO_BITRATE} if that has not two values in it
 * @param independent whether it begins with PAT, PMT, then a random access point with its parameter sets at the first byte of its PES packet
 * @param discontinuity whether its times, or its streams, do not go on from the segment before it
 * @param faults what was wrong with the stream
 */
public record SegmentFacts(
        long sequence,
        long bytes,
        long packets,
        int injectedPackets,
        int injectedParameterSets,
        long startPacket,
        long startPts,
        long durationTicks,
        long bitrate,
        boolean independent,
        boolean discontinuity,
        SegmentFaults faults) {
    /** No bit rate is known. */
    public static final long NO_BITRATE = -1;

    /** Facts without parameter sets, clock, and faults but those of continuity. */
    public SegmentFacts(
            long sequence,
            long bytes,
            long packets,
            int injectedPackets,
            long startPacket,
            long startPts,
            long durationTicks,
            boolean independent,
            boolean discontinuity,
            long continuityErrors) {
        this(
                sequence,
                bytes,
                packets,
                injectedPackets,
                0,
                startPacket,
                startPts,
                durationTicks,
                NO_BITRATE,
                independent,
                discontinuity,
                SegmentFaults.ofContinuity(continuityErrors));
    }

    /** Breaks of continuity_counter in its packets. */
    public long continuityErrors() {
        return faults.continuity();
    }

    /** The duration in seconds. */
    public double durationSeconds() {
        return durationTicks / (double) Pts.HZ;
    }

    /** The presentation time, 33 bits, at which it ends: {@code startPts} and the duration; {@link Pts#NONE} without a start. */
    public long endPts() {
        return startPts == Pts.NONE ? Pts.NONE : (startPts + durationTicks) & (Pts.WRAP - 1);
    }
}
