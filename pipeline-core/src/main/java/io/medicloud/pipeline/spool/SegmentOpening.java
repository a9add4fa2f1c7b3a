// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.spool;

import java.nio.file.Path;

/** Hears of segments whose files begin to grow. Called on the spool's thread: must not block. */
@FunctionalInterface
public interface SegmentOpening {
    /** Nobody listens. */
    SegmentOpening NONE = (streamId, sequence, part, file) -> {};

    /**
     * A segment begins; its file is made next.
     *
     * @param part where it grows
     * @param file where it is once it is sealed, until it is deleted
     */
    void onOpening(String streamId, long sequence, Path part, Path file);
}
