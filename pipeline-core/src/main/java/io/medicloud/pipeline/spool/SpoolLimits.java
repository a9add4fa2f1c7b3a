// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.spool;

import java.time.Duration;

/**
 * What may wait for the disk. At a limit a live stream's segment is cut short and what comes is dropped and counted until
 * half of it is free again; a source that can wait is made to.
 *
 * @param mostQueuedBytes received bytes of one stream that wait to be written, at least {@link #LEAST}
 * @param mostQueuedBytesInAll the same for all streams together, at least {@code mostQueuedBytes}
 * @param mostSealing segments written but not yet forced to disk, of all streams; past it the writer waits
 * @param forceEvery how often what was written of open segments is forced to disk, and so about how much of them a power
 *     cut may cost; zero for not before they are sealed. A killed process costs none of it.
 */
public record SpoolLimits(long mostQueuedBytes, long mostQueuedBytesInAll, int mostSealing, Duration forceEvery) {
    /** The least of {@code mostQueuedBytes}: two batches. */
    public static final long LEAST = 2L * SpoolStream.MOST_BATCH_BYTES;

    /** 8 MiB a stream (8 s of 8 Mbit/s), 128 MiB in all, 64 segments, forced every second. */
    public static final SpoolLimits DEFAULT = new SpoolLimits(8L << 20, 128L << 20, 64, Duration.ofSeconds(1));

    /** @throws IllegalArgumentException if a limit is of no use; the message names it */
    public SpoolLimits {
        if (mostQueuedBytes < LEAST) {
            throw new IllegalArgumentException("mostQueuedBytes is " + mostQueuedBytes + ", at least " + LEAST);
        }
        if (mostQueuedBytesInAll < mostQueuedBytes) {
            throw new IllegalArgumentException("mostQueuedBytesInAll is less than mostQueuedBytes");
        }
        if (forceEvery.isNegative()) {
            throw new IllegalArgumentException("forceEvery is " + forceEvery + ", less than zero");
        }
        if (mostSealing < 1) {
            throw new IllegalArgumentException("mostSealing is " + mostSealing + ", at least 1 is needed");
        }
    }

    /** The same with another interval. */
    public SpoolLimits withForceEvery(Duration interval) {
        return new SpoolLimits(mostQueuedBytes, mostQueuedBytesInAll, mostSealing, interval);
    }
}
