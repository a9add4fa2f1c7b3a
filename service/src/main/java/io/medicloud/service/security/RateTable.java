// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keeps each of many clients to a rate (generic cell rate algorithm, ITU-T I.371: one time stamp a client). Holds so many clients at the most; those that are forgotten are the ones that
 * have rested, and while there are none, newcomers share one place: who has many addresses gains nothing, and drives nobody out. Thread-safe.
 */
final class RateTable {
    private static final long NS_PER_S = 1_000_000_000L;
    private static final String NEWCOMERS = "";

    private final int most;
    /** When each would have rested; who was here last is last. */
    private final Map<String, Long> rested = new LinkedHashMap<>(16, 0.75f, true);

    /** @param most clients */
    RateTable(int most) {
        this.most = most;
    }

    /** 0 if that client may now, which is counted; else how many nanoseconds it has to wait. */
    synchronized long take(String client, CallRate rate, long nowNs) {
        if (rate.perSecond() == 0) {
            return 0;
        }
        String place = place(client, nowNs);
        long wait = waitAt(place, rate, nowNs);
        if (wait > 0) {
            return wait;
        }
        rested.put(place, from(place, nowNs) + spacing(rate));
        return 0;
    }

    /** The same, which is not counted. */
    synchronized long look(String client, CallRate rate, long nowNs) {
        if (rate.perSecond() == 0) {
            return 0;
        }
        boolean isFull = rested.size() >= most && !rested.containsKey(client);
        return Math.max(0, waitAt(isFull ? NEWCOMERS : client, rate, nowNs));
    }

    private long waitAt(String place, CallRate rate, long nowNs) {
        long spacing = spacing(rate);
        return from(place, nowNs) + spacing - spacing * Math.max(1, rate.burst()) - nowNs;
    }

    private long from(String place, long nowNs) {
        Long known = rested.get(place);
        return known == null || known - nowNs < 0 ? nowNs : known;
    }

    private static long spacing(CallRate rate) {
        return NS_PER_S / rate.perSecond();
    }

    private String place(String client, long nowNs) {
        if (rested.size() < most || rested.containsKey(client)) {
            return client;
        }
        Iterator<Long> eldest = rested.values().iterator();
        if (eldest.next() - nowNs > 0) {
            return NEWCOMERS;
        }
        eldest.remove();
        return client;
    }

    /** How many are remembered. */
    synchronized int size() {
        return rested.size();
    }
}
