// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.api.AnnotationsProto;
import com.google.protobuf.Descriptors.MethodDescriptor;
import io.medicloud.service.Http1;
import io.medicloud.service.proto.LivestreamGrpc;
import io.medicloud.service.proto.StreamStats;
import io.medicloud.srt.SrtStack;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The API over plain HTTP: JSON, server-sent events, the document that describes it; and what it tells of a stream. */
final class RestTest {
    private static final String PASSPHRASE = "correct-horse-battery";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path directory;

    private static ServiceUnderTest service;
    private static final HttpClient HTTP = Http1.client();

    @BeforeAll
    static void start() throws Exception {
        service = new ServiceUnderTest(directory, 4, "stats.watchers=1");
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @Test
    void everyRpcHasItsPlaceAndTheDocumentHasThemAll() throws Exception {
        Set<String> annotated = new TreeSet<>();
        for (MethodDescriptor method :
                StreamStats.getDescriptor().getFile().getServices().get(0).getMethods()) {
            var rule = method.getOptions().getExtension(AnnotationsProto.http);
            String path = rule.getGet() + rule.getPost() + rule.getDelete() + rule.getPatch();
            assertThat(path).as(method.getName()).startsWith("/api/v1/");
            annotated.add(rule.getPatternCase() + " " + path + " " + method.getName());
        }
        JsonNode document = JSON.readTree(get("/api/openapi.json").body());
        Set<String> described = new TreeSet<>();
        document.get("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .properties()
                        .forEach(verb -> described.add(verb.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey()
                                + " " + verb.getValue().get("operationId").asText())));
        assertThat(described).isEqualTo(annotated);
        assertThat(annotated)
                .hasSameSizeAs(LivestreamGrpc.getServiceDescriptor().getMethods());
        assertEveryReferenceLeadsSomewhere(document, document);

        // What is described is answered: by the service, not by a server that knows no such path.
        for (var path : document.get("paths").properties()) {
            for (var verb : path.getValue().properties()) {
                String asked = path.getKey()
                        .replace("{live_id}", "nobody")
                        .replace("{node_id}", "nobody")
                        .replace("{sequence}", "1");
                HttpRequest request = request(asked)
                        .method(verb.getKey().toUpperCase(Locale.ROOT), HttpRequest.BodyPublishers.noBody())
                        .build();
                HttpResponse<InputStream> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofInputStream());
                assertThat(answer.headers().firstValue("content-type").orElse(""))
                        .as(asked)
                        .matches("(application/json|text/event-stream).*");
                answer.body().close();
            }
        }
    }

    private static void assertEveryReferenceLeadsSomewhere(JsonNode document, JsonNode at) {
        if (at.has("$ref")) {
            String reference = at.get("$ref").asText();
            assertThat(document.at(reference.substring(1)).isObject())
                    .as(reference)
                    .isTrue();
        }
        at.forEach(child -> assertEveryReferenceLeadsSomewhere(document, child));
    }

    @Test
    void aStreamLivesOverHttpAsItDoesOverGrpc() throws Exception {
        JsonNode started = JSON.readTree(
                send("POST", "/api/v1/streams", "{\"live_id\": \"rest\", \"passphrase\": \"" + PASSPHRASE + "\"}")
                        .body());
        int port = started.get("port").asInt();
        assertThat(json("/api/v1/streams").get("streams").get(0).get("state").asText())
                .isEqualTo("WAITING");
        try (SrtStack stack = ServiceUnderTest.stack();
                TestEncoder encoder = new TestEncoder(stack, port, PASSPHRASE).connected()) {
            encoder.send(TestEncoder.stream(Duration.ofSeconds(4)));
            await().until(() ->
                    json("/api/v1/streams/rest").get("receivedBytes").asLong() > 0);
            byte[] more = TestEncoder.stream(Duration.ofSeconds(2));
            // What is measured is told once a second, of what comes.
            await().pollInterval(Duration.ofMillis(300)).until(() -> {
                encoder.send(more);
                return json("/api/v1/streams/rest/stats").get("tracks").size() > 1;
            });
            JsonNode stats = json("/api/v1/streams/rest/stats");
            assertThat(stats.get("state").asText()).isEqualTo("STREAMING");
            assertThat(stats.get("bitsPerSecond").asLong()).isPositive();
            assertThat(stats.at("/srt/connected").asBoolean()).isTrue();
            assertThat(stats.at("/srt/receivedPackets").asLong()).isPositive();
            assertThat(stats.at("/srt/latencyMs").asInt()).isEqualTo(500);
            assertThat(stats.at("/srt/encrypted").asBoolean()).isTrue();
            assertThat(stats.at("/ts/packets").asLong()).isPositive();
            assertThat(stats.at("/ts/monitored").asBoolean()).isTrue();
            assertThat(stats.at("/ts/indicators").size()).isGreaterThan(30);
            assertThat(stats.at("/ts/pictures/0/pictures").asLong()).isPositive();
            assertThat(stats.at("/tracks/0/codec").asText()).isEqualTo("h264");
            assertThat(stats.at("/tracks/0/width").asInt()).isEqualTo(320);
            assertThat(stats.at("/segments/sealed").asLong()).isPositive();
            assertThat(stats.at("/segments/newestSeconds").asDouble()).isPositive();
            assertThat(stats.at("/segments/newestBytes").asLong()).isPositive();
            assertThat(stats.at("/segments/targetSeconds").asDouble()).isPositive();
            assertThat(stats.at("/segments/spoolMs").asDouble()).isPositive();
            assertThat(stats.at("/srt/bufferFreeBytes").asLong()).isPositive();
            JsonNode summary = json("/api/v1/streams").get("streams").get(0);
            assertThat(summary.get("video").asText()).isEqualTo("h264 320x180 25 fps");

            try (Events watch = new Events("/api/v1/streams/rest/stats/watch?interval_ms=100", "")) {
                JsonNode first = watch.next();
                JsonNode second = watch.next();
                assertThat(second.get("atMs").asLong())
                        .isGreaterThan(first.get("atMs").asLong());
                HttpResponse<String> refused = get("/api/v1/streams/rest/stats/watch");
                assertThat(refused.statusCode()).isEqualTo(429);
                assertThat(refused.body()).contains("stats.watchers");
                assertThat(JSON.readTree(send("DELETE", "/api/v1/streams/rest", "")
                                        .body())
                                .get("isSuccess")
                                .asBoolean())
                        .isTrue();
                watch.awaitEnd();
            }
        }
        HttpResponse<String> gone = get("/api/v1/streams/rest/stats");
        assertThat(gone.statusCode()).isEqualTo(404);
        assertThat(JSON.readTree(gone.body()).get("grpc-code").asText()).isEqualTo("NOT_FOUND");
        assertThat(json("/api/v1/streams?include_ended=true")
                        .get("streams")
                        .get(0)
                        .get("state")
                        .asText())
                .isEqualTo("ENDED");
        JsonNode newest =
                json("/api/v1/streams/rest/segments?newest=true&limit=2").get("segments");
        assertThat(newest.size()).isEqualTo(2);
        assertThat(newest.get(1).get("sequence").asLong())
                .isGreaterThan(newest.get(0).get("sequence").asLong());
    }

    @Test
    void aBrowserThatComesBackGoesOnAfterTheEventThatItHadLast() throws Exception {
        for (String id : List.of("one", "two", "three")) {
            send("POST", "/api/v1/streams", "{\"liveId\": \"" + id + "\", \"passphrase\": \"" + PASSPHRASE + "\"}");
            send("DELETE", "/api/v1/streams/" + id, "");
        }
        String path = "/api/v1/events/watch?live_ids=one&live_ids=three&types=STREAM_ENDED";
        String cursor;
        try (Events watch = new Events(path, "")) {
            JsonNode first = watch.next();
            assertThat(first.get("liveId").asText()).isEqualTo("one");
            cursor = first.get("cursor").asText();
            assertThat(watch.lastId()).isEqualTo(cursor);
            assertThat(watch.next().get("liveId").asText()).isEqualTo("three");
        }
        try (Events again = new Events(path + "&from_now=true", cursor)) {
            assertThat(again.next().get("liveId").asText()).isEqualTo("three");
        }
        try (Events newest = new Events("/api/v1/events/watch?from_now=true&last=1", "")) {
            assertThat(newest.next().get("type").asText()).isEqualTo("STREAM_ENDED");
        }
        assertThat(get("/api/v1/events/watch?from_cursor=99999999").statusCode())
                .isEqualTo(400);
        assertThat(get("/api/v1/events/watch?live_idd=one").body()).contains("live_idd: there is no field");
        assertThat(get("/api/v1/events/watch?from_cursor=x").statusCode()).isEqualTo(400);
    }

    @Test
    void pagesOfOthersMayNotCallTheService() throws Exception {
        HttpResponse<String> foreign = HTTP.send(
                request("/api/v1/health")
                        .header("Origin", "http://elsewhere.example")
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(foreign.statusCode()).isEqualTo(403);
        assertThat(JSON.readTree(foreign.body()).get("message").asText()).contains("elsewhere.example");
        HttpResponse<String> own = HTTP.send(
                request("/api/v1/health")
                        .header(
                                "Origin",
                                "http://127.0.0.1:" + service.service().httpPort())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(own.statusCode()).isEqualTo(200);
    }

    private static HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + service.service().httpPort() + path))
                .timeout(Duration.ofSeconds(20));
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return HTTP.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static JsonNode json(String path) throws Exception {
        HttpResponse<String> answer = get(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private static HttpResponse<String> send(String verb, String path, String body) throws Exception {
        return HTTP.send(
                request(path)
                        .method(verb, HttpRequest.BodyPublishers.ofString(body))
                        .header("Content-Type", "application/json")
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Server-sent events, as a browser reads them. */
    private static final class Events implements AutoCloseable {
        private final BufferedReader lines;
        private String lastId = "";

        Events(String path, String lastEventId) throws Exception {
            HttpRequest.Builder asked = request(path);
            if (!lastEventId.isEmpty()) {
                asked.header("Last-Event-ID", lastEventId);
            }
            HttpResponse<InputStream> answer = HTTP.send(asked.build(), HttpResponse.BodyHandlers.ofInputStream());
            assertThat(answer.statusCode()).isEqualTo(200);
            lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
        }

        JsonNode next() throws Exception {
            for (String line = line(); ; line = line()) {
                if (line.startsWith("id: ")) {
                    lastId = line.substring(4);
                } else if (line.startsWith("data: ")) {
                    return JSON.readTree(line.substring(6));
                }
            }
        }

        String lastId() {
            return lastId;
        }

        void awaitEnd() throws Exception {
            List<String> rest = new ArrayList<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                rest.add(line);
            }
            assertThat(rest).contains("event: end");
        }

        private String line() throws Exception {
            return Objects.requireNonNull(lines.readLine(), "the events have ended");
        }

        @Override
        public void close() throws IOException {
            lines.close();
        }
    }
}
