// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.client.grpc.GrpcClients;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.medicloud.service.Http1;
import io.medicloud.service.config.ConfigLoader;
import io.medicloud.service.config.ConfigWatch;
import io.medicloud.service.proto.ListActiveStreamsRequest;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StopPullStreamRequest;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** So many streams each client may have started, whoever else starts some; also after a restart. */
final class StreamsPerClientTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    @BeforeEach
    void write() throws Exception {
        StringBuilder access = new StringBuilder("tokens:\n");
        for (String name : List.of("first", "second")) {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(token(name).getBytes(StandardCharsets.UTF_8));
            access.append("  - {name: ").append(name).append(", role: operator, sha256: ");
            access.append(HexFormat.of().formatHex(hash)).append("}\n");
        }
        Files.writeString(directory.resolve("access.yaml"), access);
    }

    private static String token(String name) {
        return "token-of-the-" + name;
    }

    private ServiceUnderTest service(String... more) throws Exception {
        String[] all = java.util.Arrays.copyOf(more, more.length + 1);
        all[more.length] = "security.accessFile=access.yaml";
        return new ServiceUnderTest(directory, 8, all);
    }

    private static LivestreamBlockingStub client(ServiceUnderTest service, String name) {
        return GrpcClients.builder(
                        "gproto+http://127.0.0.1:" + service.service().grpcPort() + "/")
                .addHeader("authorization", "Bearer " + token(name))
                .build(LivestreamBlockingStub.class);
    }

    private static void start(ServiceUnderTest service, String name, String liveId) {
        var unused = client(service, name)
                .startPullStream(StartPullStreamRequest.newBuilder()
                        .setLiveId(liveId)
                        .setPassphrase("0123456789abcdef")
                        .build());
    }

    private static void stop(ServiceUnderTest service, String name, String liveId) {
        var unused = client(service, name)
                .stopPullStream(
                        StopPullStreamRequest.newBuilder().setLiveId(liveId).build());
    }

    private static void assertTooMany(ServiceUnderTest service, String name, String liveId) {
        assertThatThrownBy(() -> start(service, name, liveId))
                .isInstanceOfSatisfying(StatusRuntimeException.class, refused -> {
                    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
                    assertThat(refused.getStatus().getDescription()).startsWith("stream.limitPerClient: 2 streams");
                });
    }

    private static String metrics(ServiceUnderTest service) throws Exception {
        return Http1.client()
                .send(
                        HttpRequest.newBuilder(URI.create(
                                        "http://127.0.0.1:" + service.service().httpPort() + "/metrics"))
                                .header("authorization", "Bearer " + token("first"))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    @Test
    void oneClientTakesNoPlaceOfAnothers() throws Exception {
        try (ServiceUnderTest service = service("stream.limitPerClient=2")) {
            start(service, "first", "a");
            start(service, "first", "b");

            assertTooMany(service, "first", "c");
            start(service, "second", "c");
            assertThat(metrics(service))
                    .contains(
                            "medicloud_limit{limit=\"stream.limitPerClient\"} 2.0",
                            "medicloud_limit_used{limit=\"stream.limitPerClient\"} 2.0",
                            "medicloud_limit_reached_total{limit=\"stream.limitPerClient\"} 1.0");

            stop(service, "second", "a"); // whose it is counts, not who stops it
            start(service, "first", "d");
            start(service, "second", "e");
            assertTooMany(service, "second", "f");
        }
    }

    @Test
    void whoIsNotKnownIsCountedByAddress() throws Exception {
        try (ServiceUnderTest service = new ServiceUnderTest(directory, 8, "stream.limitPerClient=2")) {
            start(service, "first", "a");
            start(service, "second", "b");

            assertTooMany(service, "first", "c");
        }
    }

    @Test
    void whoseAStreamIsIsKnownAfterARestartWhichStopsNone() throws Exception {
        String ports;
        try (ServiceUnderTest service = service()) {
            ports = "srt.ports=" + service.ports();
            for (String liveId : List.of("a", "b", "c")) {
                start(service, "first", liveId);
            }
        }
        try (ServiceUnderTest service = service(ports, "stream.limitPerClient=2")) {
            assertThat(client(service, "second")
                            .listActiveStreams(ListActiveStreamsRequest.getDefaultInstance())
                            .getLiveIdsList())
                    .containsExactly("a", "b", "c");
            assertTooMany(service, "first", "d");
            start(service, "second", "d");

            stop(service, "first", "a");
            assertTooMany(service, "first", "e");
            stop(service, "first", "b");
            start(service, "first", "e");
        }
    }

    @Test
    void theLimitMayChangeWhileItRuns() throws Exception {
        Path file = directory.resolve("medicloud.yaml");
        Files.writeString(file, "stream.limitPerClient: 2\n");
        ConfigLoader loader = new ConfigLoader(directory, Map.of());
        try (ServiceUnderTest service = new ServiceUnderTest(directory, 8);
                ConfigWatch watch = new ConfigWatch(
                        loader.load(null, List.of()),
                        () -> loader.load(null, List.of()),
                        Duration.ofHours(1),
                        service.service())) {
            start(service, "first", "a");
            start(service, "first", "b");
            assertTooMany(service, "first", "c");

            Files.writeString(file, "stream.limitPerClient: 3\n");
            watch.lookNow();
            await().atMost(LIMIT).ignoreExceptions().until(() -> {
                start(service, "first", "c");
                return true;
            });
        }
    }
}
