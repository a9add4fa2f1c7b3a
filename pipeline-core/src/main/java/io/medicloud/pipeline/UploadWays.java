// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.record.SegmentState;
import io.medicloud.pipeline.spool.StreamFolder;
import io.medicloud.pipeline.store.UploadQueue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** The ways of streams' segments to the store, by the stream's id: one for each stream that is open, or of which something is left. Thread-safe. */
final class UploadWays {
    private static final long LOOK_AGAIN_MS = 1000;

    private final UploadQueue queue;
    private final Reporter reporter;
    private final Ledger ledger;
    private final Predicate<String> isOpen;
    private final Deliveries deliveries;
    private final Map<String, StreamUploads> ways = new HashMap<>();

    /** @param isOpen whether the stream of an id is open, or being opened */
    UploadWays(UploadQueue queue, Reporter reporter, Ledger ledger, Deliveries deliveries, Predicate<String> isOpen) {
        this.deliveries = deliveries;
        this.queue = queue;
        this.reporter = reporter;
        this.ledger = ledger;
        this.isOpen = isOpen;
    }

    synchronized List<StreamUploads> all() {
        return List.copyOf(ways.values());
    }

    /** Segments of an earlier run that are still to be uploaded go first, each where it belongs. */
    synchronized StreamUploads of(StreamFolder folder) {
        StreamUploads way = ways.get(folder.streamId());
        return way == null ? add(folder) : way;
    }

    synchronized StreamUploads add(StreamFolder folder) {
        StreamUploads way =
                new StreamUploads(folder, queue, reporter, prefix -> manifest(folder.streamId(), prefix), deliveries);
        ways.put(folder.streamId(), way);
        return way;
    }

    /** Takes it off once nothing is left, unless its stream is open then. */
    void forgetWhenIdle(StreamUploads way) {
        way.whenIdle().whenComplete((done, failure) -> forgetIfDone(way));
    }

    private synchronized void forgetIfDone(StreamUploads way) {
        String id = way.folder().streamId();
        if (!isOpen.test(id) && way.isDone()) {
            ways.remove(id, way);
        } else if (!isOpen.test(id)) {
            // More lies on disk, which could not be looked up; or it came this moment.
            queue.later(LOOK_AGAIN_MS, () -> forgetWhenIdle(way));
        }
    }

    Manifest manifest(String streamId, String keyPrefix) {
        return new Manifest(
                streamId,
                keyPrefix,
                ledger,
                queue,
                isOpen,
                sequence -> reporter.onMoved(streamId, sequence, SegmentState.EVICTED, null));
    }

    void shrinkList(String streamId, String keyPrefix) {
        manifest(streamId, keyPrefix).shrinkSoon();
    }
}
