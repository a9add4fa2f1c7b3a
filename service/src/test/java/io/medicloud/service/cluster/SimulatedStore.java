// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What a bucket's replicas agree on. Also tells what a key was before, as a replica that lags behind would. */
final class SimulatedStore {
    private final boolean isBlind;
    private final Map<String, BucketEntry> entries = new LinkedHashMap<>();
    private final Map<String, BucketEntry> before = new LinkedHashMap<>();
    private final List<Consumer<BucketEntry>> watchers = new ArrayList<>();
    private long revision;
    /** A majority of the replicas is there. */
    boolean isUp = true;

    /** @param isBlind it writes whatever the expected revision is: a broken one */
    SimulatedStore(boolean isBlind) {
        this.isBlind = isBlind;
    }

    WriteEnd write(String key, String value, long expected) {
        BucketEntry known = entries.get(key);
        if (!isBlind && expected != (known == null ? Bucket.ABSENT : known.revision())) {
            return new WriteEnd.Conflict();
        }
        BucketEntry entry = new BucketEntry(key, value, ++revision);
        if (known != null) {
            before.put(key, known);
        }
        entries.put(key, entry);
        watchers.forEach(watcher -> watcher.accept(entry));
        return new WriteEnd.Written(revision);
    }

    BucketEntry read(String key) {
        return entries.get(key);
    }

    BucketEntry readOld(String key) {
        return before.getOrDefault(key, entries.get(key));
    }

    StreamEntry stream(String liveId) {
        BucketEntry entry = entries.get(BucketKeys.ofStream(liveId));
        return entry == null ? null : EntryText.stream(entry.value());
    }

    Collection<BucketEntry> entries() {
        return List.copyOf(entries.values());
    }

    void watch(Consumer<BucketEntry> watcher) {
        watchers.add(watcher);
    }

    void unwatch(Consumer<BucketEntry> watcher) {
        watchers.remove(watcher);
    }
}
