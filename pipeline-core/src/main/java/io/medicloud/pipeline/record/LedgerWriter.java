// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.record;

import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.retry.Backoff;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes to the database: what waits is committed together, in its order. While the disk fails, what
 * waits is tried again with growing pauses, and whoever waits for it is told that it is not on disk yet.
 */
final class LedgerWriter {
    /** Something to be written, within a transaction. */
    @FunctionalInterface
    interface Change {
        /** Writes it; {@code events} adds an event to the log, in the same transaction. */
        void apply(Handle handle, Consumer<StreamEvent> events);
    }

    private record Waiting(Change change, CompletableFuture<Void> done) {}

    private static final Logger LOG = LoggerFactory.getLogger(LedgerWriter.class);
    private static final int MOST_PER_COMMIT = 512;
    private static final int PRUNE_EVERY = 1000;
    private static final Backoff RETRY = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(2));

    private final Handle handle;
    private final LedgerLimits limits;
    private final Consumer<String> onDamage;
    private final Runnable onLogged;
    private final BlockingQueue<Waiting> queue;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final AtomicLong refused = new AtomicLong();
    private final Thread thread = new Thread(this::run, "ledger");
    private long eventsSincePrune;
    private volatile boolean isClosed;
    private volatile @Nullable String fault;

    /**
     * Not started yet.
     *
     * @param onDamage told what SQLite found
     * @param onLogged called on the writer's thread once events are on disk; must not block
     */
    LedgerWriter(Handle handle, LedgerLimits limits, Consumer<String> onDamage, Runnable onLogged) {
        this.handle = handle;
        this.limits = limits;
        this.onDamage = onDamage;
        this.onLogged = onLogged;
        this.queue = new ArrayBlockingQueue<>(limits.mostWaiting());
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Never blocks. Completes once the change is on disk; exceptionally if it is not yet, or will never be. */
    CompletionStage<Void> submit(Change change) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        if (isClosed) {
            done.completeExceptionally(new LedgerException("the record is closed", null));
        } else if (!queue.offer(new Waiting(change, done))) {
            if (refused.getAndIncrement() == 0) {
                LOG.error("as many changes as may (mostWaiting) wait for the record: more are refused, and counted");
            }
            done.completeExceptionally(new LedgerException("mostWaiting changes wait for the record already", null));
        }
        return done;
    }

    /** Why nothing can be written, or null. */
    @Nullable
    String fault() {
        return fault;
    }

    /** Changes refused because too many waited. */
    long refused() {
        return refused.get();
    }

    /** Changes that wait. */
    int waiting() {
        return queue.size();
    }

    private void run() {
        List<Waiting> batch = new ArrayList<>();
        try {
            while (!isClosed || !queue.isEmpty()) {
                batch.add(queue.take());
                queue.drainTo(batch, MOST_PER_COMMIT - 1);
                commitForSure(batch);
                batch.clear();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            handle.close();
        }
    }

    private void commitForSure(List<Waiting> batch) throws InterruptedException {
        for (int failures = 1; ; failures++) {
            try {
                commit(batch);
                onWritten();
                return;
            } catch (JdbiException e) {
                if (!SqliteFaults.heals(e)) {
                    commitOneByOne(batch, e);
                    return;
                }
                onFault(batch, SqliteFaults.describe(e), e);
                long delayMs = RETRY.delayMs(failures, ThreadLocalRandom.current());
                if (closing.await(delayMs, TimeUnit.MILLISECONDS) && failures > 1) {
                    return;
                }
            } catch (RuntimeException e) {
                commitOneByOne(batch, e);
                return;
            } catch (Error e) {
                // Without this thread nothing is recorded any more; it is rolled back, and memory may be there in a
                // moment.
                onFault(batch, String.valueOf(e), e);
                if (closing.await(RETRY.delayMs(failures, ThreadLocalRandom.current()), TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        }
    }

    private void commit(List<Waiting> batch) {
        handle.execute("BEGIN IMMEDIATE");
        boolean isCommitted = false;
        long events = 0;
        try {
            for (Waiting waiting : batch) {
                events += apply(waiting.change());
            }
            prune(events);
            handle.execute("COMMIT");
            isCommitted = true;
        } finally {
            if (!isCommitted) {
                rollBack();
            }
        }
        for (Waiting waiting : batch) {
            waiting.done().complete(null);
        }
        if (events > 0) {
            tellOfEvents();
        }
    }

    /** What is committed is not to be tried again, whatever those do who hear of it. */
    private void tellOfEvents() {
        try {
            onLogged.run();
        } catch (RuntimeException | Error e) {
            LOG.error("Somebody who waits for events failed", e);
        }
    }

    private long apply(Change change) {
        long[] events = new long[1];
        change.apply(handle, event -> {
            Tables.addEvent(handle, event);
            events[0]++;
        });
        return events[0];
    }

    private void prune(long events) {
        eventsSincePrune += events;
        if (eventsSincePrune >= PRUNE_EVERY) {
            Tables.prune(handle, limits);
            eventsSincePrune = 0;
        }
    }

    private void rollBack() {
        try {
            handle.execute("ROLLBACK");
        } catch (JdbiException e) {
            LOG.debug("SQLite has rolled back by itself", e);
        }
    }

    private void onWritten() {
        if (fault != null) {
            LOG.info("the record can be written again");
            fault = null;
        }
    }

    private void onFault(List<Waiting> batch, String why, Throwable e) {
        String reason = "the record cannot be written: " + why;
        if (fault == null) {
            LOG.error("{}; tried again until it can", reason);
        }
        fault = reason;
        for (Waiting waiting : batch) {
            waiting.done().completeExceptionally(new LedgerException(reason, e));
        }
    }

    /** One change is at fault, or the file is damaged: the others must not suffer. */
    private void commitOneByOne(List<Waiting> batch, RuntimeException failure) throws InterruptedException {
        if (batch.size() > 1) {
            for (Waiting waiting : batch) {
                commitForSure(List.of(waiting));
            }
            return;
        }
        LOG.error("A change cannot be recorded", failure);
        if (SqliteFaults.isDamage(failure)) {
            onDamage.accept(SqliteFaults.describe(failure));
            fault = "the record is damaged: " + SqliteFaults.describe(failure) + "; a restart makes a new one";
        }
        batch.get(0).done().completeExceptionally(new LedgerException(SqliteFaults.describe(failure), failure));
    }

    /** Writes what waits, for up to a time, and closes the connection. */
    void close(Duration patience) throws InterruptedException {
        isClosed = true;
        closing.countDown();
        // If there is no room for it the thread does not wait for anything.
        queue.offer(new Waiting((handle, events) -> {}, new CompletableFuture<>()));
        thread.join(Math.max(1, patience.toMillis()));
        if (thread.isAlive()) {
            thread.interrupt();
            thread.join(patience.toMillis());
        }
        for (Waiting left = queue.poll(); left != null; left = queue.poll()) {
            left.done()
                    .completeExceptionally(new LedgerException("the record was closed before this was written", null));
        }
    }
}
