// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.spool;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Forces to disk, now and then, what was written of the segments that are open. On a thread of its own, so that a slow disk
 * holds up neither writing nor sealing.
 */
final class Forcer {
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "spool-forcer");
        thread.setDaemon(true);
        return thread;
    });

    @SuppressWarnings("FutureReturnValueIgnored") // a round throws nothing
    void start(Duration every, Iterable<SpoolStream> open) {
        if (!every.isZero()) {
            long everyUs = Math.max(1, TimeUnit.NANOSECONDS.toMicros(every.toNanos()));
            timer.scheduleAtFixedRate(() -> open.forEach(SpoolStream::force), everyUs, everyUs, TimeUnit.MICROSECONDS);
        }
    }

    void close() {
        timer.shutdownNow();
    }
}
