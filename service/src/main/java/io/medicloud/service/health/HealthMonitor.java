// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.health;

import io.medicloud.pipeline.Pipelines;
import io.medicloud.pipeline.store.StoreHealth;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Looks again and again whether the store takes segments and the spool can be written. */
public final class HealthMonitor implements AutoCloseable {
    private static final long PAUSE_MS = 100;
    /** A store is given so long to answer before it is said to be away. */
    private static final long GRACE_NS = 2_000_000_000L;

    private final Pipelines pipelines;
    private final Readiness readiness;
    private final long beganNs = System.nanoTime();
    private boolean isStarted;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "health-monitor");
        thread.setDaemon(true);
        return thread;
    });

    /** Begins to look; once the store has answered, or has not, the service has started. */
    public HealthMonitor(Pipelines pipelines, Readiness readiness) {
        this.pipelines = pipelines;
        this.readiness = readiness;
        Future<?> unused = timer.scheduleWithFixedDelay(this::look, PAUSE_MS, PAUSE_MS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        StoreHealth store = pipelines.storeHealth();
        if (!isStarted && !store.isOk() && System.nanoTime() - beganNs < GRACE_NS) {
            return;
        }
        readiness.set("store", store.isOk() ? "" : store.reason());
        String spool = pipelines.spoolFault();
        String full = pipelines.spoolFull();
        readiness.set("spool", spool != null ? spool : full != null ? full : "");
        String record = pipelines.recordFault();
        readiness.set("record", record == null ? "" : record);
        if (!isStarted) {
            isStarted = true;
            readiness.onStarted();
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
