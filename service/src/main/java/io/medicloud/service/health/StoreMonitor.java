// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.health;

import io.medicloud.pipeline.store.SegmentStore;
import io.medicloud.pipeline.store.StoreHealth;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Asks the store from time to time whether it takes segments: often while it does not, so that recovery is noticed soon. */
public final class StoreMonitor implements AutoCloseable {
    private static final Duration WHILE_WELL = Duration.ofSeconds(10);
    private static final Duration WHILE_ILL = Duration.ofSeconds(1);

    private final SegmentStore store;
    private final Readiness readiness;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread t = new Thread(work, "store-monitor");
        t.setDaemon(true);
        return t;
    });

    /** Begins to ask. Until the first answer the store counts as not reached. */
    public StoreMonitor(SegmentStore store, Readiness readiness) {
        this.store = store;
        this.readiness = readiness;
        readiness.down("store", "not reached yet");
        thread.execute(this::ask);
    }

    private void ask() {
        StoreHealth health = store.check();
        if (health.isOk()) {
            readiness.up("store");
        } else {
            readiness.down("store", health.reason());
        }
        Duration pause = health.isOk() ? WHILE_WELL : WHILE_ILL;
        if (!thread.isShutdown()) {
            Future<?> unused = thread.schedule(this::ask, pause.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
