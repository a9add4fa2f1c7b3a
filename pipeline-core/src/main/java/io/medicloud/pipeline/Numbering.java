// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.record.LedgerException;
import io.medicloud.pipeline.record.StreamRecord;
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
 * Which number a stream's next segment gets: one more than the highest that the record, its folder or the store knows. A store that
 * does not answer in time is left out; should a number then be taken, the store's own check keeps what stands there.
 */
final class Numbering {
    private static final Logger LOG = LoggerFactory.getLogger(Numbering.class);

    private final SegmentStore store;
    private final Ledger ledger;
    private final ExecutorService lookups;
    private final Duration patience;

    Numbering(SegmentStore store, Ledger ledger, ExecutorService lookups, Duration patience) {
        this.store = store;
        this.ledger = ledger;
        this.lookups = lookups;
        this.patience = patience;
    }

    /** Blocks for as long as the look-up may take; makes the number, and where the stream goes, durable. */
    long next(StreamFolder folder) throws IOException {
        long found = Math.max(folder.highestSequence(), highestIn(folder.keyPrefix())) + 1;
        Ledger.await(ledger.putStream(folder.streamId(), folder.keyPrefix(), found));
        try {
            StreamRecord stream = ledger.stream(folder.streamId());
            return stream == null ? found : stream.nextSequence();
        } catch (LedgerException e) {
            throw new IOException(e.getMessage(), e);
        }
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
