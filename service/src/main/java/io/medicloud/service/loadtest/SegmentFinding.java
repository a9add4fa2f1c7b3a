// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

/**
 * What a segment is, held against what was sent.
 *
 * @param verdict in a word
 * @param packets of the segment that were sent and stand where they belong
 * @param lostPackets that were sent before the last of them and are nowhere
 * @param injectedPackets tables in front
 * @param firstDueUs when its first stamp was due, 0 if it has none
 * @param lastDueUs when its last stamp was due, 0 if it has none
 * @param fault what is wrong, empty if nothing is
 */
record SegmentFinding(
        Verdict verdict,
        long packets,
        long lostPackets,
        int injectedPackets,
        long firstDueUs,
        long lastDueUs,
        String fault) {
    /** Whether it is what it should be. */
    enum Verdict {
        /** Byte for byte what was sent, from where the one before it ended. */
        RIGHT,
        /** Was sent, in that order, but packets are missing in it or in front of it. */
        GAPS,
        /** Holds something else. */
        WRONG
    }
}
