// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static io.medicloud.service.RawClient.DATA;
import static io.medicloud.service.RawClient.END_HEADERS;
import static io.medicloud.service.RawClient.END_STREAM;
import static io.medicloud.service.RawClient.HEADERS;
import static io.medicloud.service.RawClient.PING;
import static io.medicloud.service.RawClient.SETTINGS;
import static io.medicloud.service.RawClient.WINDOW_UPDATE;
import static io.medicloud.service.RawClient.frame;
import static io.medicloud.service.RawClient.headers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.common.TlsKeyPair;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.service.Http1;
import io.medicloud.service.RawClient;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamStub;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.WatchEventsRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many connections there may be, and for how long one may keep the service waiting. */
@Execution(ExecutionMode.CONCURRENT)
final class ConnectionLimitsTest {
    private static final int PATIENCE_MS = 2_000;
    private static final int LIMIT_MS = 60_000;
    private static final byte[] LETTERS = "abcdefgh".getBytes(StandardCharsets.ISO_8859_1);
    private static final Map<String, String> GRPC = Map.of("content-type", "application/grpc", "te", "trailers");

    @TempDir
    private Path directory;

    private final List<RawClient> clients = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
    }

    private ServiceUnderTest service(String... settings) throws Exception {
        List<String> all = new ArrayList<>(List.of("control.requestTimeout=" + PATIENCE_MS + "ms"));
        all.addAll(List.of(settings));
        return new ServiceUnderTest(directory, 1, all.toArray(String[]::new));
    }

    private RawClient connect(String from, int port) throws IOException {
        RawClient client = new RawClient(from, port);
        clients.add(client);
        return client;
    }

    private boolean isSentAway(String from, int port) {
        try {
            return connect(from, port).endsWithin(LIMIT_MS);
        } catch (IOException e) {
            return true; // Before it was made.
        }
    }

    private static void assertAnswered(RawClient client) throws IOException {
        client.send("GET /livez HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n");
        assertThat(client.answer(LIMIT_MS)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void whoHasTooManyGetsNoMoreAndOthersDo() throws Exception {
        try (ServiceUnderTest service =
                service("control.connections=16", "control.connectionsPerAddress=4", "control.requestTimeout=10m")) {
            int http = service.service().httpPort();
            int grpc = service.service().grpcPort();
            for (String address : List.of("127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4")) {
                for (int i = 0; i < 4; i++) {
                    RawClient client = connect(address, i % 2 == 0 ? http : grpc);
                    // Once it is answered it is counted, whichever thread does that.
                    assertThat(client.send("HEAD /livez HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
                                    .head())
                            .startsWith("HTTP/1.1 ");
                }
                assertThat(isSentAway(address, http)).isTrue();
            }
            // All together, of both faces.
            assertThat(isSentAway("127.0.0.5", grpc)).isTrue();

            RawClient first = clients.get(0);
            assertAnswered(first);
            first.close();
            // Until it is seen that one has gone, the next is sent away.
            await().atMost(LIMIT_MS, TimeUnit.MILLISECONDS)
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .untilAsserted(() -> assertAnswered(connect("127.0.0.5", http)));
            clients.get(2).close();
            await().atMost(LIMIT_MS, TimeUnit.MILLISECONDS)
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .untilAsserted(() -> assertThat(metrics(service))
                            .containsPattern("medicloud_limit_reached_total\\{limit=\"control.connections\"} [1-9]")
                            .containsPattern(
                                    "medicloud_limit_reached_total\\{limit=\"control.connectionsPerAddress\"} [3-9]")
                            .containsPattern("medicloud_limit_used\\{limit=\"control.connections\"} 1[0-9]"));
        }
    }

    private static String metrics(ServiceUnderTest service) throws Exception {
        URI place = URI.create("http://127.0.0.1:" + service.service().httpPort() + "/metrics");
        return Http1.client()
                .send(HttpRequest.newBuilder(place).build(), BodyHandlers.ofString())
                .body();
    }

    @ParameterizedTest
    @CsvSource({"http", "grpc"})
    void aConnectionWithoutARequestIsClosedWhateverTricklesIn(String face) throws Exception {
        try (ServiceUnderTest service = service()) {
            int port = face.equals("http")
                    ? service.service().httpPort()
                    : service.service().grpcPort();
            byte[] block = headers("GET", "/livez", Map.of());
            List<RawClient> slow = List.of(
                    connect("127.0.0.1", port),
                    connect("127.0.0.1", port).send("GET /livez HTTP/1.1\r\nhost: 127.0.0.1\r\nx: "),
                    connect("127.0.0.1", port).send("PRI * HTTP/2.0\r\n"),
                    connect("127.0.0.1", port).http2(),
                    connect("127.0.0.1", port).http2().send(frame(HEADERS, END_STREAM, 1, block)),
                    // The second request of a connection, too.
                    connect("127.0.0.1", port)
                            .send("GET /livez HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\nGET /livez HTTP/1.1\r\nx: "));

            for (RawClient client : slow.subList(1, slow.size())) {
                assertThat(client.trickles(LETTERS, 100, LIMIT_MS)).isTrue();
            }
            assertThat(slow.get(0).endsWithin(LIMIT_MS)).isTrue();
        }
    }

    @Test
    void aRequestThatDoesNotComeToItsEndIsGivenUp() throws Exception {
        try (ServiceUnderTest service = service()) {
            int http = service.service().httpPort();
            int grpc = service.service().grpcPort();
            RawClient json = connect("127.0.0.1", http)
                    .send(String.join(
                            "\r\n",
                            "POST /api/v1/streams HTTP/1.1",
                            "host: 127.0.0.1",
                            "content-type: application/json",
                            "content-length: 1000",
                            "",
                            ""));
            assertThat(json.trickles(LETTERS, 100, LIMIT_MS)).isTrue();

            for (int port : new int[] {http, grpc}) {
                RawClient call = connect("127.0.0.1", port)
                        .http2()
                        .send(frame(
                                HEADERS, END_HEADERS, 1, headers("POST", "/livestream.Livestream/HealthCheck", GRPC)));
                // Others of the connection keep it, but not that one.
                byte[] whole = headers("GET", "/livez", Map.of());
                int stream = 3;
                StringBuilder answer = new StringBuilder();
                long untilNs = System.nanoTime() + LIMIT_MS * 1_000_000L;
                while (!isReset(answer) && System.nanoTime() < untilNs) {
                    call.send(frame(HEADERS, END_HEADERS | END_STREAM, stream, whole));
                    stream += 2;
                    answer.append(call.answer(200));
                }
                assertThat(isReset(answer)).isTrue();
            }
            assertThat(metrics(service))
                    .containsPattern("medicloud_limit_reached_total\\{limit=\"control.requestTimeout\"} [3-9]");
        }
    }

    @Test
    void ofARequestThatIsTooLongNotMoreIsTakenForLong() throws Exception {
        try (ServiceUnderTest service = service("control.requestTimeout=10m")) {
            RawClient client = connect("127.0.0.1", service.service().httpPort())
                    .send(String.join(
                            "\r\n",
                            "POST /api/v1/streams HTTP/1.1",
                            "host: 127.0.0.1",
                            "content-type: application/json",
                            "content-length: 1000000000000",
                            "",
                            ""))
                    .send(new byte[(1 << 20) + 1]);

            assertThat(client.answer(LIMIT_MS)).startsWith("HTTP/1.1 413 ");
            assertThat(client.trickles(LETTERS, 100, LIMIT_MS)).isTrue();
        }
    }

    /** A frame about stream 1 that ends it. */
    private static boolean isReset(CharSequence answer) {
        String text = answer.toString();
        return text.contains("\u0003\0\0\0\0\1") || text.contains("\1\5\0\0\0\1") || text.contains("\0\1\0\0\0\1");
    }

    @Test
    void aHandshakeThatIsNotMadeIsNotWaitedFor() throws Exception {
        TlsKeyPair pair = TlsKeyPair.ofSelfSigned("localhost");
        Base64.Encoder base64 = Base64.getMimeEncoder(64, new byte[] {'\n'});
        Files.writeString(
                directory.resolve("server.key"),
                "-----BEGIN PRIVATE KEY-----\n"
                        + base64.encodeToString(pair.privateKey().getEncoded()) + "\n-----END PRIVATE KEY-----\n");
        Files.writeString(
                directory.resolve("server.pem"),
                "-----BEGIN CERTIFICATE-----\n"
                        + base64.encodeToString(pair.certificateChain().get(0).getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
        try (ServiceUnderTest service = service("tls.certificate=server.pem", "tls.key=server.key")) {
            // The head of a record of 16,000 bytes that holds a ClientHello.
            byte[] hello = {22, 3, 1, 0x3e, (byte) 0x80, 1, 0, 0x3e, 0x7c, 3, 3};
            for (int port :
                    new int[] {service.service().httpPort(), service.service().grpcPort()}) {
                assertThat(connect("127.0.0.1", port).send(hello).trickles(new byte[1], 100, LIMIT_MS))
                        .isTrue();
                assertThat(connect("127.0.0.1", port).endsWithin(LIMIT_MS)).isTrue();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"http", "grpc"})
    void anAnswerThatIsNotTakenIsNotWaitedFor(String face) throws Exception {
        try (ServiceUnderTest service = service()) {
            // SETTINGS_INITIAL_WINDOW_SIZE is 0: headers may come, and nothing behind them (RFC 9113, 6.9.2).
            byte[] noWindow = {0, 4, 0, 0, 0, 0};
            boolean isHttp = face.equals("http");
            RawClient client = connect(
                            "127.0.0.1",
                            isHttp
                                    ? service.service().httpPort()
                                    : service.service().grpcPort())
                    .http2()
                    .send(frame(SETTINGS, 0, 0, noWindow));
            if (isHttp) {
                client.send(frame(HEADERS, END_HEADERS | END_STREAM, 1, headers("GET", "/livez", Map.of())));
            } else {
                client.send(frame(HEADERS, END_HEADERS, 1, headers("POST", "/livestream.Livestream/HealthCheck", GRPC)))
                        .send(frame(DATA, END_STREAM, 1, new byte[5]));
            }

            assertThat(client.trickles(frame(PING, 0, 0, new byte[8]), 100, LIMIT_MS))
                    .isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"http", "grpc"})
    void aWatcherThatReadsNothingIsWaitedForAndReadsAllLater(String face) throws Exception {
        try (ServiceUnderTest service = service()) {
            boolean isHttp = face.equals("http");
            // A window of 256 bytes, which the first events fill.
            byte[] littleWindow = {0, 4, 0, 0, 1, 0};
            RawClient watcher = connect(
                            "127.0.0.1",
                            isHttp
                                    ? service.service().httpPort()
                                    : service.service().grpcPort())
                    .http2()
                    .send(frame(SETTINGS, 0, 0, littleWindow));
            if (isHttp) {
                watcher.send(
                        frame(HEADERS, END_HEADERS | END_STREAM, 1, headers("GET", "/api/v1/events/watch", Map.of())));
            } else {
                watcher.send(frame(
                                HEADERS, END_HEADERS, 1, headers("POST", "/livestream.Livestream/WatchEvents", GRPC)))
                        .send(frame(DATA, END_STREAM, 1, new byte[5]));
            }
            List<String> liveIds = IntStream.range(100, 120)
                    .mapToObj(number -> "live-" + number)
                    .toList();
            for (String liveId : liveIds) {
                service.service()
                        .ledger()
                        .append(new StreamEvent.SegmentLost(liveId, Instant.EPOCH, 1, "told by the test"))
                        .toCompletableFuture()
                        .get();
            }
            // Twice as long as an answer is waited for.
            for (int i = 0; i < 2; i++) {
                assertThat(connect("127.0.0.1", service.service().grpcPort()).endsWithin(LIMIT_MS))
                        .isTrue();
            }

            byte[] wide = {0, 16, 0, 0};
            String all = data(watcher.send(frame(WINDOW_UPDATE, 0, 1, wide)).answer(PATIENCE_MS));
            assertThat(all).contains(liveIds);
            // Another call of its connection is answered, too.
            assertThat(watcher.send(frame(HEADERS, END_HEADERS | END_STREAM, 3, headers("GET", "/livez", Map.of())))
                            .answer(PATIENCE_MS))
                    .isNotEmpty();
        }
    }

    /** What is in frames of data. */
    private static String data(String frames) {
        StringBuilder data = new StringBuilder();
        int at = 0;
        while (at + 9 <= frames.length()) {
            int length = frames.charAt(at) << 16 | frames.charAt(at + 1) << 8 | frames.charAt(at + 2);
            int end = Math.min(frames.length(), at + 9 + length);
            if (frames.charAt(at + 3) == DATA) {
                data.append(frames, at + 9, end);
            }
            at = end;
        }
        return data.toString();
    }

    @ParameterizedTest
    @CsvSource({"http", "grpc"})
    void whoHasTheServiceAnswerFramesWithoutEndIsCounted(String face) throws Exception {
        try (ServiceUnderTest service = service("control.requestTimeout=1m")) {
            boolean isHttp = face.equals("http");
            RawClient client = connect(
                            "127.0.0.1",
                            isHttp
                                    ? service.service().httpPort()
                                    : service.service().grpcPort())
                    .http2();

            assertThat(client.trickles(frame(SETTINGS, 0, 0, new byte[0]), 1, LIMIT_MS))
                    .isTrue();
            assertThat(metrics(service))
                    .contains("medicloud_limit_reached_total{limit=\"ControlFrames.mostAnswers\"} 1.0")
                    .contains("medicloud_limit_reached_total{limit=\"ControlFrames.mostUnsent\"} 0.0");
        }
    }

    @Test
    void whoWaitsForAnAnswerIsNotInAHurry() throws Exception {
        try (ServiceUnderTest service = service();
                EventReader events = new EventReader(
                        service.client(LivestreamStub.class), WatchEventsRequest.getDefaultInstance())) {
            RawClient browser = connect("127.0.0.1", service.service().httpPort())
                    .send("GET /api/v1/events/watch?from_now=true HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n");
            // Twice as long.
            for (int i = 0; i < 2; i++) {
                assertThat(connect("127.0.0.1", service.service().grpcPort()).endsWithin(LIMIT_MS))
                        .isTrue();
            }

            LivestreamBlockingStub client = service.client(LivestreamBlockingStub.class);
            client.startPullStream(StartPullStreamRequest.newBuilder()
                    .setLiveId("live")
                    .setPassphrase("0123456789")
                    .build());
            assertThat(events.next().getLiveId()).isEqualTo("live");
            assertThat(browser.answer(PATIENCE_MS)).contains("event-stream", "\"live\"");
        }
    }

    @Test
    void whoIsNobodySaysLittle() throws Exception {
        Files.writeString(
                directory.resolve("access.yaml"),
                "tokens:\n  - {name: one, role: operator, sha256: 7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed}\n");
        try (ServiceUnderTest service = service("security.accessFile=access.yaml")) {
            String longText = "{\"live_id\": \"" + "x".repeat(5_000) + "\"}";

            assertThat(post(service, "", longText)).isEqualTo(413);
            assertThat(post(service, "", "{}")).isEqualTo(401);
            assertThat(post(service, "one", longText)).isEqualTo(400);
            assertThat(post(service, "one", "{\"live_id\": \"" + "x".repeat((1 << 20) + 100) + "\"}"))
                    .isEqualTo(413);
            RawClient grpc = connect("127.0.0.1", service.service().grpcPort())
                    .http2()
                    .send(frame(
                            HEADERS, END_HEADERS, 1, headers("POST", "/livestream.Livestream/StartPullStream", GRPC)))
                    .send(frame(DATA, 0, 1, new byte[5_000]));
            // UNAUTHENTICATED, and not kept.
            assertThat(grpc.answer(LIMIT_MS)).isNotEmpty();
        }
    }

    private static int post(ServiceUnderTest service, String token, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + service.service().httpPort() + "/api/v1/streams"))
                .header("content-type", "application/json")
                .POST(BodyPublishers.ofString(body));
        if (!token.isEmpty()) {
            request.header("authorization", "Bearer " + token);
        }
        return Http1.client().send(request.build(), BodyHandlers.discarding()).statusCode();
    }
}
