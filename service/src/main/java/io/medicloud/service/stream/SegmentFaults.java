// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.pipeline.event.StreamEvent;

/** Counts what went wrong with the segments of one run of a stream. Thread-safe. */
public final class SegmentFaults {
    private long lost;
    private long rejected;
    private long uploadFailures;

    SegmentFaults() {}

    /**
     * How often it did.
     *
     * @param lost numbers of which nothing exists
     * @param rejected segments that were given up, and kept aside if they were still there
     * @param uploadFailures how often a segment was told not to be stored, for good or for now
     */
    public record Counts(long lost, long rejected, long uploadFailures) {}

    synchronized void onEvent(StreamEvent event) {
        if (event instanceof StreamEvent.SegmentLost) {
            lost++;
        } else if (event instanceof StreamEvent.UploadFailed e) {
            uploadFailures++;
            rejected += e.retried() ? 0 : 1;
        }
    }

    synchronized Counts counts() {
        return new Counts(lost, rejected, uploadFailures);
    }
}
