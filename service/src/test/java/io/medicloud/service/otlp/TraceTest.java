// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.medicloud.service.Http1;
import io.medicloud.service.grpc.ServiceUnderTest;
import io.medicloud.service.grpc.TestEncoder;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StopPullStreamRequest;
import io.medicloud.service.store.EmbeddedS3;
import io.medicloud.srt.SrtStack;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stream that a client starts within a trace of its own: what a receiver of OTLP, the store and a webhook hear of it. */
final class TraceTest {
    private static final String PASSPHRASE = "canary-passphrase";
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String CALLER = "00f067aa0ba902b7";
    private static final String HTTP_TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String HTTP_CALLER = "b7ad6b7169203331";
    private static final String START = "livestream.Livestream/StartPullStream";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private static Path directory;

    private static OtlpReceiver receiver;
    private static EmbeddedS3 store;
    private static RecordingRelay relay;
    private static HttpServer hook;
    private static ServiceUnderTest service;
    /** The bodies of what was posted, by the context that it came with. */
    private static final Map<String, String> POSTED = new ConcurrentHashMap<>();

    @BeforeAll
    static void play() throws Exception {
        receiver = new OtlpReceiver(0);
        store = EmbeddedS3.start(directory.resolve("s3"), "videos", 0);
        relay = new RecordingRelay(store.config().endpoint().getPort());
        hook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        hook.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String context = exchange.getRequestHeaders().getFirst("traceparent");
            POSTED.put(context == null ? "none " + POSTED.size() : context, body);
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        hook.start();
        service = new ServiceUnderTest(
                directory,
                2,
                "otlp.endpoint=http://127.0.0.1:" + receiver.port(),
                "otlp.signals=traces,logs,metrics",
                "otlp.headers=Authorization=canary-header",
                "otlp.metricsInterval=1s",
                "store.endpoint=http://127.0.0.1:" + relay.port(),
                "store.accessKey=" + store.config().accessKey(),
                "store.secretKey=" + store.config().secretKey(),
                "webhook.url=http://127.0.0.1:" + hook.getAddress().getPort() + "/",
                "webhook.secret=canary-webhook-secret");
        publish();
        await().atMost(PATIENCE).until(() -> named(receiver.spans(), "list").size() >= 2);
    }

    @AfterAll
    static void close() throws Exception {
        service.close();
        hook.stop(0);
        relay.close();
        store.close();
        receiver.close();
    }

    private static void publish() throws Exception {
        Metadata headers = new Metadata();
        headers.put(
                Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER), "00-" + TRACE + "-" + CALLER + "-01");
        LivestreamBlockingStub client = service.client(LivestreamBlockingStub.class);
        int port = client.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .startPullStream(StartPullStreamRequest.newBuilder()
                        .setLiveId("live")
                        .setPassphrase(PASSPHRASE)
                        .build())
                .getPort();
        try (SrtStack stack = ServiceUnderTest.stack();
                TestEncoder encoder = new TestEncoder(stack, port, PASSPHRASE).connected()) {
            encoder.send(TestEncoder.stream(Duration.ofSeconds(3)));
        }
        client.stopPullStream(
                StopPullStreamRequest.newBuilder().setLiveId("live").build());
    }

    private static List<Span> named(List<Span> spans, String name) {
        return spans.stream().filter(span -> span.getName().equals(name)).toList();
    }

    private static Span one(String trace, String name) {
        await().atMost(PATIENCE).until(() -> !named(receiver.spans(trace), name).isEmpty());
        List<Span> found = named(receiver.spans(trace), name);
        assertThat(found).as(name).hasSize(1);
        return found.get(0);
    }

    private static String get(String path, String header, String value) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + service.service().httpPort() + path);
        return Http1.client()
                .send(HttpRequest.newBuilder(uri).header(header, value).build(), BodyHandlers.ofString())
                .body();
    }

    @Test
    void oneTraceLeadsFromTheCallToTheObjectInTheBucket() throws Exception {
        Span call = one(TRACE, START);
        Span segment = one(TRACE, "segment");
        List<Span> parts = List.of(one(TRACE, "receive"), one(TRACE, "seal"), one(TRACE, "upload"), one(TRACE, "list"));

        assertThat(OtlpReceiver.hex(call.getParentSpanId())).isEqualTo(CALLER);
        assertThat(call.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_SERVER);
        assertThat(OtlpReceiver.text(call.getAttributesList(), "rpc.response.status_code"))
                .isEqualTo("OK");
        assertThat(segment.getParentSpanId()).isEqualTo(call.getSpanId());
        assertThat(parts).extracting(Span::getParentSpanId).containsOnly(segment.getSpanId());
        assertThat(parts).extracting(Span::getStartTimeUnixNano).isSorted();
        assertThat(parts.get(0).getStartTimeUnixNano()).isEqualTo(segment.getStartTimeUnixNano());
        assertThat(parts.get(0).getEndTimeUnixNano()).isEqualTo(parts.get(1).getStartTimeUnixNano());
        assertThat(segment.getEndTimeUnixNano())
                .isGreaterThanOrEqualTo(parts.get(3).getEndTimeUnixNano());
        String key = OtlpReceiver.text(segment.getAttributesList(), "medicloud.segment.key");
        assertThat(key).isEqualTo("live/segment_0001.ts");
        assertThat(Files.size(store.bucketFolder().resolve(key)))
                .isEqualTo(Long.parseLong(OtlpReceiver.text(segment.getAttributesList(), "medicloud.segment.bytes")));
    }

    @Test
    void theContextGoesOnToTheStoreUnsigned() {
        String upload = OtlpReceiver.hex(one(TRACE, "upload").getSpanId());

        Matcher put = Pattern.compile("PUT /videos/live/segment_0001\\.ts HTTP/1\\.1\r\n(.*?)\r\n\r\n", Pattern.DOTALL)
                .matcher(relay.asked());
        assertThat(put.find()).isTrue();
        assertThat(put.group(1)).containsIgnoringCase("traceparent: 00-" + TRACE + "-" + upload + "-01");
        assertThat(put.group(1))
                .containsPattern("SignedHeaders=[a-z0-9;-]+")
                .doesNotContainPattern("SignedHeaders=\\S*traceparent");
    }

    @Test
    void theContextGoesOnToTheWebhook() {
        await().atMost(PATIENCE)
                .until(() -> POSTED.entrySet().stream()
                        .anyMatch(post -> post.getKey().startsWith("00-" + TRACE)
                                && post.getValue().contains("SEGMENT_UPLOADED")));
        await().atMost(PATIENCE).until(() -> {
            Set<String> ids = named(receiver.spans(TRACE), "webhook").stream()
                    .map(span -> OtlpReceiver.hex(span.getSpanId()))
                    .collect(Collectors.toSet());
            return POSTED.keySet().stream()
                    .filter(context -> context.startsWith("00-" + TRACE))
                    .allMatch(context -> ids.contains(context.split("-", -1)[2]));
        });
    }

    @Test
    void everyLaterSegmentHasATraceOfItsOwnThatNamesTheCall() {
        Span call = one(TRACE, START);
        List<Span> later = named(receiver.spans(), "segment").stream()
                .filter(span -> !OtlpReceiver.hex(span.getTraceId()).equals(TRACE))
                .toList();

        assertThat(later).isNotEmpty().allSatisfy(span -> {
            assertThat(span.getParentSpanId().isEmpty()).isTrue();
            assertThat(span.getLinksList())
                    .singleElement()
                    .satisfies(link -> assertThat(link.getSpanId()).isEqualTo(call.getSpanId()));
        });
        assertThat(later).extracting(Span::getTraceId).doesNotHaveDuplicates();
    }

    @Test
    void aCallOverHttpComesWithItsContextToo() throws Exception {
        get("/api/v1/active-streams", "traceparent", "00-" + HTTP_TRACE + "-" + HTTP_CALLER + "-01");

        Span call = one(HTTP_TRACE, "livestream.Livestream/ListActiveStreams");
        assertThat(OtlpReceiver.hex(call.getParentSpanId())).isEqualTo(HTTP_CALLER);
    }

    @Test
    void histogramsNameTheTraceOfASegment() throws Exception {
        String text = get("/metrics", "Accept", "application/openmetrics-text; version=1.0.0");

        Matcher exemplar = Pattern.compile(
                        "medicloud_segment_store_seconds_bucket\\{.*# \\{.*trace_id=\"([0-9a-f]{32})\"")
                .matcher(text);
        assertThat(exemplar.find()).as(text).isTrue();
        assertThat(named(receiver.spans(exemplar.group(1)), "segment")).hasSize(1);
    }

    @Test
    void logLinesArriveWithTheirFieldsAndTheTrace() {
        Pattern stored = Pattern.compile("live: live/segment_0001\\.ts is stored, \\d+ bytes");
        await().atMost(PATIENCE)
                .until(() -> receiver.logs().stream()
                        .anyMatch(line ->
                                stored.matcher(line.getBody().getStringValue()).matches()));
        LogRecord line = receiver.logs().stream()
                .filter(record ->
                        stored.matcher(record.getBody().getStringValue()).matches())
                .findFirst()
                .orElseThrow();

        assertThat(OtlpReceiver.hex(line.getTraceId())).isEqualTo(TRACE);
        assertThat(line.getSeverityText()).isEqualTo("INFO");
        assertThat(OtlpReceiver.text(line.getAttributesList(), "stream")).isEqualTo("live");
        assertThat(OtlpReceiver.text(line.getAttributesList(), "segment")).isEqualTo("1");
        assertThat(OtlpReceiver.text(line.getAttributesList(), "session")).matches("[0-9a-f]{8}");
        assertThat(OtlpReceiver.text(line.getAttributesList(), "peer")).startsWith("127.0.0.1:");
    }

    @Test
    void theMetricsThatPrometheusSeesArriveUnderTheirNames() {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(receiver.metrics())
                        .extracting(Metric::getName)
                        .contains(
                                "medicloud_ready",
                                "medicloud_segment_store_seconds",
                                "medicloud_streams_received_bytes_total",
                                "medicloud_otlp_records_total"));
        assertThat(receiver.metrics())
                .filteredOn(metric -> metric.getName().equals("medicloud_segment_store_seconds"))
                .allSatisfy(metric -> assertThat(metric.getHistogram().getDataPointsList())
                        .allSatisfy(point -> assertThat(point.getBucketCountsCount())
                                .isEqualTo(point.getExplicitBoundsCount() + 1)));
    }

    @Test
    void noSecretIsInWhatIsSent() {
        String all = receiver.spans().toString() + receiver.logs() + receiver.metrics();

        assertThat(all).isNotEmpty().doesNotContain("canary", store.config().secretKey());
    }
}
