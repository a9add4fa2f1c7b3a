// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.health;

import io.medicloud.pipeline.Pipelines;
import io.medicloud.pipeline.store.StoreHealth;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Looks again and again whether the store takes segments, the spool can be written, and event loops run. */
public final class HealthMonitor implements AutoCloseable {
    private static final long PAUSE_MS = 100;
    /** A store is given so long to answer before it is said to be away. */
    private static final long GRACE_NS = 2_000_000_000L;
    /** Far beyond what a busy machine, or a collection of garbage, keeps an event loop waiting. */
    private static final long STALL_NS = 5_000_000_000L;

    private static final String STALLED = "has stood still for " + STALL_NS / 1_000_000_000L
            + " s or more: a thread does not come back; 'jcmd PID Thread.print' shows where it is";

    private final Map<String, LongSupplier> loops;

    private final Pipelines pipelines;
    private final Readiness readiness;
    private final long beganNs = System.nanoTime();
    private boolean isStarted;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "health-monitor");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * Begins to look; once the store has answered, or has not, the service has started.
     *
     * @param loops by component, how long something has waited by now for one of its event loops, in ns
     */
    public HealthMonitor(Pipelines pipelines, Readiness readiness, Map<String, LongSupplier> loops) {
        this.pipelines = pipelines;
        this.loops = loops;
        this.readiness = readiness;
        Future<?> unused = timer.scheduleWithFixedDelay(this::look, PAUSE_MS, PAUSE_MS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        StoreHealth store = pipelines.storeHealth();
        if (!isStarted && !store.isOk() && System.nanoTime() - beganNs < GRACE_NS) {
            return;
        }
        readiness.set(Readiness.STORE, store.isOk() ? "" : store.reason());
        String spool = pipelines.spoolFault();
        String full = pipelines.spoolFull();
        readiness.set(Readiness.SPOOL, spool != null ? spool : full != null ? full : "");
        String record = pipelines.recordFault();
        readiness.set(Readiness.RECORD, record == null ? "" : record);
        loops.forEach((component, waitsNs) -> readiness.set(component, waitsNs.getAsLong() < STALL_NS ? "" : STALLED));
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
