// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

/**
 * What a segment turned out to be.
 *
 * @param sequence its number
 * @param bytes all its bytes, those of the injected packets included
 * @param packets all its packets, 188 bytes each
 * @param injectedPackets how many of them, at its beginning, were put in front: copies of PAT and PMT
 * @param startPacket the number in the input, from 0, of its first packet that was not put in front
 * @param startPts the first presentation time stamp of the stream that times it, 33 bits as sent; {@link io.medicloud.mpegts.packet.Pts#NONE}
 *     if it has none
 * @param durationTicks from its start to the next one's start, in 90 kHz; for the last one, and before a jump, to the end of its last picture
 * @param independent whether it begins with PAT, PMT, then a random access point with its parameter sets at the first byte of its PES packet
 * @param discontinuity whether its times, or its streams, do not go on from the segment before it
 * @param continuityErrors breaks of continuity_counter in its packets
 */
public record SegmentFacts(
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
    /** The duration in seconds. */
    public double durationSeconds() {
        return durationTicks / 90_000.0;
    }
}
