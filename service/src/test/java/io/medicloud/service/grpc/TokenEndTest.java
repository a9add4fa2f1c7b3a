// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.client.grpc.GrpcClients;
import com.nimbusds.jose.jwk.ECKey;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.medicloud.service.Http1;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamStub;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.WatchEventsRequest;
import io.medicloud.service.proto.WatchStreamStatsRequest;
import io.medicloud.service.proto.WatchStreamStatusRequest;
import io.medicloud.service.security.TestIssuer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Watches that are open when the token of who watches ends. */
final class TokenEndTest {
    private static final HttpClient HTTP = Http1.client();
    /** Of tokens that are to end soon; long enough for a slow machine to open all watches. */
    private static final int SOON_S = 6;
    /** Of claims as they are made. */
    private static final int USUAL_S = 60;

    @TempDir
    private Path directory;

    /** One watch. */
    private static final class Watch<A> implements StreamObserver<A> {
        private final AtomicInteger answers = new AtomicInteger();
        private final CompletableFuture<Status> end = new CompletableFuture<>();

        @Override
        public void onNext(A answer) {
            answers.incrementAndGet();
        }

        @Override
        public void onError(Throwable failure) {
            end.complete(Status.fromThrowable(failure));
        }

        @Override
        public void onCompleted() {
            end.complete(Status.OK);
        }
    }

    private static <T extends io.grpc.stub.AbstractStub<T>> T client(
            Class<T> type, String way, int port, String token) {
        return GrpcClients.builder(way + "://127.0.0.1:" + port + "/")
                .addHeader("authorization", "Bearer " + token)
                .build(type)
                .withDeadlineAfter(2, TimeUnit.MINUTES);
    }

    @Test
    void endThenAndOthersGoOn() throws Exception {
        ECKey key = TestIssuer.curve("now");
        try (TestIssuer issuer = new TestIssuer()) {
            issuer.publish(key);
            try (ServiceUnderTest service = new ServiceUnderTest(
                    directory,
                    1,
                    "jwt.keys=" + issuer.address(),
                    "jwt.issuer=" + TestIssuer.NAME,
                    "jwt.audience=" + TestIssuer.AUDIENCE,
                    "jwt.clockSkew=0s")) {
                int grpc = service.service().grpcPort();
                int http = service.service().httpPort();
                String longer = TestIssuer.token(
                        key,
                        TestIssuer.claims("admin", "admin", Instant.now().plusSeconds(600))
                                .build());
                client(LivestreamBlockingStub.class, "gproto+http", grpc, longer)
                        .startPullStream(StartPullStreamRequest.newBuilder()
                                .setLiveId("live")
                                .setPassphrase("0123456789abcdef")
                                .build());
                Watch<Object> goingOn = new Watch<>();
                client(LivestreamStub.class, "gproto+http", grpc, longer)
                        .watchEvents(WatchEventsRequest.getDefaultInstance(), cast(goingOn));

                String soon = TestIssuer.token(
                        key,
                        TestIssuer.claims("wall", "viewer", Instant.now().minusSeconds(USUAL_S - SOON_S))
                                .build());
                CompletableFuture<String> sse = events(http, soon);
                Watch<Object> silent = new Watch<>();
                Watch<Object> told = new Watch<>();
                Watch<Object> stats = new Watch<>();
                client(LivestreamStub.class, "gproto+http", grpc, soon)
                        .watchStreamStatus(
                                WatchStreamStatusRequest.newBuilder()
                                        .setLiveId("live")
                                        .build(),
                                cast(silent));
                client(LivestreamStub.class, "gproto+http", grpc, soon)
                        .watchEvents(WatchEventsRequest.getDefaultInstance(), cast(told));
                client(LivestreamStub.class, "gproto-web+http", http, soon)
                        .watchStreamStats(
                                WatchStreamStatsRequest.newBuilder()
                                        .setLiveId("live")
                                        .build(),
                                cast(stats));

                for (Watch<Object> watch : List.of(silent, told, stats)) {
                    Status status = watch.end.get(60, TimeUnit.SECONDS);
                    assertThat(status.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
                    assertThat(status.getDescription()).startsWith("authorization: the token has expired");
                }
                assertThat(told.answers.get()).isPositive();
                assertThat(stats.answers.get()).isPositive();
                assertThat(sse.get(60, TimeUnit.SECONDS))
                        .contains("STREAM_STARTED")
                        .contains("event: failure")
                        .contains("UNAUTHENTICATED");
                // What was held for them is free again, but for the one that goes on.
                await().atMost(Duration.ofSeconds(20))
                        .untilAsserted(() -> assertThat(metrics(http, longer))
                                .contains("medicloud_limit_used{limit=\"events.watchers\"} 1.0")
                                .contains("medicloud_limit_used{limit=\"stats.watchers\"} 0.0")
                                .contains("medicloud_limit_used{limit=\"stream.watchers\"} 0.0"));
                assertThat(goingOn.end).isNotDone();
                assertThat(goingOn.answers.get()).isPositive();
            }
        }
    }

    @SuppressWarnings("unchecked") // takes whatever comes
    private static <A> StreamObserver<A> cast(Watch<Object> watch) {
        return (StreamObserver<A>) (StreamObserver<?>) watch;
    }

    private static CompletableFuture<String> events(int port, String token) {
        return HTTP.sendAsync(request(port, "/api/v1/events/watch", token), BodyHandlers.ofString())
                .thenApply(response -> response.body());
    }

    private static String metrics(int port, String token) throws Exception {
        return HTTP.send(request(port, "/metrics", token), BodyHandlers.ofString())
                .body();
    }

    private static HttpRequest request(int port, String path, String token) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .header("authorization", "Bearer " + token)
                .build();
    }
}
