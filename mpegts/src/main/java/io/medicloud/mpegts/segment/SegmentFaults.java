// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

/**
 * What was wrong with the stream while a segment was open.
 *
 * @param syncLoss times that packets had to be searched for, and packets without their sync byte
 * @param transport packets with transport_error_indicator
 * @param continuity breaks of continuity_counter in the segment's packets
 * @param crc sections whose CRC is wrong
 * @param pes PES packets of the stream that times it without a sound header
 */
public record SegmentFaults(long syncLoss, long transport, long continuity, long crc, long pes) {
    /** Nothing. */
    public static final SegmentFaults NONE = ofContinuity(0);

    /** These breaks of continuity, and nothing else. */
    public static SegmentFaults ofContinuity(long errors) {
        return new SegmentFaults(0, 0, errors, 0, 0);
    }
}
