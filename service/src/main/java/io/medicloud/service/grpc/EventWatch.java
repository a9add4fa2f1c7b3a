// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.record.EventLog;
import io.medicloud.pipeline.record.LedgerException;
import io.medicloud.pipeline.record.LoggedEvent;
import io.medicloud.service.proto.WatchEventsResponse;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One WatchEvents call. It reads the log as fast as its client takes events and no faster, so that a slow client costs
 * nobody anything; one that is so slow that the log has forgotten what it has not read is told how much. Thread-safe.
 */
final class EventWatch {
    /** Read from the log at once. */
    private static final int PAGE = 64;

    private static final Logger LOG = LoggerFactory.getLogger(EventWatch.class);

    private final EventLog log;
    private final Predicate<StreamEvent> wanted;
    private final ServerCallStreamObserver<WatchEventsResponse> call;
    private final Executor executor;
    /** Wakes that are not dealt with; whoever raises it from 0 reads. */
    private final AtomicInteger wakes = new AtomicInteger();
    /** What was read and not sent yet; of the one that reads alone, as is what follows. */
    private final Queue<LoggedEvent> page = new ArrayDeque<>();

    private volatile long cursor;
    /** What follows the cursor is known to be kept, or to come yet. */
    private boolean isInLog;

    private boolean isOver;

    /** @param cursor events behind it are sent */
    EventWatch(
            EventLog log,
            long cursor,
            Predicate<StreamEvent> wanted,
            ServerCallStreamObserver<WatchEventsResponse> call,
            Executor executor) {
        this.log = log;
        this.cursor = cursor;
        this.wanted = wanted;
        this.call = call;
        this.executor = executor;
    }

    /** How far it has come in the log. */
    long cursor() {
        return cursor;
    }

    /** There may be something to send, or room to send it. */
    void wake() {
        if (wakes.getAndIncrement() == 0) {
            try {
                executor.execute(this::run);
            } catch (RejectedExecutionException e) {
                LOG.debug("The service ends, and the call with it", e);
            }
        }
    }

    private void run() {
        int seen;
        do {
            seen = wakes.get();
            if (!isOver) {
                send();
            }
        } while (!wakes.compareAndSet(seen, 0));
    }

    private void send() {
        try {
            while (!call.isCancelled() && call.isReady()) {
                if (page.isEmpty() && !readPage()) {
                    return;
                }
                sendNext();
            }
        } catch (LedgerException e) {
            isOver = true;
            call.onError(Status.UNAVAILABLE
                    .withDescription(e.getMessage() + "; try again from the last cursor")
                    .asRuntimeException());
        }
    }

    static WatchEventsResponse lagged(long missed, long cursor) {
        return WatchEventsResponse.newBuilder()
                .setType(WatchEventsResponse.Type.LAGGED)
                .setMissed(missed)
                .setCursor(cursor)
                .build();
    }

    /** False if there is nothing behind the cursor. Where the log begins is asked only where something may be missing: that may cost a round trip. */
    private boolean readPage() throws LedgerException {
        page.addAll(log.events(cursor, PAGE));
        LoggedEvent next = page.peek();
        boolean follows = next == null ? isInLog : next.cursor() == cursor + 1;
        if (!follows) {
            long first = log.firstCursor();
            if (cursor != 0 && first > cursor + 1) {
                call.onNext(lagged(first - cursor - 1, first - 1));
            }
            cursor = Math.max(cursor, first - 1);
            page.removeIf(event -> event.cursor() <= cursor);
        }
        isInLog = true;
        return !page.isEmpty();
    }

    private void sendNext() {
        for (LoggedEvent next = page.poll(); next != null; next = page.poll()) {
            if (next.unreadable() > 0) {
                call.onNext(lagged(next.unreadable(), next.cursor() - 1));
            }
            cursor = next.cursor();
            if (wanted.test(next.event())) {
                call.onNext(EventMessages.of(next));
                return;
            }
        }
    }
}
