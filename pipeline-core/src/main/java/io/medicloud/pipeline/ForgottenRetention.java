// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.record.ForgottenSegments;
import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.record.LedgerException;
import io.medicloud.pipeline.record.SegmentRecord;
import io.medicloud.pipeline.record.StoredSum;
import io.medicloud.pipeline.spool.SegmentName;
import io.medicloud.pipeline.store.SegmentStore;
import io.medicloud.pipeline.store.StoreException;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Deletes from the store what is past the limits of those segments that the record knows by the day alone: they are older than all others. */
final class ForgottenRetention {
    private final Ledger ledger;
    private final SegmentStore store;
    private final Reporter reporter;

    ForgottenRetention(Ledger ledger, SegmentStore store, Reporter reporter) {
        this.ledger = ledger;
        this.store = store;
        this.reporter = reporter;
    }

    /**
     * Deletes the oldest.
     *
     * @param beforeMs stored before that; 0 for none
     * @param most how many at once
     */
    void expire(String streamId, RetentionLimits kept, long beforeMs, int most)
            throws LedgerException, StoreException, IOException {
        List<ForgottenSegments> all = ledger.forgotten(streamId);
        if (all.isEmpty()) {
            return;
        }
        StoredSum newer = ledger.storedSum(streamId);
        long count =
                newer.count() + all.stream().mapToLong(ForgottenSegments::count).sum();
        long bytes =
                newer.bytes() + all.stream().mapToLong(ForgottenSegments::bytes).sum();
        int left = most;
        for (ForgottenSegments day : all) {
            long expired = Math.min(left, expiredOf(day, kept, beforeMs, count, bytes));
            if (expired == 0) {
                return;
            }
            long upTo = Math.min(day.last(), day.first() + expired - 1);
            delete(day, upTo);
            Ledger.await(ledger.onForgottenExpired(day, upTo));
            count -= Math.min(day.count(), expired);
            bytes -= day.bytes() / day.count() * Math.min(day.count(), expired);
            left -= (int) (upTo - day.first() + 1);
            if (upTo < day.last()) {
                return;
            }
        }
    }

    /** How many numbers, from its first on, are past a limit. */
    private static long expiredOf(ForgottenSegments day, RetentionLimits kept, long beforeMs, long count, long bytes) {
        long numbers = day.last() - day.first() + 1;
        if (day.newestMs() < beforeMs) {
            return numbers;
        }
        long tooMany = kept.count() == 0 ? 0 : Math.max(0, count - kept.count());
        long mean = Math.max(1, day.bytes() / day.count());
        long tooLong = kept.bytes() == 0 ? 0 : Math.max(0, (bytes - kept.bytes() + mean - 1) / mean);
        return Math.min(numbers, Math.max(tooMany, tooLong));
    }

    private void delete(ForgottenSegments day, long upTo) throws LedgerException, StoreException {
        Set<Long> known = new HashSet<>();
        for (SegmentRecord segment :
                ledger.segments(day.streamId(), day.first(), Math.toIntExact(upTo - day.first() + 1))) {
            known.add(segment.sequence());
        }
        for (long sequence = day.first(); sequence <= upTo; sequence++) {
            if (!known.contains(sequence)) {
                String key = day.keyPrefix() + SegmentName.of(sequence);
                store.delete(key);
                reporter.tell(new StreamEvent.SegmentExpired(day.streamId(), reporter.now(), sequence, key));
            }
        }
    }
}
