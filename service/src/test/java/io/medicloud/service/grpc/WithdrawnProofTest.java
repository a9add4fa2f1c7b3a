// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.client.grpc.GrpcClients;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.medicloud.service.Http1;
import io.medicloud.service.config.ConfigLoader;
import io.medicloud.service.config.ConfigWatch;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamStub;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.WatchEventsRequest;
import io.medicloud.service.proto.WatchEventsResponse;
import io.medicloud.service.security.TestIssuer;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Watches that are open when what proved who watches is taken back. */
final class WithdrawnProofTest {
    private static final int LIMIT_S = 60;

    @TempDir
    private Path directory;

    /** What a watch heard, and how it ended. */
    private static final class Watch implements StreamObserver<WatchEventsResponse> {
        private final List<String> heard = new CopyOnWriteArrayList<>();
        private final CompletableFuture<Status> end = new CompletableFuture<>();

        @Override
        public void onNext(WatchEventsResponse answer) {
            heard.add(answer.getLiveId());
        }

        void awaitHeard(String liveId) {
            await().atMost(Duration.ofSeconds(LIMIT_S)).until(() -> heard.contains(liveId));
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

    private static Watch watch(ServiceUnderTest service, String token) {
        Watch watch = new Watch();
        GrpcClients.builder("gproto+http://127.0.0.1:" + service.service().grpcPort() + "/")
                .addHeader("authorization", "Bearer " + token)
                .build(LivestreamStub.class)
                .withDeadlineAfter(2, TimeUnit.MINUTES)
                .watchEvents(WatchEventsRequest.getDefaultInstance(), watch);
        return watch;
    }

    /** Something to hear of. */
    private static void startStream(ServiceUnderTest service, String token, String liveId) {
        var unused = GrpcClients.builder(
                        "gproto+http://127.0.0.1:" + service.service().grpcPort() + "/")
                .addHeader("authorization", "Bearer " + token)
                .build(LivestreamBlockingStub.class)
                .startPullStream(StartPullStreamRequest.newBuilder()
                        .setLiveId(liveId)
                        .setPassphrase("0123456789")
                        .build());
    }

    private static CompletableFuture<String> events(ServiceUnderTest service, String token) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + service.service().httpPort() + "/api/v1/events/watch"))
                .header("authorization", "Bearer " + token)
                .build();
        var answer =
                Http1.client().sendAsync(request, BodyHandlers.ofInputStream()).get(LIMIT_S, TimeUnit.SECONDS);
        assertThat(answer.statusCode()).isEqualTo(200);
        return CompletableFuture.supplyAsync(() -> {
            try (var body = answer.body()) {
                return new String(body.readAllBytes(), StandardCharsets.UTF_8);
            } catch (java.io.IOException e) {
                return e.toString();
            }
        });
    }

    private void access(String... entries) throws Exception {
        Files.writeString(directory.resolve("access.yaml"), "tokens:\n" + String.join("", entries));
    }

    private static String entry(String name, String role) throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
        return "  - {name: " + name + ", role: " + role + ", sha256: \""
                + HexFormat.of().formatHex(hash) + "\"}\n";
    }

    private static void assertEnded(Watch watch) throws Exception {
        Status status = watch.end.get(LIMIT_S, TimeUnit.SECONDS);
        assertThat(status.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(status.getDescription()).contains("does so no more");
    }

    @Test
    void endWithTheEntryOfTheAccessFileAndOthersGoOn() throws Exception {
        String boss = entry("boss", "operator");
        access(boss, entry("gone", "viewer"), entry("stays", "viewer"), entry("raised", "viewer"));
        List<String> settings = List.of("security.accessFile=access.yaml");
        ConfigLoader loader = new ConfigLoader(directory, Map.of());
        try (ServiceUnderTest service = new ServiceUnderTest(directory, 2, settings.toArray(String[]::new));
                ConfigWatch config = new ConfigWatch(
                        loader.load(null, settings),
                        () -> loader.load(null, settings),
                        Duration.ofHours(1),
                        service.service())) {
            Watch gone = watch(service, "gone");
            Watch stays = watch(service, "stays");
            Watch raised = watch(service, "raised");
            CompletableFuture<String> sse = events(service, "gone");
            startStream(service, "boss", "one");
            List.of(gone, stays, raised).forEach(watch -> watch.awaitHeard("one"));

            access(boss, entry("stays", "viewer"), entry("raised", "operator"));
            config.lookNow();

            assertEnded(gone);
            assertEnded(raised);
            assertThat(sse.get(LIMIT_S, TimeUnit.SECONDS))
                    .contains("event: failure")
                    .contains("UNAUTHENTICATED");
            startStream(service, "boss", "two");
            stays.awaitHeard("two");
        }
    }

    @Test
    void endWithTheKeyOfTheirIssuer() throws Exception {
        ECKey old = TestIssuer.curve("old");
        ECKey other = TestIssuer.curve("other");
        Path keys = directory.resolve("keys.json");
        Files.writeString(keys, new JWKSet(List.of(old, other)).toPublicJWKSet().toString());
        try (ServiceUnderTest service = new ServiceUnderTest(
                directory,
                2,
                "jwt.keys=keys.json",
                "jwt.issuer=" + TestIssuer.NAME,
                "jwt.audience=" + TestIssuer.AUDIENCE)) {
            Watch gone = watch(service, token(old));
            Watch stays = watch(service, token(other));
            startStream(service, token(other), "one");
            List.of(gone, stays).forEach(watch -> watch.awaitHeard("one"));

            Files.writeString(keys, new JWKSet(other).toPublicJWKSet().toString());

            assertEnded(gone);
            startStream(service, token(other), "two");
            stays.awaitHeard("two");
        }
    }

    private static String token(ECKey key) throws Exception {
        return TestIssuer.token(
                key,
                TestIssuer.claims("wall", "operator", Instant.now().plusSeconds(600))
                        .build());
    }
}
