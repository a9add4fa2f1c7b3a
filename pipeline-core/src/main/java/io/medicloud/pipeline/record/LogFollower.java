// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.record;

import io.medicloud.pipeline.retry.Backoff;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the log of events on a thread of its own, one event after the other, as fast as they are dealt with. How far it has come is kept in the record: after a restart it
 * goes on there, so that none is left out; the last ones may come again. The first time it begins with what happens from now on. Thread-safe.
 */
public final class LogFollower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogFollower.class);
    private static final int PAGE = 64;
    private static final Backoff AGAIN = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1));
    /** Looks at the log though nobody woke it, should the record have had a fault. */
    private static final int IDLE_S = 5;

    private static final long NOT_BEGUN = -1;

    /** What deals with the events, on the follower's thread. */
    public interface Handler {
        /** Deals with one, for as long as that takes. */
        void onEvent(LoggedEvent event) throws InterruptedException;

        /**
         * Events are gone that it did not deal with, as more came than are kept, or cannot be read any more.
         *
         * @param missed how many
         * @param cursor of the last of them
         */
        default void onMissed(long missed, long cursor) throws InterruptedException {}

        /** The log is looked at: because there is news, somebody woke it, or some seconds have passed. */
        default void onLook() throws InterruptedException {}
    }

    private final String name;
    private final Ledger ledger;
    private final Handler handler;
    private final Semaphore news = new Semaphore(0);
    private final Runnable off;
    private final Thread thread;
    private volatile boolean isClosed;
    private volatile long dealtWith = NOT_BEGUN;

    /**
     * Begins to follow.
     *
     * @param name under which it is kept how far it has come
     */
    public LogFollower(String name, Ledger ledger, Handler handler) {
        this.name = name;
        this.ledger = ledger;
        this.handler = handler;
        this.off = ledger.addTail(news::release);
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Has it look soon. */
    public void wake() {
        news.release();
    }

    /** How many events it is behind the newest; 0 before it has begun, and if the record cannot be read. */
    public long lag() {
        long cursor = dealtWith;
        try {
            return cursor == NOT_BEGUN ? 0 : Math.max(0, ledger.lastCursor() - cursor);
        } catch (LedgerException e) {
            return 0;
        }
    }

    private void run() {
        try {
            long cursor = begin();
            dealtWith = cursor;
            for (int failures = 0; !isClosed; ) {
                try {
                    cursor = next(cursor);
                    failures = 0;
                } catch (RuntimeException e) {
                    LOG.error("{} failed, and tries again", name, e);
                    cursor = dealtWith;
                    TimeUnit.MILLISECONDS.sleep(AGAIN.delayMs(++failures, ThreadLocalRandom.current()));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long begin() throws InterruptedException {
        for (int failures = 1; ; failures++) {
            try {
                long cursor = ledger.readerCursor(name);
                if (cursor < 0) {
                    cursor = ledger.lastCursor();
                    ledger.putReaderCursor(name, cursor);
                }
                return cursor;
            } catch (LedgerException e) {
                LOG.warn("{} waits: {}", name, e.getMessage());
                TimeUnit.MILLISECONDS.sleep(AGAIN.delayMs(failures, ThreadLocalRandom.current()));
            }
        }
    }

    private long next(long after) throws InterruptedException {
        news.drainPermits();
        handler.onLook();
        List<LoggedEvent> page = List.of();
        try {
            page = ledger.events(after, PAGE);
        } catch (LedgerException e) {
            LOG.warn("{} waits: {}", name, e.getMessage());
        }
        if (page.isEmpty()) {
            boolean isWoken = news.tryAcquire(IDLE_S, TimeUnit.SECONDS);
            LOG.trace("{} is woken: {}", name, isWoken);
            return after;
        }
        long cursor = after;
        long missed = page.get(0).cursor() - after - 1;
        if (missed > 0 && after > 0) {
            cursor = page.get(0).cursor() - 1;
            handler.onMissed(missed, cursor);
            onDealtWith(cursor);
        }
        for (LoggedEvent event : page) {
            if (event.unreadable() > 0 && event.cursor() > cursor + 1) {
                handler.onMissed(event.unreadable(), event.cursor() - 1);
            }
            handler.onEvent(event);
            cursor = event.cursor();
            onDealtWith(cursor);
        }
        return cursor;
    }

    private void onDealtWith(long cursor) {
        dealtWith = cursor;
        ledger.putReaderCursor(name, cursor);
    }

    /** Follows no more; what was not dealt with is after the next start. */
    @Override
    public void close() {
        isClosed = true;
        off.run();
        thread.interrupt();
    }
}
