// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.record.LedgerException;
import io.medicloud.pipeline.record.StreamRecord;
import io.medicloud.pipeline.spool.SegmentName;
import io.medicloud.pipeline.store.SegmentStore;
import io.medicloud.pipeline.store.StoreException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives up uploads in parts of segments that some process began, and that nobody will complete: their parts lie in the store unseen, and cost. Only below the
 * prefixes of our streams, only what is called as segments are, and only what was begun so long ago that no attempt can still be at it. Belongs to one thread.
 */
final class LeftoverSweep {
    /** Longer than any attempt may take, and than clocks differ. */
    private static final Duration LEAST_AGE = Duration.ofHours(3);

    private static final long EVERY_NS = TimeUnit.HOURS.toNanos(1);

    private static final Logger LOG = LoggerFactory.getLogger(LeftoverSweep.class);

    private final Ledger ledger;
    private final SegmentStore store;
    private final InstantSource clock;
    private boolean hasLooked;
    private long lookedNs;

    LeftoverSweep(Ledger ledger, SegmentStore store, InstantSource clock) {
        this.ledger = ledger;
        this.store = store;
        this.clock = clock;
    }

    /** Looks if it is time for that: at the start, once the store answers, and then every hour. */
    void lookIfDue() {
        long nowNs = System.nanoTime();
        if ((!hasLooked || nowNs - lookedNs >= EVERY_NS) && look()) {
            hasLooked = true;
            lookedNs = nowNs;
        }
    }

    /** True unless the store could not be asked. */
    private boolean look() {
        try {
            Set<String> prefixes = new HashSet<>();
            for (StreamRecord stream : ledger.streams()) {
                prefixes.add(stream.keyPrefix());
            }
            int given = store.abandonOld(
                    key -> isOurs(key, prefixes), clock.instant().minus(LEAST_AGE));
            if (given > 0) {
                LOG.info("{} uploads in parts that nobody will complete were given up", given);
            }
            return true;
        } catch (StoreException | LedgerException e) {
            LOG.debug("What lies in the store unseen cannot be looked for", e);
            return false;
        }
    }

    private static boolean isOurs(String key, Set<String> prefixes) {
        int name = key.lastIndexOf('/') + 1;
        return prefixes.contains(key.substring(0, name))
                && SegmentName.sequenceOf(key.substring(name)).isPresent();
    }
}
