// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.spool;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * The thread that forces segments to disk, one after the other, so that a slow disk holds up no write that the page cache
 * would take. Its queue is bounded: past it the writer waits, and then the streams' own limits hold.
 */
final class Sealer {
    /** The last task. */
    private static final class End implements Runnable {
        @Override
        public void run() {}
    }

    private final BlockingQueue<Runnable> tasks;
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

    /** Waits while the queue is full. */
    void submit(Runnable task) {
        try {
            tasks.put(task);
        } catch (InterruptedException e) {
            // The spool closes and has given up on us: what was not sealed is found at the next start.
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            for (Runnable task = tasks.take(); task != end; task = tasks.take()) {
                runOne(task);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void runOne(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            Spool.LOG.error("A segment's end failed", e);
        }
    }

    void close(Duration patience) throws InterruptedException {
        submit(end);
        thread.join(patience.toMillis());
        thread.interrupt();
    }
}
