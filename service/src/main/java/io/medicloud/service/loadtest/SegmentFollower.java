// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.medicloud.service.proto.WatchEventsRequest;
import io.medicloud.service.proto.WatchEventsResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Watches the service's events and reads each segment as soon as it is told that it stands in the bucket; all on one thread of its own. A segment is in the
 * bucket for us when that has been told: that is when its latencies are taken.
 */
final class SegmentFollower implements AutoCloseable {
    /** As many events are on their way to us at the most: the service keeps the others. */
    private static final int WINDOW = 512;

    private static final long WATCH_AGAIN_MS = 200;
    private static final List<WatchEventsResponse.Type> TYPES = List.of(
            WatchEventsResponse.Type.SEGMENT_UPLOADED,
            WatchEventsResponse.Type.SEGMENT_LOST,
            WatchEventsResponse.Type.STREAM_ENDED,
            WatchEventsResponse.Type.STREAM_FAILED);

    private final ControlPlane control;
    private final SegmentReader reader;
    private final RunClock clock;
    private final Duration limit;
    private final Map<String, StreamLedger> ledgers = new ConcurrentHashMap<>();
    private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
    private final Latencies newest = new Latencies();
    private final Latencies oldest = new Latencies();
    private final Thread thread = new Thread(this::run, "load-verifier");
    private volatile long cursor;
    private volatile boolean isClosed;
    private volatile @Nullable ClientCallStreamObserver<WatchEventsRequest> call;

    /** An event, or with none the end of the call. */
    private record Heard(@Nullable WatchEventsResponse event, long atUs) {}

    /** @param limit how long it watches at the most */
    SegmentFollower(ControlPlane control, SegmentReader reader, RunClock clock, Duration limit) {
        this.control = control;
        this.reader = reader;
        this.clock = clock;
        this.limit = limit;
        thread.setDaemon(true);
    }

    /** Begins to watch: what happens from now on is heard of. */
    void start() {
        watch(WatchEventsRequest.newBuilder().setFromNow(true));
        thread.start();
    }

    /** Follows this stream too. Before it is started. */
    void follow(StreamLedger ledger) {
        ledgers.put(ledger.liveId(), ledger);
    }

    /** How old the newest picture of a segment is when it is in the bucket. */
    Latencies newest() {
        return newest;
    }

    /** How old its oldest picture is. */
    Latencies oldest() {
        return oldest;
    }

    private void watch(WatchEventsRequest.Builder request) {
        request.addAllTypes(TYPES);
        control.watch(request.build(), limit, new ClientResponseObserver<WatchEventsRequest, WatchEventsResponse>() {
            @Override
            public void beforeStart(ClientCallStreamObserver<WatchEventsRequest> begun) {
                begun.disableAutoRequestWithInitial(WINDOW);
                call = begun;
            }

            @Override
            public void onNext(WatchEventsResponse event) {
                heard.add(new Heard(event, clock.nowUs()));
            }

            @Override
            public void onError(Throwable why) {
                heard.add(new Heard(null, clock.nowUs()));
            }

            @Override
            public void onCompleted() {
                heard.add(new Heard(null, clock.nowUs()));
            }
        });
    }

    private void run() {
        try {
            while (!isClosed) {
                Heard next = heard.poll(WATCH_AGAIN_MS, TimeUnit.MILLISECONDS);
                if (next != null) {
                    onHeard(next);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void onHeard(Heard next) throws InterruptedException {
        WatchEventsResponse event = next.event();
        if (event == null) {
            if (!isClosed) {
                TimeUnit.MILLISECONDS.sleep(WATCH_AGAIN_MS);
                watch(WatchEventsRequest.newBuilder().setFromCursor(cursor).setFromNow(cursor == 0));
            }
            return;
        }
        cursor = event.getCursor();
        StreamLedger ledger = ledgers.get(event.getLiveId());
        if (ledger != null) {
            onEvent(ledger, event, next.atUs());
        }
        ClientCallStreamObserver<WatchEventsRequest> current = call;
        if (current != null) {
            current.request(1);
        }
    }

    private void onEvent(StreamLedger ledger, WatchEventsResponse event, long atUs) throws InterruptedException {
        switch (event.getType()) {
            case SEGMENT_UPLOADED -> {
                if (ledger.isNew(event.getSequence())) {
                    onSegment(ledger, event, atUs);
                }
            }
            case SEGMENT_LOST -> {
                if (ledger.isNew(event.getSequence())) {
                    ledger.miss(event.getSequence(), event.getReason());
                }
            }
            default -> ledger.end();
        }
    }

    private void onSegment(StreamLedger ledger, WatchEventsResponse event, long atUs) throws InterruptedException {
        try {
            byte[] segment = reader.read(event.getLiveId(), event.getSequence(), event.getKey());
            SegmentFinding finding = ledger.take(event.getSequence(), segment);
            if (finding.lastDueUs() != 0) {
                newest.record(atUs - finding.lastDueUs());
                oldest.record(atUs - finding.firstDueUs());
            }
        } catch (IOException | StatusRuntimeException e) {
            ledger.miss(event.getSequence(), "its object cannot be read: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        isClosed = true;
        ClientCallStreamObserver<WatchEventsRequest> current = call;
        if (current != null) {
            current.cancel("the load test is over", null);
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
