// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.log;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Lets through one line a second of each stream and kind of fault; those that are left out are counted, for the next. Thread-safe. */
public final class FaultDigest {
    /** The line is not to be written. */
    public static final int LEFT_OUT = -1;

    private static final long EVERY_NS = TimeUnit.SECONDS.toNanos(1);
    /** Streams end, and are forgotten then; past it something is wrong with that, and all are. */
    private static final int MOST = 65_536;

    private final LongSupplier nanoClock;
    private final Map<Kind, Told> last = new HashMap<>();

    private record Kind(String streamId, String kind) {}

    private record Told(long atNs, int leftOut) {}

    public FaultDigest(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** {@link #LEFT_OUT}, or how many were left out since the last one. */
    public synchronized int admit(String streamId, String kind) {
        long nowNs = nanoClock.getAsLong();
        if (last.size() >= MOST) {
            last.clear();
        }
        Kind of = new Kind(streamId, kind);
        Told told = last.get(of);
        if (told != null && nowNs - told.atNs() < EVERY_NS) {
            last.put(of, new Told(told.atNs(), told.leftOut() + 1));
            return LEFT_OUT;
        }
        last.put(of, new Told(nowNs, 0));
        return told == null ? 0 : told.leftOut();
    }

    /** A stream is over; returns how many of its lines nobody will hear of. */
    public synchronized int forget(String streamId) {
        int leftOut = 0;
        for (var entries = last.entrySet().iterator(); entries.hasNext(); ) {
            var entry = entries.next();
            if (entry.getKey().streamId().equals(streamId)) {
                leftOut += entry.getValue().leftOut();
                entries.remove();
            }
        }
        return leftOut;
    }
}
