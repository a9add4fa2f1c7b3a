// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.event;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One subscriber's place at an {@link EventBus}. Thread-safe; {@link #close()} ends it, what still waits is not delivered. */
public final class Subscription implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);
    private static final int MOST_PER_TURN = 64;

    /** An event, and how many were dropped just before it. */
    private record Entry(StreamEvent event, long missedBefore) {}

    private final EventBus bus;
    private final Predicate<StreamEvent> wanted;
    private final int mostQueued;
    private final Executor executor;
    private final EventSubscriber subscriber;
    private final Queue<Entry> queue = new ArrayDeque<>();
    private long missed;
    private long missedInAll;
    private boolean scheduled;
    private volatile boolean closed;

    Subscription(
            EventBus bus,
            Predicate<StreamEvent> wanted,
            int mostQueued,
            Executor executor,
            EventSubscriber subscriber) {
        if (mostQueued < 1) {
            throw new IllegalArgumentException("mostQueued is " + mostQueued + ", at least 1 is needed");
        }
        this.bus = bus;
        this.wanted = wanted;
        this.mostQueued = mostQueued;
        this.executor = executor;
        this.subscriber = subscriber;
    }

    void offer(StreamEvent event) {
        if (closed || !wanted.test(event)) {
            return;
        }
        synchronized (queue) {
            if (queue.size() >= mostQueued) {
                missed++;
                missedInAll++;
                return;
            }
            queue.add(new Entry(event, missed));
            missed = 0;
            if (scheduled) {
                return;
            }
            scheduled = true;
        }
        schedule();
    }

    private void schedule() {
        try {
            executor.execute(this::deliver);
        } catch (RejectedExecutionException e) {
            close();
        }
    }

    private void deliver() {
        for (int i = 0; i < MOST_PER_TURN; i++) {
            Entry entry;
            long lagged = 0;
            synchronized (queue) {
                entry = queue.poll();
                if (entry == null) {
                    lagged = missed;
                    missed = 0;
                    scheduled = lagged > 0;
                }
            }
            if ((entry == null && lagged == 0) || !tell(entry, lagged)) {
                return;
            }
        }
        schedule();
    }

    private boolean tell(@Nullable Entry entry, long laggedAtEnd) {
        long lagged = entry == null ? laggedAtEnd : entry.missedBefore();
        try {
            if (!closed && lagged > 0) {
                subscriber.onLagged(lagged);
            }
            if (!closed && entry != null) {
                subscriber.onEvent(entry.event());
            }
        } catch (RuntimeException e) {
            LOG.warn("A subscriber to events failed and is taken off", e);
            close();
        }
        return !closed;
    }

    /** How many events this subscriber has lost in all. */
    public long missed() {
        synchronized (queue) {
            return missedInAll;
        }
    }

    @Override
    public void close() {
        closed = true;
        bus.remove(this);
        synchronized (queue) {
            queue.clear();
        }
    }
}
