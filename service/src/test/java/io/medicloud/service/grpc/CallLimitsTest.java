// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.rpc.RetryInfo;
import com.linecorp.armeria.client.grpc.GrpcClients;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.medicloud.service.Http1;
import io.medicloud.service.config.ConfigLoader;
import io.medicloud.service.proto.HealthCheckRequest;
import io.medicloud.service.proto.ListActiveStreamsRequest;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How often clients may call, over each of the ways in. */
final class CallLimitsTest {
    private static final HttpClient HTTP = Http1.client();
    private static final int BURST = 10;
    /** The hashes of "one" and "two". */
    private static final String ACCESS = """
            tokens:
              - {name: one, role: viewer, sha256: 7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed}
              - {name: two, role: viewer, sha256: 3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3}
            """;

    @TempDir
    private Path directory;

    private ServiceUnderTest service;

    @BeforeEach
    void start() throws Exception {
        Files.writeString(directory.resolve("access.yaml"), ACCESS);
        service = new ServiceUnderTest(
                directory, 1, "security.accessFile=access.yaml", "control.callsPerSecond=1", "control.burst=" + BURST);
    }

    @AfterEach
    void stop() {
        service.close();
    }

    private LivestreamBlockingStub client(String token) {
        return GrpcClients.builder(
                        "gproto+http://127.0.0.1:" + service.service().grpcPort() + "/")
                .addHeader("authorization", "Bearer " + token)
                .build(LivestreamBlockingStub.class);
    }

    private static StatusRuntimeException list(LivestreamBlockingStub client) {
        return catchThrowableOfType(
                StatusRuntimeException.class,
                () -> client.listActiveStreams(ListActiveStreamsRequest.getDefaultInstance()));
    }

    private StatusRuntimeException useUp(String token) {
        LivestreamBlockingStub client = client(token);
        // On a slow machine a second or two may pass.
        for (int calls = 0; calls < 10 * BURST; calls++) {
            StatusRuntimeException refusal = list(client);
            if (refusal != null) {
                return refusal;
            }
        }
        throw new AssertionError("no call is refused");
    }

    private HttpResponse<String> get(String path, String token) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + service.service().httpPort() + path))
                .header("authorization", "Bearer " + token)
                .build();
        return HTTP.send(request, BodyHandlers.ofString());
    }

    @Test
    void whoCallsTooOftenIsToldWhenToComeAgainAndOthersAreNot() throws Exception {
        StatusRuntimeException refusal = useUp("one");

        assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(refusal).hasMessageContaining("control.callsPerSecond: more than 1 calls a second");
        com.google.rpc.Status told = StatusProto.fromThrowable(refusal);
        RetryInfo retry = told.getDetails(0).unpack(RetryInfo.class);
        long delayMs = retry.getRetryDelay().getSeconds() * 1000
                + retry.getRetryDelay().getNanos() / 1_000_000;
        assertThat(delayMs).isBetween(1L, 1001L);
        assertThat(refusal.getTrailers()
                        .get(Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER)))
                .isEqualTo(Long.toString(delayMs));
        assertThat(list(client("two"))).isNull();
    }

    @Test
    void overHttpToo() throws Exception {
        for (String path : List.of("/api/v1/streams", "/api/v1/events/watch")) {
            useUp("one");
            HttpResponse<String> response = get(path, "one");

            assertThat(response.statusCode()).as(path).isEqualTo(429);
            assertThat(response.headers().firstValue("retry-after")).hasValue("1");
            assertThat(response.body()).contains("control.callsPerSecond");
        }
    }

    @Test
    void healthAndPagesAreNotCounted() throws Exception {
        useUp("one");

        assertThat(client("one").healthCheck(HealthCheckRequest.getDefaultInstance()))
                .isNotNull();
        assertThat(get("/livez", "one").statusCode()).isEqualTo(200);
        assertThat(get("/hls/nothing/live.m3u8", "one").statusCode()).isEqualTo(404);
        assertThat(get("/", "one").statusCode()).isEqualTo(200);
        assertThat(get("/metrics", "one").body())
                .containsPattern("medicloud_limit_reached_total\\{limit=\"control.callsPerSecond\"} [1-9]")
                .containsPattern("medicloud_limit\\{limit=\"control.callsPerSecond\"} 1");
    }

    @Test
    void whoIsNotKnownIsCountedByItsAddress() {
        // Whose token was right from there before does not wait for his neighbours.
        assertThat(list(client("two"))).isNull();
        StatusRuntimeException last = list(client("guess 0"));
        for (int i = 1; i < 3 * BURST && last.getStatus().getCode() == Status.Code.UNAUTHENTICATED; i++) {
            last = list(client("guess " + i));
        }

        assertThat(last.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(list(client("two"))).isNull();
    }

    @Test
    void anotherRateIsInForceAtOnce() throws Exception {
        useUp("one");

        service.service()
                .onChange(
                        new ConfigLoader(directory, Map.of())
                                .load(null, List.of("security.accessFile=access.yaml", "control.callsPerSecond=0"))
                                .service(),
                        List.of());
        for (int i = 0; i < 3 * BURST; i++) {
            assertThat(list(client("one"))).isNull();
        }
    }
}
