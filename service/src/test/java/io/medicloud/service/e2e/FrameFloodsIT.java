// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static io.medicloud.service.RawClient.DATA;
import static io.medicloud.service.RawClient.END_HEADERS;
import static io.medicloud.service.RawClient.END_STREAM;
import static io.medicloud.service.RawClient.HEADERS;
import static io.medicloud.service.RawClient.frame;
import static io.medicloud.service.RawClient.headers;
import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.medicloud.service.RawClient;
import io.medicloud.service.RawFrames;
import io.medicloud.service.proto.ListActiveStreamsRequest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Floods of frames and headers end their connection while they are sent, for what they are: the service would wait ten minutes for one that rests. The streams beside lose nothing.
 */
@Tag("heavy")
class FrameFloodsIT {
    /** More than kernels hold of a connection; without a guard all of it is taken. */
    private static final long MOST_BYTES = 32 << 20;
    /** On one connection, of streams that a client makes the service reset. */
    private static final int MOST_RESETS = 500;

    private static final int PATIENCE_MS = 60_000;
    private static final int MOST_DIRECT_BYTES = 128 << 20;

    @TempDir
    private static Path directory;

    private static ServiceProcess service;
    private static Bystanders beside;

    @BeforeAll
    static void start() throws Exception {
        service = ServiceProcess.start(
                directory, Ports.freeUdp(4), 4, "segment.duration=1s", "srt.latency=3s", "control.requestTimeout=10m");
        beside = new Bystanders(service);
    }

    @AfterAll
    static void theStreamsBesideHaveLostNothing() throws Exception {
        try (ServiceProcess running = service;
                Bystanders streams = beside) {
            streams.assertWhole();
            assertThat(running.log()).doesNotContain("OutOfMemory", "LEAK:");
        }
    }

    private static List<Integer> ports() {
        return List.of(service.httpPort(), service.grpcPort());
    }

    private static void assertOthersAreAnswered() throws Exception {
        assertThat(service.client()
                        .listActiveStreams(ListActiveStreamsRequest.getDefaultInstance())
                        .getLiveIdsList())
                .contains("beside-1", "beside-2");
        assertThat(service.metric("medicloud_memory_direct_bytes")).isLessThan(MOST_DIRECT_BYTES);
    }

    @ParameterizedTest
    @EnumSource
    void whoGoesOnSendingFramesIsClosed(FrameFlood flood) throws Exception {
        for (int port : ports()) {
            try (RawClient client = new RawClient(port)) {
                Attack.Outcome outcome = flood.run(client.http2(), MOST_BYTES);
                assertThat(outcome.isOver())
                        .as("%s, %d bytes", flood, outcome.bytes())
                        .isTrue();
                assertThat(outcome.frames().count(RawClient.RST_STREAM)).isLessThan(MOST_RESETS);
                System.out.printf(
                        Locale.ROOT,
                        "%s: closed after %d KiB, %d resets, code %d%n",
                        flood,
                        outcome.bytes() / 1024,
                        outcome.frames().count(RawClient.RST_STREAM),
                        outcome.frames().goAway());
            }
        }
        assertOthersAreAnswered();
    }

    /** It says that it is 8 MiB long. */
    @Test
    void aMessageThatIsTooLongIsResourceExhausted() throws Exception {
        byte[] call = frame(
                HEADERS,
                END_HEADERS,
                1,
                headers(
                        "POST",
                        "/livestream.Livestream/StartPullStream",
                        Map.of("content-type", "application/grpc", "te", "trailers")));
        try (RawClient client = new RawClient(service.grpcPort())) {
            client.http2().send(call).send(frame(DATA, END_STREAM, 1, new byte[] {0, 0, 127, -1, -1}));
            assertThat(status(client)).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        }
        assertOthersAreAnswered();
    }

    private static Status.Code status(RawClient client) throws Exception {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] some = new byte[8192];
        String status = null;
        while (status == null) {
            int read = client.read(some, PATIENCE_MS);
            assertThat(read).isPositive();
            all.write(some, 0, read);
            status = new RawFrames(all.toByteArray()).header("grpc-status");
        }
        return Status.fromCodeValue(Integer.parseInt(status)).getCode();
    }

    @Test
    void whoGoesOnSendingHeadersIsClosed() throws Exception {
        assertRefused("HTTP/1.1 431 ", "GET /livez HTTP/1.1\r\n", ("x-flood: " + "y".repeat(1000) + "\r\n").repeat(8));
    }

    @Test
    void whoGoesOnSendingAnAddressIsClosed() throws Exception {
        assertRefused("HTTP/1.1 414 ", "GET /", "a".repeat(8192));
    }

    private static void assertRefused(String answer, String first, String again) throws Exception {
        byte[] beginning = first.getBytes(StandardCharsets.ISO_8859_1);
        byte[] more = again.getBytes(StandardCharsets.ISO_8859_1);
        for (int port : ports()) {
            try (RawClient client = new RawClient(port)) {
                Attack.Outcome outcome = Attack.run(client, true, i -> i == 0 ? beginning : more, MOST_BYTES);
                assertThat(outcome.isOver()).isTrue();
                assertThat(outcome.text()).startsWith(answer);
            }
        }
        assertOthersAreAnswered();
    }
}
