// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.store;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Attempts at uploads, by what came of them. Thread-safe. */
public final class UploadCounts {
    private final LongAdder stored = new LongAdder();
    private final LongAdder storedBytes = new LongAdder();
    private final Map<StoreException.Kind, LongAdder> failed;

    UploadCounts() {
        Map<StoreException.Kind, LongAdder> kinds = new EnumMap<>(StoreException.Kind.class);
        for (StoreException.Kind kind : StoreException.Kind.values()) {
            kinds.put(kind, new LongAdder());
        }
        failed = Collections.unmodifiableMap(kinds);
    }

    void onStored(long bytes) {
        stored.increment();
        storedBytes.add(bytes);
    }

    void onFailed(StoreException.Kind kind) {
        LongAdder count = failed.get(kind);
        if (count != null) {
            count.increment();
        }
    }

    /** Attempts after which the object stood in the store. */
    public long stored() {
        return stored.sum();
    }

    /** The bytes of those objects. */
    public long storedBytes() {
        return storedBytes.sum();
    }

    /** Attempts that failed in that way. */
    public long failed(StoreException.Kind kind) {
        LongAdder count = failed.get(kind);
        return count == null ? 0 : count.sum();
    }
}
