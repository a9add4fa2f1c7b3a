// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.stub.StreamObserver;
import io.medicloud.service.proto.ListActiveStreamsRequest;
import io.medicloud.service.proto.LivestreamGrpc;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.WatchEventsRequest;
import io.medicloud.service.proto.WatchEventsResponse;
import io.medicloud.service.proto.WatchStreamStatusRequest;
import io.medicloud.service.proto.WatchStreamStatusResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However many call and watch, the control faces have few threads. */
class ControlThreadsTest {
    private static final int WATCHERS = 100;
    private static final int CALLS = 2000;
    private static final int MOST_THREADS = 32;

    @TempDir
    Path directory;

    @Test
    void theyStayFewUnderParallelCallsAndWatchers() throws Exception {
        try (ServiceUnderTest service =
                new ServiceUnderTest(directory, 2, "stream.watchers=" + WATCHERS, "events.watchers=" + WATCHERS)) {
            LivestreamGrpc.LivestreamStub calls =
                    service.client(LivestreamGrpc.LivestreamStub.class).withDeadlineAfter(10, TimeUnit.MINUTES);
            service.client(LivestreamGrpc.LivestreamBlockingStub.class)
                    .startPullStream(StartPullStreamRequest.newBuilder()
                            .setLiveId("live")
                            .setPassphrase("0123456789abcdef")
                            .build());
            Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
            AtomicInteger events = new AtomicInteger();
            CountDownLatch answers = new CountDownLatch(CALLS);
            for (int i = 0; i < WATCHERS; i++) {
                calls.watchStreamStatus(
                        WatchStreamStatusRequest.newBuilder().setLiveId("live").build(),
                        new Counter<WatchStreamStatusResponse>(() -> {}, () -> {}, failures));
                calls.watchEvents(
                        WatchEventsRequest.getDefaultInstance(),
                        new Counter<WatchEventsResponse>(events::incrementAndGet, () -> {}, failures));
            }
            ExecutorService callers = Executors.newFixedThreadPool(4);
            try {
                for (int i = 0; i < CALLS; i++) {
                    callers.execute(() -> calls.listActiveStreams(
                            ListActiveStreamsRequest.getDefaultInstance(),
                            new Counter<>(() -> {}, answers::countDown, failures)));
                }
                assertThat(answers.await(60, TimeUnit.SECONDS))
                        .as("every call is answered")
                        .isTrue();
            } finally {
                callers.shutdownNow();
            }
            Awaitility.await("each watcher has heard of the start")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> events.get() >= WATCHERS);
            assertThat(failures).isEmpty();
            assertThat(threads("control")).isBetween(1L, (long) MOST_THREADS);
            assertThat(threads("armeria-common-blocking")).isZero();
        }
    }

    private static long threads(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(prefix))
                .count();
    }

    private record Counter<T>(Runnable onEach, Runnable onEnd, Queue<Throwable> failures) implements StreamObserver<T> {
        @Override
        public void onNext(T message) {
            onEach.run();
        }

        @Override
        public void onError(Throwable failure) {
            failures.add(failure);
            onEnd.run();
        }

        @Override
        public void onCompleted() {
            onEnd.run();
        }
    }
}
