// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.record.EventLog;
import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.record.LedgerException;
import io.medicloud.pipeline.record.LoggedEvent;
import io.medicloud.pipeline.record.SegmentRecord;
import io.medicloud.pipeline.record.SegmentState;
import io.medicloud.pipeline.store.SegmentStore;
import io.medicloud.pipeline.store.StoreException;
import io.medicloud.service.proto.GetSegmentUrlRequest;
import io.medicloud.service.proto.GetSegmentUrlResponse;
import io.medicloud.service.proto.ListSegmentsRequest;
import io.medicloud.service.proto.ListSegmentsResponse;
import io.medicloud.service.proto.WatchEventsRequest;
import io.medicloud.service.proto.WatchEventsResponse;
import io.medicloud.service.stream.StreamException;
import io.medicloud.service.stream.StreamSpec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** The part of the API that reads the durable record: events and segments. Thread-safe. */
public final class RecordService implements AutoCloseable {
    private static final int THREADS = 4;
    private static final int USUAL_PAGE = 100;
    private static final int MOST_PAGE = 1000;
    private static final int MOST_BACK = 10_000;
    private static final int USUAL_EXPIRY_S = 3600;
    private static final int MOST_EXPIRY_S = 7 * 24 * 3600;
    private static final Set<SegmentState> STORED =
            Set.of(SegmentState.UPLOADED, SegmentState.LISTED, SegmentState.EVICTED);

    private final Ledger ledger;
    private final EventLog events;
    private final SegmentStore store;
    private final InstantSource clock;
    private final int mostWatchers;
    private final AtomicInteger watchers = new AtomicInteger();
    private final Set<EventWatch> watching = ConcurrentHashMap.newKeySet();
    private final ThreadPoolExecutor executor;

    /**
     * Reads a record and names the objects of a store.
     *
     * @param events of this record, or of all nodes
     * @param mostWatchers how many may watch events at once, see {@code events.watchers}
     */
    public RecordService(Ledger ledger, EventLog events, SegmentStore store, InstantSource clock, int mostWatchers) {
        this.ledger = ledger;
        this.events = events;
        this.store = store;
        this.clock = clock;
        this.mostWatchers = mostWatchers;
        // Each watch is in the queue once at most.
        this.executor = new ThreadPoolExecutor(
                THREADS, THREADS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(mostWatchers + 1), work -> {
                    Thread thread = new Thread(work, "event-watch");
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
    }

    /** How many watch events now. */
    public int watchers() {
        return watchers.get();
    }

    /** How many events the watcher that is farthest behind is behind the newest; 0 if nobody watches. */
    public long mostLag() {
        long last;
        try {
            last = events.lastCursor();
        } catch (LedgerException e) {
            return 0;
        }
        return watching.stream()
                .mapToLong(watch -> Math.max(0, last - watch.cursor()))
                .max()
                .orElse(0);
    }

    /** An event as the API tells it, in protobuf's JSON. */
    public static String json(LoggedEvent event) {
        try {
            return JsonFormat.printer().omittingInsignificantWhitespace().print(EventMessages.of(event));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the message has no field of type Any", e);
        }
    }

    /** That events are gone before a reader was told of them, in protobuf's JSON; {@code cursor} is that of the last of them. */
    public static String lagged(long missed, long cursor) {
        try {
            return JsonFormat.printer().omittingInsignificantWhitespace().print(EventWatch.lagged(missed, cursor));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the message has no field of type Any", e);
        }
    }

    void watch(WatchEventsRequest request, ServerCallStreamObserver<WatchEventsResponse> call) {
        if (watchers.incrementAndGet() > mostWatchers) {
            watchers.decrementAndGet();
            throw Status.RESOURCE_EXHAUSTED
                    .withDescription("events.watchers: " + mostWatchers + " watch already, no more may")
                    .asRuntimeException();
        }
        boolean isWatching = false;
        try {
            EventWatch watch = new EventWatch(events, cursorOf(request), wantedBy(request), call, executor);
            Runnable off = events.addTail(watch::wake);
            watching.add(watch);
            AtomicBoolean isGone = new AtomicBoolean();
            Runnable leave = () -> {
                if (isGone.compareAndSet(false, true)) {
                    off.run();
                    watching.remove(watch);
                    watchers.decrementAndGet();
                }
            };
            call.setOnCancelHandler(leave);
            call.setOnCloseHandler(leave);
            call.setOnReadyHandler(watch::wake);
            isWatching = true;
            watch.wake();
        } finally {
            if (!isWatching) {
                watchers.decrementAndGet();
            }
        }
    }

    private long cursorOf(WatchEventsRequest request) {
        long last = read(events::lastCursor);
        if (request.getFromNow()) {
            return Math.max(0, last - Math.min(request.getLast() & 0x7FFF_FFFF, MOST_BACK));
        }
        long cursor = request.getFromCursor();
        if (cursor < 0 || cursor > last) {
            throw Status.OUT_OF_RANGE
                    .withDescription("from_cursor: is above the newest event's, " + last + "; 0 is from the oldest on")
                    .asRuntimeException();
        }
        return cursor;
    }

    private static Predicate<StreamEvent> wantedBy(WatchEventsRequest request) {
        Set<String> ids = Set.copyOf(request.getLiveIdsList());
        Set<WatchEventsResponse.Type> types = Set.copyOf(request.getTypesList());
        return event -> (ids.isEmpty() || event.streamId().isEmpty() || ids.contains(event.streamId()))
                && (types.isEmpty() || types.contains(EventMessages.typeOf(event)));
    }

    /** How many segments a page has at the most. */
    static int pageOf(ListSegmentsRequest request) {
        return request.getLimit() == 0 ? USUAL_PAGE : Math.min(request.getLimit() & 0x7FFF_FFFF, MOST_PAGE);
    }

    ListSegmentsResponse list(ListSegmentsRequest request) throws StreamException {
        StreamSpec.requireLiveId(request.getLiveId());
        int most = pageOf(request);
        if (request.getNewest()) {
            ListSegmentsResponse.Builder newest = ListSegmentsResponse.newBuilder();
            read(() -> ledger.newest(request.getLiveId(), most))
                    .forEach(segment -> newest.addSegments(EventMessages.of(segment)));
            return newest.build();
        }
        List<SegmentRecord> found =
                read(() -> ledger.segments(request.getLiveId(), request.getFromSequence(), most + 1));
        ListSegmentsResponse.Builder response = ListSegmentsResponse.newBuilder();
        found.stream().limit(most).forEach(segment -> response.addSegments(EventMessages.of(segment)));
        if (found.size() > most) {
            response.setNextSequence(found.get(most).sequence());
        }
        return response.build();
    }

    GetSegmentUrlResponse url(GetSegmentUrlRequest request) throws StreamException {
        StreamSpec.requireLiveId(request.getLiveId());
        int seconds = request.getExpiresSeconds() == 0 ? USUAL_EXPIRY_S : request.getExpiresSeconds();
        if (seconds < 1 || seconds > MOST_EXPIRY_S) {
            throw new StreamException(
                    StreamException.Kind.INVALID, "expires_seconds: must be 1 to " + MOST_EXPIRY_S + ", or 0");
        }
        SegmentRecord segment = find(request);
        if (!STORED.contains(segment.state())) {
            throw new StreamException(
                    StreamException.Kind.PRECONDITION,
                    "sequence: segment " + segment.sequence() + " is not in the bucket, it is " + segment.state());
        }
        try {
            return GetSegmentUrlResponse.newBuilder()
                    .setUrl(store.urlOf(segment.key(), Duration.ofSeconds(seconds)))
                    .setExpiresAtMs(clock.millis() + seconds * 1000L)
                    .build();
        } catch (StoreException e) {
            throw new StreamException(StreamException.Kind.UNAVAILABLE, String.valueOf(e.getMessage()));
        }
    }

    private SegmentRecord find(GetSegmentUrlRequest request) throws StreamException {
        List<SegmentRecord> found = read(() -> ledger.segments(request.getLiveId(), request.getSequence(), 1));
        if (found.isEmpty() || found.get(0).sequence() != request.getSequence()) {
            throw new StreamException(
                    StreamException.Kind.NOT_FOUND, "sequence: the stream has no segment of that number");
        }
        return found.get(0);
    }

    private interface Reading<T> {
        T get() throws LedgerException;
    }

    private static <T> T read(Reading<T> reading) throws StatusRuntimeException {
        try {
            return reading.get();
        } catch (LedgerException e) {
            throw Status.UNAVAILABLE.withDescription(e.getMessage()).asRuntimeException();
        }
    }

    /** Sends no more events. */
    @Override
    public void close() {
        executor.shutdownNow();
    }
}
