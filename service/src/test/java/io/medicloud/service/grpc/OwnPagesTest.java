// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.HttpHeaderNames;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.medicloud.service.RawClient;
import io.medicloud.service.proto.ListActiveStreamsRequest;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A page of somebody else in a browser on this machine, whose name leads here by now (DNS rebinding). */
final class OwnPagesTest {
    private static final int PATIENCE_MS = 20_000;
    private static final String EVIL = "evil.example:50051";

    @TempDir
    static Path directory;

    private static ServiceUnderTest service;

    @BeforeAll
    static void start() throws Exception {
        service = new ServiceUnderTest(directory, 1);
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    private static String get(String path, String host, String more) throws IOException {
        try (RawClient client = new RawClient(service.service().httpPort())) {
            return client.send(
                            "GET " + path + " HTTP/1.1\r\nhost: " + host + "\r\n" + more + "connection: close\r\n\r\n")
                    .answer(PATIENCE_MS);
        }
    }

    private static String call(String type, String host, String more) throws IOException {
        try (RawClient client = new RawClient(service.service().grpcPort())) {
            return client.send(String.join(
                            "\r\n",
                            "POST /livestream.Livestream/ListActiveStreams HTTP/1.1",
                            "host: " + host,
                            "content-type: " + type,
                            "content-length: 5",
                            more + "connection: close",
                            "",
                            "\0\0\0\0\0"))
                    .answer(PATIENCE_MS);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/grpc-web", "application/grpc-web+proto", "application/grpc"})
    void startsNothingOverGrpc(String type) throws Exception {
        assertThat(call(type, EVIL, "origin: http://" + EVIL + "\r\n")).startsWith("HTTP/1.1 403 ");
        assertThat(call(type, EVIL, "")).startsWith("HTTP/1.1 403 ");
        assertThat(call(type, "127.0.0.1", "origin: http://" + EVIL + "\r\n")).startsWith("HTTP/1.1 403 ");
        assertThat(call(type, "localhost", "origin: http://localhost\r\n")).startsWith("HTTP/1.1 200 ");
        assertThat(call(type, "127.0.0.1", "")).startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/api/",
                "/web/app.js",
                "/metrics",
                "/hls/live/index.m3u8",
                "/thumb/live/latest.jpg",
                "/api/v1/health"
            })
    void readsNothingOverHttp(String path) throws Exception {
        assertThat(get(path, EVIL, "")).startsWith("HTTP/1.1 403 ").contains("is no name of this machine");
        for (String own : List.of("127.0.0.1", "localhost:8080", "[::1]")) {
            assertThat(get(path, own, "")).doesNotContain(" 403 ");
        }
    }

    @Test
    void playersOnOtherPagesMayPlay() throws Exception {
        String foreign = "origin: https://player.example\r\n";
        assertThat(get("/hls/live/index.m3u8", "127.0.0.1", foreign))
                .startsWith("HTTP/1.1 404 ")
                .contains("access-control-allow-origin: *");
        assertThat(get("/thumb/live/latest.jpg", "127.0.0.1", foreign)).startsWith("HTTP/1.1 404 ");
        assertThat(get("/metrics", "127.0.0.1", foreign)).startsWith("HTTP/1.1 403 ");
    }

    @Test
    void programsMayCallByAnyName() {
        LivestreamBlockingStub client = GrpcClients.builder(
                        "gproto+http://127.0.0.1:" + service.service().grpcPort() + "/")
                .setHeader(HttpHeaderNames.AUTHORITY, "medicloud.internal:50051")
                .build(LivestreamBlockingStub.class);
        assertThat(client.listActiveStreams(ListActiveStreamsRequest.getDefaultInstance())
                        .getLiveIdsList())
                .isEmpty();

        LivestreamBlockingStub page = GrpcClients.builder(
                        "gproto+http://127.0.0.1:" + service.service().grpcPort() + "/")
                .setHeader(HttpHeaderNames.AUTHORITY, EVIL)
                .setHeader(HttpHeaderNames.ORIGIN, "http://" + EVIL)
                .build(LivestreamBlockingStub.class);
        StatusRuntimeException refused = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> page.listActiveStreams(ListActiveStreamsRequest.getDefaultInstance()));
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    }
}
