// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import java.util.concurrent.atomic.AtomicLong;

/** What is counted of one run of a stream; each is written by one thread and read by any. */
final class PipelineCounters {
    final AtomicLong connections = new AtomicLong();
    final AtomicLong receivedBytes = new AtomicLong();
    /** Dropped before the segmenter saw them, or behind it. */
    final AtomicLong droppedBytes = new AtomicLong();

    final AtomicLong segmentsSealed = new AtomicLong();

    /** Of the newest segment. */
    volatile Newest newest = new Newest(Deliveries.nowUs(), 0, 0, SegmentFigures.NOT_KNOWN);

    /**
     * The segment that was sealed last.
     *
     * @param atUs when, or when the stream was opened
     */
    record Newest(long atUs, double seconds, long bytes, long spoolUs) {}
}
