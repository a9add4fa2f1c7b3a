// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives ports back once the system has them back: a stack may close its sockets a moment after it was asked to. Thread-safe. */
final class PortRelease {
    private static final Logger LOG = LoggerFactory.getLogger(PortRelease.class);
    private static final long PAUSE_MS = 5;
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final SrtPorts ports;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "port-release");
        thread.setDaemon(true);
        return thread;
    });

    PortRelease(SrtPorts ports) {
        this.ports = ports;
    }

    /** Completes when the port can be bound again, or at the limit; it may be given out from then on. */
    CompletionStage<Void> whenFree(int port) {
        CompletableFuture<Void> free = new CompletableFuture<>();
        check(port, System.nanoTime() + LIMIT.toNanos(), free);
        return free;
    }

    private void check(int port, long endNs, CompletableFuture<Void> free) {
        boolean isLate = System.nanoTime() - endNs >= 0;
        if (!isLate && !ports.isFree(port)) {
            Future<?> unused = timer.schedule(() -> check(port, endNs, free), PAUSE_MS, TimeUnit.MILLISECONDS);
            return;
        }
        if (isLate) {
            LOG.warn("port {} is still bound {} s after its stream's end", port, LIMIT.toSeconds());
        }
        ports.release(port);
        free.complete(null);
    }
}
