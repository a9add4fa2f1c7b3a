// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The changes of what is wanted that were asked of this node and are not made yet; in order for each stream. */
final class WantedChanges {
    private static final int MOST = 10_000;
    private static final long PATIENCE_NS = 5_000_000_000L;

    private static final class Change {
        private final String liveId;
        private final @Nullable Map<String, String> settings;
        private final boolean isUpdate;
        private final long untilNs;
        private final CompletableFuture<ChangeEnd> end = new CompletableFuture<>();
        private boolean isRead;
        /** An earlier write of it may have taken effect. */
        private boolean isWritten;

        Change(String liveId, @Nullable Map<String, String> settings, boolean isUpdate, long untilNs) {
            this.liveId = liveId;
            this.settings = settings;
            this.isUpdate = isUpdate;
            this.untilNs = untilNs;
        }
    }

    private final ClusterView view;
    private final KeyWriter writer;
    private final Deque<Change> changes = new ArrayDeque<>();

    WantedChanges(ClusterView view, KeyWriter writer) {
        this.view = view;
        this.writer = writer;
    }

    /** @param settings null if it is not to run */
    CompletableFuture<ChangeEnd> add(String liveId, @Nullable Map<String, String> settings, long nowNs) {
        return add(liveId, settings, false, nowNs);
    }

    /** It is to run otherwise, if it is to run. */
    CompletableFuture<ChangeEnd> update(String liveId, Map<String, String> settings, long nowNs) {
        return add(liveId, settings, true, nowNs);
    }

    private CompletableFuture<ChangeEnd> add(
            String liveId, @Nullable Map<String, String> settings, boolean isUpdate, long nowNs) {
        if (changes.size() >= MOST) {
            return CompletableFuture.completedFuture(ChangeEnd.REFUSED);
        }
        Change change = new Change(liveId, settings, isUpdate, nowNs + PATIENCE_NS);
        changes.add(change);
        return change.end;
    }

    void onTick(long nowNs) {
        Set<String> begun = new HashSet<>();
        List<Change> all = new ArrayList<>(changes);
        for (Change change : all) {
            if (nowNs - change.untilNs >= 0) {
                end(change, ChangeEnd.NOT_KNOWN);
            } else if (begun.add(change.liveId) && writer.isFree(BucketKeys.ofStream(change.liveId), nowNs)) {
                act(change);
            }
        }
        changes.removeIf(change -> change.end.isDone());
    }

    private void act(Change change) {
        String key = BucketKeys.ofStream(change.liveId);
        if (!change.isRead) {
            writer.read(key, nowNs -> change.isRead = true);
            return;
        }
        StreamEntry entry = view.stream(change.liveId);
        Map<String, String> settings = change.settings;
        if (settings == null) {
            if (entry == null || !entry.wanted()) {
                end(change, change.isWritten ? ChangeEnd.DONE : ChangeEnd.NOT_WANTED);
            } else {
                write(change, entry.unwant());
            }
        } else if (change.isUpdate) {
            if (entry == null || !entry.wanted()) {
                end(change, ChangeEnd.NOT_WANTED);
            } else if (entry.settings().equals(settings)) {
                end(change, ChangeEnd.DONE);
            } else {
                write(change, entry.want(settings));
            }
        } else if (entry == null) {
            write(change, StreamEntry.of(change.liveId, settings));
        } else if (entry.wanted()) {
            boolean isOurs = change.isWritten && entry.settings().equals(settings);
            end(change, isOurs ? ChangeEnd.DONE : ChangeEnd.ALREADY_WANTED);
        } else {
            write(change, entry.want(settings));
        }
    }

    private void write(Change change, StreamEntry entry) {
        writer.write(BucketKeys.ofStream(change.liveId), EntryText.of(entry), (end, nowNs) -> {
            if (end instanceof WriteEnd.Written) {
                end(change, ChangeEnd.DONE);
            }
            change.isWritten |= end instanceof WriteEnd.Unknown;
        });
    }

    private static void end(Change change, ChangeEnd end) {
        change.end.complete(end);
    }
}
