// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Addresses that failed again and again, and until when they are not listened to: a second at first, twice as long each time. A success halves its failures, so that who has one stream does not guess at others for nothing; after ten minutes all is forgotten. Holds so many
 * at the most, those that failed last. Thread-safe.
 */
final class CallerBans {
    private static final long FIRST_NS = Duration.ofSeconds(1).toNanos();
    private static final long FORGOTTEN_NS = Duration.ofMinutes(10).toNanos();
    private static final int MOST_DOUBLINGS = 20;

    private static final class History {
        private int failures;
        private int bans;
        private long untilNs;
        private long lastNs;

        private boolean isBanned(long nowNs) {
            return bans > 0 && untilNs - nowNs > 0;
        }
    }

    private final Map<String, History> records;

    /** @param most addresses */
    CallerBans(int most) {
        records = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, History> eldest) {
                return size() > most;
            }
        };
    }

    synchronized boolean isBanned(String address, long nowNs) {
        History known = known(address, nowNs);
        return known != null && known.isBanned(nowNs);
    }

    /** How many nanoseconds it is banned for from now on; 0 if it may fail some more. */
    synchronized long onFailure(String address, CallerRules rules, long nowNs) {
        if (rules.banAfter() == 0) {
            return 0;
        }
        History known = known(address, nowNs);
        if (known == null) {
            known = new History();
            records.put(address, known);
        }
        known.lastNs = nowNs;
        known.failures++;
        if (known.failures < rules.banAfter()) {
            return 0;
        }
        long banNs = Math.min(rules.longestBan().toNanos(), FIRST_NS << Math.min(known.bans, MOST_DOUBLINGS));
        known.bans++;
        known.untilNs = nowNs + banNs;
        return banNs;
    }

    synchronized void onSuccess(String address) {
        History known = records.get(address);
        if (known == null) {
            return;
        }
        known.failures /= 2;
        // The length of the next ban is kept, and forgotten in time.
        known.untilNs = known.lastNs;
        if (known.failures == 0 && known.bans == 0) {
            records.remove(address);
        }
    }

    private @Nullable History known(String address, long nowNs) {
        History known = records.get(address);
        if (known != null && nowNs - known.lastNs > FORGOTTEN_NS && !known.isBanned(nowNs)) {
            records.remove(address);
            return null;
        }
        return known;
    }

    synchronized int size() {
        return records.size();
    }
}
