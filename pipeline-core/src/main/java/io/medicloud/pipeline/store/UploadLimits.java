// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.store;

import io.medicloud.pipeline.retry.Backoff;
import java.time.Duration;

/**
 * How hard the store is worked.
 *
 * @param concurrency how many uploads may be under way at once, of all streams; a stream has one at a time
 * @param mostQueuedPerStream how many segments of one stream may wait in memory; past it {@link UploadLane#add} says no,
 *     and the segment waits on disk
 * @param backoff the delays after failures that heal by themselves
 * @param refusedRetry the time between attempts, of all streams together, while the store refuses us
 * @param checkEvery the time between checks of the store's health
 * @param unreadableFor how long segments whose files cannot be read are tried, all together, before they are given up: a disk may be away for a while
 */
public record UploadLimits(
        int concurrency,
        int mostQueuedPerStream,
        Backoff backoff,
        Duration refusedRetry,
        Duration checkEvery,
        Duration unreadableFor) {
    /** 8 at once, 1000 waiting a stream, 250 ms to 30 s, 5 s while refused, a check every 5 s, a minute for a file. */
    public static final UploadLimits DEFAULT = new UploadLimits(
            8, 1000, Backoff.DEFAULT, Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofMinutes(1));

    /** @throws IllegalArgumentException if a limit is of no use; the message names it */
    public UploadLimits {
        if (concurrency < 1) {
            throw new IllegalArgumentException("concurrency is " + concurrency + ", at least 1 is needed");
        }
        if (mostQueuedPerStream < 1) {
            throw new IllegalArgumentException("mostQueuedPerStream is " + mostQueuedPerStream + ", at least 1");
        }
        if (refusedRetry.isNegative() || refusedRetry.isZero()) {
            throw new IllegalArgumentException("refusedRetry must be above 0");
        }
        if (checkEvery.isNegative() || checkEvery.isZero()) {
            throw new IllegalArgumentException("checkEvery must be above 0");
        }
        if (unreadableFor.isNegative()) {
            throw new IllegalArgumentException("unreadableFor must not be below 0");
        }
    }
}
