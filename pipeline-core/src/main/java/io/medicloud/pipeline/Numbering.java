// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.pipeline.spool.SegmentName;
import io.medicloud.pipeline.spool.StreamFolder;
import io.medicloud.pipeline.store.SegmentStore;
import io.medicloud.pipeline.store.StoreException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which number a stream's next segment gets: one more than the highest that its folder or the store knows. A store that
 * does not answer in time is left out; should a number then be taken, the store's own check keeps what stands there.
 */
final class Numbering {
    private static final Logger LOG = LoggerFactory.getLogger(Numbering.class);

    private final SegmentStore store;
    private final ExecutorService lookups;
    private final Duration patience;

    Numbering(SegmentStore store, ExecutorService lookups, Duration patience) {
        this.store = store;
        this.lookups = lookups;
        this.patience = patience;
    }

    /** Blocks for as long as the look-up may take; makes the number durable. */
    long next(StreamFolder folder, String keyPrefix) throws IOException {
        long next = Math.max(folder.nextSequence(), highestIn(keyPrefix) + 1);
        folder.recordNext(next);
        return next;
    }

    private long highestIn(String keyPrefix) throws IOException {
        Future<Long> answer;
        try {
            answer = lookups.submit(() -> list(keyPrefix));
        } catch (RejectedExecutionException e) {
            LOG.warn("Too many look-ups are under way: {} is numbered by the spool alone", keyPrefix);
            return 0;
        }
        try {
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            LOG.warn("The store did not answer in {}: {} is numbered by the spool alone", patience, keyPrefix);
            return 0;
        } catch (ExecutionException e) {
            LOG.warn("The store cannot be asked, {} is numbered by the spool alone: {}", keyPrefix, e.getMessage());
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while asking the store for the segments below " + keyPrefix, e);
        }
    }

    private long list(String keyPrefix) throws StoreException {
        long[] highest = new long[1];
        store.list(keyPrefix, object -> {
            String name = object.key().substring(keyPrefix.length());
            highest[0] = Math.max(
                    highest[0],
                    name.contains("/") ? 0 : SegmentName.sequenceOf(name).orElse(0));
        });
        return highest[0];
    }
}
