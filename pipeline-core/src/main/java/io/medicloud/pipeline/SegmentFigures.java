// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

/**
 * What is known of a stream's segments at a moment. Times are microseconds.
 *
 * @param targetSeconds how long they are to be
 * @param newestUs how long ago the newest was sealed; before the first, how long ago the stream was opened
 * @param seconds the newest's duration, 0 before the first
 * @param bytes its length, 0 before the first
 * @param spoolUs from the arrival of its last bytes until it was sealed; {@link #NOT_KNOWN} before the first
 * @param storeUs from the arrival of the last bytes of the one that was stored last until it was; {@link #NOT_KNOWN} before the first
 * @param waitingUs how long the oldest that waits for the store has waited; 0 if none does
 */
public record SegmentFigures(
        double targetSeconds, long newestUs, double seconds, long bytes, long spoolUs, long storeUs, long waitingUs) {
    /** Nothing was measured yet. */
    public static final long NOT_KNOWN = -1;
}
