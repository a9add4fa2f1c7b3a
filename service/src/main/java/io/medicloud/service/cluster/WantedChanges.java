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
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The changes of what is wanted that were asked of this node and are not made yet; in order for each stream. */
final class WantedChanges {
    private static final int MOST = 10_000;
    private static final long PATIENCE_NS = 5_000_000_000L;

    private static final class Change {
        private final String liveId;
        private final @Nullable Map<String, String> settings;
        /** Are those settings of the start that is meant? A start's own, or the one that is to be stopped. */
        private final Predicate<Map<String, String>> which;
        /** What is to become of the settings in that epoch; null if the stream is to be started or stopped. */
        private final @Nullable Amendment amendment;

        private final long epoch;
        private final long untilNs;
        private final CompletableFuture<ChangeEnd> end = new CompletableFuture<>();
        private boolean isRead;
        /** An earlier write of it may have taken effect. */
        private boolean isWritten;

        Change(
                String liveId,
                @Nullable Map<String, String> settings,
                Predicate<Map<String, String>> which,
                @Nullable Amendment amendment,
                long epoch,
                long untilNs) {
            this.liveId = liveId;
            this.settings = settings;
            this.which = which;
            this.amendment = amendment;
            this.epoch = epoch;
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

    /**
     * It is to run, or not.
     *
     * @param settings null if it is not to run
     * @param which are those settings of the start that is meant? A start's own, also if its owner has amended them; or the one that is to be stopped
     */
    CompletableFuture<ChangeEnd> add(
            String liveId, @Nullable Map<String, String> settings, Predicate<Map<String, String>> which, long nowNs) {
        return add(new Change(liveId, settings, which, null, 0, nowNs + PATIENCE_NS));
    }

    /** It is to run otherwise, if it is to run and that epoch is its last; {@link ChangeEnd#NOT_WANTED} if not. */
    CompletableFuture<ChangeEnd> amend(String liveId, long epoch, Amendment amendment, long nowNs) {
        return add(new Change(liveId, null, any -> true, amendment, epoch, nowNs + PATIENCE_NS));
    }

    private CompletableFuture<ChangeEnd> add(Change change) {
        if (changes.size() >= MOST) {
            return CompletableFuture.completedFuture(ChangeEnd.REFUSED);
        }
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
        if (change.amendment != null) {
            amend(change, entry, change.amendment);
        } else {
            want(change, entry);
        }
    }

    private void amend(Change change, @Nullable StreamEntry entry, Amendment amendment) {
        Map<String, String> settings = entry == null || !entry.wanted() || entry.epoch() != change.epoch
                ? null
                : amendment.of(entry.settings());
        if (entry == null || settings == null) {
            end(change, ChangeEnd.NOT_WANTED);
        } else if (entry.settings().equals(settings)) {
            end(change, ChangeEnd.DONE);
        } else {
            write(change, entry.want(settings));
        }
    }

    private void want(Change change, @Nullable StreamEntry entry) {
        Map<String, String> settings = change.settings;
        if (settings == null) {
            if (entry == null || !entry.wanted() || !change.which.test(entry.settings())) {
                end(change, change.isWritten ? ChangeEnd.DONE : ChangeEnd.NOT_WANTED);
            } else {
                write(change, entry.unwant());
            }
        } else if (entry == null) {
            write(change, StreamEntry.of(change.liveId, settings));
        } else if (entry.wanted()) {
            boolean isOurs = change.isWritten && change.which.test(entry.settings());
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
