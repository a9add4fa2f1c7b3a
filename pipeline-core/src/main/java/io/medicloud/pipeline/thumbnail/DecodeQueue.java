// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.thumbnail;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * The threads that decode: few, of low priority, with few keyframes waiting. Where the machine is busy, which shows in decodes that get less than half of a
 * processor, streams that have a picture already are passed over for a while. Thread-safe.
 */
final class DecodeQueue implements AutoCloseable {
    /** A decode that is over sooner says nothing about the machine. */
    private static final long LEAST_MEASURED_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private final ThreadPoolExecutor threads;
    private final LongAdder skipped = new LongAdder();
    private final long restNanos;
    private volatile long busyUntil = System.nanoTime();

    @SuppressWarnings("ThreadPriorityCheck") // nothing depends on it: where the system heeds it, others go first
    DecodeQueue(int count, int mostWaiting, Duration rest) {
        restNanos = rest.toNanos();
        threads = new ThreadPoolExecutor(
                count, count, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(mostWaiting), task -> {
                    Thread thread = new Thread(task, "thumbnail-decoder");
                    thread.setDaemon(true);
                    thread.setPriority(Thread.MIN_PRIORITY);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /** Keyframes that were skipped. */
    long skipped() {
        return skipped.sum();
    }

    /** Keyframes that wait. */
    int waiting() {
        return threads.getQueue().size();
    }

    /**
     * Decodes something soon, or skips it and counts that.
     *
     * @param isFirst its stream has no picture yet
     */
    void submit(Runnable decode, boolean isFirst) {
        if (!isFirst && busyUntil - System.nanoTime() > 0) {
            skipped.increment();
            return;
        }
        try {
            threads.execute(() -> measure(decode));
        } catch (RejectedExecutionException e) {
            skipped.increment();
        }
    }

    private void measure(Runnable decode) {
        long began = System.nanoTime();
        long worked = DecodeLimit.now();
        decode.run();
        long took = System.nanoTime() - began;
        if (took > LEAST_MEASURED_NS && DecodeLimit.now() - worked < took / 2) {
            busyUntil = System.nanoTime() + restNanos;
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
