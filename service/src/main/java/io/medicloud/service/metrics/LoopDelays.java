// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.distribution.TimeWindowMax;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** How long something that is to run on an event loop waits for it: tried again and again, on each loop, with one task at a time. Thread-safe. */
final class LoopDelays implements AutoCloseable {
    private static final long EVERY_MS = 200;
    private static final long STEP_MS = Duration.ofSeconds(20).toMillis();
    private static final int STEPS = 3;
    private static final long NOT_WAITING = 0;

    private final TimeWindowMax nanos = new TimeWindowMax(Clock.SYSTEM, STEP_MS, STEPS);
    private final List<Probe> probes = new ArrayList<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "loop-delays");
        thread.setDaemon(true);
        return thread;
    });

    /** Begins to measure. */
    LoopDelays(Iterable<? extends Executor> loops) {
        loops.forEach(loop -> probes.add(new Probe(loop)));
        Future<?> unused = timer.scheduleWithFixedDelay(this::probe, 0, EVERY_MS, TimeUnit.MILLISECONDS);
    }

    private void probe() {
        probes.forEach(Probe::look);
    }

    /** The longest of the last minute, in seconds. */
    double longestSeconds() {
        probes.forEach(Probe::recordWait);
        return nanos.poll() / 1e9;
    }

    /** For how long the task that waits longest has waited by now, in ns. */
    long waitingNanos() {
        return probes.stream().mapToLong(Probe::waitingNanos).max().orElse(0);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    /** One loop's. */
    private final class Probe implements Runnable {
        private final Executor loop;
        /** When the task was handed over that has not run yet. */
        private final AtomicLong sinceNanos = new AtomicLong(NOT_WAITING);

        Probe(Executor loop) {
            this.loop = loop;
        }

        void look() {
            if (!sinceNanos.compareAndSet(NOT_WAITING, System.nanoTime() | 1)) {
                recordWait();
                return;
            }
            try {
                loop.execute(this);
            } catch (RejectedExecutionException e) {
                // The loop has ended.
                sinceNanos.set(NOT_WAITING);
            }
        }

        void recordWait() {
            long waiting = waitingNanos();
            if (waiting > 0) {
                nanos.record((double) waiting);
            }
        }

        long waitingNanos() {
            long since = sinceNanos.get();
            return since == NOT_WAITING ? 0 : System.nanoTime() - since;
        }

        @Override
        public void run() {
            recordWait();
            sinceNanos.set(NOT_WAITING);
        }
    }
}
