// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.pipeline.store.BreakerState;
import io.medicloud.pipeline.store.UploadCounts;
import io.medicloud.pipeline.store.UploadQueue;

/** What is measured of the way to the store, of all streams. Thread-safe. */
public final class UploadFigures {
    private final UploadQueue queue;
    private final UploadWays ways;

    UploadFigures(UploadQueue queue, UploadWays ways) {
        this.queue = queue;
        this.ways = ways;
    }

    /** What came of the attempts. */
    public UploadCounts counts() {
        return queue.counts();
    }

    /** What the circuit breaker of the store's endpoint lets through. */
    public BreakerState breaker() {
        return queue.breakerState();
    }

    /** Segments that wait, with those under way. */
    public int waiting() {
        return queue.pending();
    }

    /** The bytes of those. */
    public long waitingBytes() {
        return queue.pendingBytes();
    }

    /** How long the oldest has waited, in nanoseconds; 0 if none waits. */
    public long oldestNanos() {
        long oldest = 0;
        for (StreamUploads way : ways.all()) {
            oldest = Math.max(oldest, way.oldestNanos());
        }
        return oldest;
    }
}
