// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.pipeline.spool.SealedSegment;
import java.time.Duration;

/** Hears how segments come on, and how long they were on their way. Called on the threads that seal and upload: must not block. */
public interface DeliverySink {
    /** Nobody listens. */
    DeliverySink NONE = new DeliverySink() {};

    /** A segment is whole on our disk, so long after its last bytes had arrived. */
    default void onSpooled(SealedSegment segment, Duration took) {}

    /** A segment stands in the store, so long after its last bytes had arrived. Not told of what an earlier process left. */
    default void onStored(SealedSegment segment, Duration took) {}

    /**
     * A segment that stands in the store has nothing left to do here. Not told of what an earlier process left.
     *
     * @param isListed the stream's manifest in the store has it; otherwise that is tried again
     */
    default void onDone(SealedSegment segment, boolean isListed) {}
}
