// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.record.LedgerException;
import io.medicloud.pipeline.record.SegmentRecord;
import io.medicloud.pipeline.record.SegmentState;
import io.medicloud.pipeline.record.StreamRecord;
import io.medicloud.pipeline.store.SegmentStore;
import io.medicloud.pipeline.store.StoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes from the store what is past the limits, oldest first, and has the manifest written anew. Belongs to one thread. */
final class Retention {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
    private static final int MOST_AT_ONCE = 256;

    private final RetentionLimits limits;
    private final Ledger ledger;
    private final SegmentStore store;
    private final Reporter reporter;
    private final ClockWatch clock;
    private final ForgottenRetention forgotten;
    private final BiConsumer<String, String> onExpired;
    private boolean isTold;

    /** @param onExpired told a stream's id and a prefix of keys below which segments are gone */
    Retention(
            RetentionLimits limits,
            Ledger ledger,
            SegmentStore store,
            Reporter reporter,
            ClockWatch clock,
            BiConsumer<String, String> onExpired) {
        this.limits = limits;
        this.ledger = ledger;
        this.store = store;
        this.forgotten = new ForgottenRetention(ledger, store, reporter);
        this.reporter = reporter;
        this.clock = clock;
        this.onExpired = onExpired;
    }

    /** Deletes what is past a limit now; what the store does not delete is tried again at the next look. */
    void look() {
        boolean isDone = true;
        try {
            for (StreamRecord stream : ledger.streams()) {
                isDone &= expireSafely(stream);
            }
        } catch (LedgerException e) {
            tell(e);
            isDone = false;
        }
        isTold = !isDone;
    }

    /** One stream's segments that cannot be deleted hold up no other's. */
    private boolean expireSafely(StreamRecord stream) throws LedgerException {
        try {
            expire(stream);
            return true;
        } catch (StoreException e) {
            tell(e);
            return false;
        }
    }

    private void tell(Exception why) {
        if (!isTold) {
            LOG.warn("Segments past their time are not deleted yet: {}", why.getMessage());
        }
        isTold = true;
    }

    private void expire(StreamRecord stream) throws LedgerException, StoreException {
        RetentionLimits kept = limits.with(ledger.retention(stream.id()));
        if (kept.isUnlimited()) {
            return;
        }
        // The time is taken before the clock is judged.
        long beforeMs = reporter.now().minus(kept.age()).toEpochMilli();
        if (kept.age().isZero() || !clock.isTrusted()) {
            beforeMs = 0;
        }
        try {
            forgotten.expire(stream.id(), kept, beforeMs, MOST_AT_ONCE);
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue(Reporter.STREAM, stream.id())
                    .log("Stream {}: that segments are deleted is not recorded yet: {}", stream.id(), e.getMessage());
            return;
        }
        List<SegmentRecord> expired = ledger.expired(stream.id(), beforeMs, kept.bytes(), kept.count(), MOST_AT_ONCE);
        Set<String> prefixes = new TreeSet<>();
        Set<String> shards = new TreeSet<>();
        List<CompletionStage<Void>> recorded = new ArrayList<>();
        for (SegmentRecord segment : expired) {
            store.delete(segment.key());
            String prefix = segment.key().substring(0, segment.key().lastIndexOf('/') + 1);
            prefixes.add(prefix);
            if (segment.place().hasStart()) {
                shards.add(BucketPlaylists.shard(prefix, segment.place().startMs()));
            }
            recorded.add(reporter.onMoved(
                    stream.id(),
                    segment.sequence(),
                    SegmentState.EXPIRED,
                    new StreamEvent.SegmentExpired(stream.id(), reporter.now(), segment.sequence(), segment.key())));
        }
        try {
            for (CompletionStage<Void> change : recorded) {
                Ledger.await(change);
            }
        } catch (IOException e) {
            LOG.atWarn()
                    .addKeyValue(Reporter.STREAM, stream.id())
                    .log("Stream {}: that segments are deleted is not recorded yet: {}", stream.id(), e.getMessage());
        }
        deleteShards(stream.id(), expired, shards);
        prefixes.forEach(prefix -> onExpired.accept(stream.id(), prefix));
    }

    /** Playlists of hours of which nothing is left; that of the hour of the oldest segment is written anew with the next one. */
    private void deleteShards(String streamId, List<SegmentRecord> expired, Set<String> shards)
            throws LedgerException, StoreException {
        if (expired.isEmpty()) {
            return;
        }
        SegmentRecord last = expired.get(expired.size() - 1);
        String prefix = last.key().substring(0, last.key().lastIndexOf('/') + 1);
        for (SegmentRecord oldest : ledger.segments(streamId, last.sequence() + 1, 1)) {
            shards.remove(BucketPlaylists.shard(prefix, oldest.place().startMs()));
        }
        for (String shard : shards) {
            store.delete(shard);
        }
    }
}
