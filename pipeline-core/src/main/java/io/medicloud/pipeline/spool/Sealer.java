// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.spool;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The thread that forces segments to disk, one after the other, so that a slow disk holds up no write that the page cache
 * would take. Its queue is bounded: past it the writer waits, and then the streams' own limits hold. What cannot be sealed is
 * tried again every half second.
 */
final class Sealer {
    /** The last task. */
    private static final class End implements Runnable {
        @Override
        public void run() {}
    }

    private static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(500);

    private final BlockingQueue<Runnable> tasks;
    /** Of this thread alone: the streams of which something is to be tried again. */
    private final Set<SealLine> stuck = new LinkedHashSet<>();

    private long retriedNs;
    private final Thread thread;
    private final Runnable end = new End();

    Sealer(int mostWaiting) {
        tasks = new ArrayBlockingQueue<>(mostWaiting);
        thread = new Thread(this::run, "spool-sealer");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Seals a stream's next segment; waits while the queue is full. */
    void submit(SealLine line, SealTask segment) {
        submit(() -> {
            line.add(segment);
            if (!line.isEmpty() && stuck.add(line) && stuck.size() == 1) {
                retriedNs = System.nanoTime();
            }
        });
    }

    /** Runs something once all that was submitted of a stream is dealt with. */
    void submitLast(SealLine line, Runnable task) {
        submit(() -> line.whenEmpty(task));
    }

    private void submit(Runnable task) {
        try {
            tasks.put(task);
        } catch (InterruptedException e) {
            // The spool closes and has given up on us: what was not sealed is found at the next start.
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            for (Runnable task = next(); task != end; task = next()) {
                if (task != null) {
                    runOne(task);
                }
                if (!stuck.isEmpty() && System.nanoTime() - retriedNs >= RETRY_NS) {
                    runOne(this::retry);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Null if it is time to try again what could not be sealed. */
    private @Nullable Runnable next() throws InterruptedException {
        return stuck.isEmpty() ? tasks.take() : tasks.poll(RETRY_NS, TimeUnit.NANOSECONDS);
    }

    private void retry() {
        retriedNs = System.nanoTime();
        for (SealLine line : List.copyOf(stuck)) {
            line.retry();
            if (line.isEmpty()) {
                stuck.remove(line);
            }
        }
    }

    private static void runOne(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            // Also an Error: without this thread nothing is sealed any more.
            Spool.LOG.error("A segment's end failed", e);
        }
    }

    void close(Duration patience) throws InterruptedException {
        submit(end);
        thread.join(patience.toMillis());
        thread.interrupt();
    }
}
