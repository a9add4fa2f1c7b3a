// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.pipeline.spool.SpoolLimits;
import io.medicloud.pipeline.store.UploadLimits;
import java.time.Duration;

/**
 * The limits of everything that could grow, or last.
 *
 * @param spool what may wait for the disk
 * @param uploads how hard the store is worked
 * @param lookup how long opening a stream may wait for the store to say which segments it has
 * @param drain how long a stream whose source has ended waits for its uploads before it counts as ended
 */
public record Limits(SpoolLimits spool, UploadLimits uploads, Duration lookup, Duration drain) {
    /** The usual limits; 3 s for a look-up, 20 s to drain. */
    public static final Limits DEFAULT =
            new Limits(SpoolLimits.DEFAULT, UploadLimits.DEFAULT, Duration.ofSeconds(3), Duration.ofSeconds(20));
}
