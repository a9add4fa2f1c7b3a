// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.record.LedgerException;
import io.medicloud.pipeline.record.StreamRecord;
import io.medicloud.service.proto.ListStreamsRequest;
import io.medicloud.service.proto.ListStreamsResponse;
import io.medicloud.service.proto.StreamStats;
import io.medicloud.service.proto.StreamSummary;
import io.medicloud.service.proto.WatchStreamStatsRequest;
import io.medicloud.service.stream.StreamDetail;
import io.medicloud.service.stream.StreamException;
import io.medicloud.service.stream.StreamRegistry;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The part of the API that tells what is measured of streams. Thread-safe. */
public final class StatsService implements AutoCloseable {
    private static final int USUAL_INTERVAL_MS = 1000;
    private static final int LEAST_INTERVAL_MS = 100;
    private static final int MOST_INTERVAL_MS = 60_000;
    private static final String ENDED = "ENDED";

    private final StreamRegistry streams;
    private final Ledger ledger;
    private final Function<StreamDetail, @Nullable Long> kernelDrops;
    private final InstantSource clock;
    private final int mostWatchers;
    private final AtomicInteger watchers = new AtomicInteger();
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, work -> {
        Thread thread = new Thread(work, "stats-watch");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * @param kernelDrops datagrams that the kernel discarded at a stream's port; null if that is not known
     * @param mostWatchers how many may watch statistics at once, see {@code stats.watchers}
     */
    public StatsService(
            StreamRegistry streams,
            Ledger ledger,
            Function<StreamDetail, @Nullable Long> kernelDrops,
            InstantSource clock,
            int mostWatchers) {
        this.kernelDrops = kernelDrops;
        this.streams = streams;
        this.ledger = ledger;
        this.clock = clock;
        this.mostWatchers = mostWatchers;
        timer.setRemoveOnCancelPolicy(true);
    }

    /** How many watch statistics now. */
    public int watchers() {
        return watchers.get();
    }

    ListStreamsResponse list(ListStreamsRequest request) {
        Map<String, StreamRecord> known = new LinkedHashMap<>();
        try {
            ledger.streams().forEach(stream -> known.put(stream.id(), stream));
        } catch (LedgerException e) {
            throw Status.UNAVAILABLE.withDescription(e.getMessage()).asRuntimeException();
        }
        Map<String, StreamSummary> found = new TreeMap<>();
        for (StreamDetail stream : streams.details()) {
            String id = stream.info().liveId();
            StreamRecord record = known.remove(id);
            found.put(id, StatsMessages.summary(stream, record == null ? 0 : record.nextSequence() - 1, nowUs()));
        }
        if (request.getIncludeEnded()) {
            known.forEach((id, record) -> found.putIfAbsent(
                    id,
                    StreamSummary.newBuilder()
                            .setLiveId(id)
                            .setState(ENDED)
                            .setNewestSequence(record.nextSequence() - 1)
                            .build()));
        }
        return ListStreamsResponse.newBuilder().addAllStreams(found.values()).build();
    }

    StreamStats stats(String liveId) throws StreamException {
        StreamDetail stream = streams.detail(liveId);
        return StatsMessages.of(stream, kernelDrops.apply(stream), nowUs(), clock.millis());
    }

    void watch(WatchStreamStatsRequest request, ServerCallStreamObserver<StreamStats> call) throws StreamException {
        int intervalMs = request.getIntervalMs() == 0 ? USUAL_INTERVAL_MS : request.getIntervalMs();
        if (intervalMs < LEAST_INTERVAL_MS || intervalMs > MOST_INTERVAL_MS) {
            throw new StreamException(
                    StreamException.Kind.INVALID,
                    "interval_ms: must be " + LEAST_INTERVAL_MS + " to " + MOST_INTERVAL_MS + ", or 0");
        }
        stats(request.getLiveId());
        if (watchers.incrementAndGet() > mostWatchers) {
            watchers.decrementAndGet();
            throw Status.RESOURCE_EXHAUSTED
                    .withDescription("stats.watchers: " + mostWatchers + " watch already, no more may")
                    .asRuntimeException();
        }
        new Watch(request.getLiveId(), call).begin(intervalMs);
    }

    private static long nowUs() {
        return TimeUnit.NANOSECONDS.toMicros(System.nanoTime());
    }

    /** Sends no more. */
    @Override
    public void close() {
        timer.shutdownNow();
    }

    /** One WatchStreamStats call. */
    private final class Watch implements Runnable {
        private final String liveId;
        private final ServerCallStreamObserver<StreamStats> call;
        private @Nullable Future<?> next;
        private boolean isOver;

        Watch(String liveId, ServerCallStreamObserver<StreamStats> call) {
            this.liveId = liveId;
            this.call = call;
        }

        synchronized void begin(int intervalMs) {
            call.setOnCancelHandler(this::leave);
            call.setOnCloseHandler(this::leave);
            next = timer.scheduleAtFixedRate(this, 0, intervalMs, TimeUnit.MILLISECONDS);
        }

        @Override
        public void run() {
            try {
                StreamStats now = stats(liveId);
                if (!call.isCancelled() && call.isReady()) {
                    call.onNext(now);
                }
            } catch (StreamException e) {
                leave();
                call.onCompleted();
            }
        }

        private synchronized void leave() {
            if (!isOver) {
                isOver = true;
                watchers.decrementAndGet();
                if (next != null) {
                    next.cancel(false);
                }
            }
        }
    }
}
