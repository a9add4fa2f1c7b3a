// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.medicloud.service.Http1;
import io.medicloud.service.grpc.ServiceUnderTest;
import io.medicloud.service.grpc.TestEncoder;
import io.medicloud.service.proto.ListActiveStreamsRequest;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StopPullStreamRequest;
import io.medicloud.srt.SrtStack;
import io.medicloud.testdata.Impairment;
import io.medicloud.testdata.UdpRelay;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service with two streams, one over a bad network, a store that is away at first, and whatever else makes figures move. */
@Tag("heavy")
final class MetricsExportTest {
    private static final String PASSPHRASE = "0123456789";
    /** Longer than the latency. */
    private static final Impairment.Blackout BLACKOUT = new Impairment.Blackout(4_000_000, 5_500_000);

    private static final Duration LONG = Duration.ofMinutes(5);

    @TempDir
    private static Path directory;

    private static MetricsWatch watch;
    private static Scrape running;
    private static Scrape almostOver;
    private static Scrape over;

    @BeforeAll
    static void play() throws Exception {
        int storePort = freePort();
        try (SrtStack encoders = ServiceUnderTest.stack();
                ServiceUnderTest service = new ServiceUnderTest(
                        directory,
                        4,
                        "store.endpoint=http://127.0.0.1:" + storePort,
                        "store.accessKey=access",
                        "store.secretKey=canary-secret",
                        "webhook.url=http://127.0.0.1:" + freePort() + "/events",
                        "webhook.secret=the-shared-secret",
                        "stream.limit=2",
                        "srt.banAfter=2",
                        "stream.uploadWait=1s")) {
            watch = new MetricsWatch(service.service().httpPort());
            watch.look();
            LivestreamBlockingStub client = service.client(LivestreamBlockingStub.class);
            int one = start(client, "one");
            int two = start(client, "two");
            assertThatThrownBy(() -> start(client, "three")).hasMessageContaining("stream.limit");
            assertThat(client.listActiveStreams(ListActiveStreamsRequest.getDefaultInstance())
                            .getLiveIdsList())
                    .containsExactly("one", "two");
            assertThat(get(service, "/api/v1/active-streams")).contains("one");
            service.service().onFaulty();
            publish(encoders, one, two, storePort);
            assertThatThrownBy(() -> call(encoders, two, "wrong-passphrase")).isNotNull();
            assertThatThrownBy(() -> call(encoders, two, "wrong-passphrase")).isNotNull();
            await().until(() -> {
                assertThatThrownBy(() -> call(encoders, two, "wrong-passphrase"))
                        .isNotNull();
                return watch.look().sum("medicloud_srt_callers_refused_total") > 0;
            });
            // The longest of the last minute: until then what was longest at the start may still be it.
            await().atMost(LONG).until(() -> {
                watch.look();
                return watch.moved().contains("medicloud_event_loop_delay_seconds");
            });
            stop(client, "one");
            stop(client, "two");
            almostOver = watch.look();
            over = watch.look();
        }
    }

    private static void publish(SrtStack encoders, int one, int two, int storePort) throws Exception {
        Impairment network = Impairment.NONE.withDelayUs(10_000).withLoss(0.03).withBlackouts(List.of(BLACKOUT));
        AtomicLong datagrams = new AtomicLong();
        LiveFeed feed = new LiveFeed();
        try (UdpRelay relay = UdpRelay.to(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), one),
                        network,
                        Impairment.NONE.withDelayUs(10_000),
                        1,
                        (fromCaller, datagram, nowUs) -> datagrams.incrementAndGet());
                TestEncoder second = new TestEncoder(encoders, two, PASSPHRASE)) {
            try (TestEncoder first = new TestEncoder(encoders, relay.address().getPort(), PASSPHRASE)) {
                first.connected();
                second.connected();
                until(feed, List.of(first, second), () -> {
                    Scrape now = watch.look();
                    return now.samples().getOrDefault("medicloud_upload_breaker{state=\"open\"}", 0.0) == 1
                            && now.sum("medicloud_stream_srt_dropped_packets_total") > 0
                            && now.sum("medicloud_stream_pcr_discontinuities_total") > 0;
                });
                S3Proxy store = store(storePort);
                try {
                    until(
                            feed,
                            List.of(first, second),
                            () -> watch.look().sum("medicloud_upload_waiting_segments") < 2
                                    && watch.look().sum("medicloud_streams_segments_stored_total") > 2);
                    running = watch.look();
                } finally {
                    store.stop();
                }
            }
            await().until(() -> watch.look().sum("medicloud_streams_connected") == 1);
            try (TestEncoder again = new TestEncoder(encoders, one, PASSPHRASE)) {
                again.connected();
                until(feed, List.of(again, second), () -> watch.look().sum("medicloud_streams_connections_total") == 3);
            }
        }
    }

    private static void until(LiveFeed feed, List<TestEncoder> encoders, Callable<Boolean> condition) {
        await().atMost(LONG).pollInterval(LiveFeed.PIECE).until(() -> {
            byte[] piece = feed.next();
            encoders.forEach(encoder -> encoder.begin(piece));
            return feed.pieces() % 5 == 0 && condition.call();
        });
    }

    private static S3Proxy store(int port) throws Exception {
        Files.createDirectories(directory.resolve("store"));
        S3Proxy store = S3Proxy.builder()
                .blobStore(
                        new FilesystemNio2BlobStore(directory.resolve("store").toString()))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "access", "canary-secret")
                .endpoint(URI.create("http://127.0.0.1:" + port))
                .build();
        store.start();
        return store;
    }

    private static int start(LivestreamBlockingStub client, String liveId) {
        return client.startPullStream(StartPullStreamRequest.newBuilder()
                        .setLiveId(liveId)
                        .setPassphrase(PASSPHRASE)
                        .build())
                .getPort();
    }

    private static void stop(LivestreamBlockingStub client, String liveId) {
        assertThat(client.stopPullStream(StopPullStreamRequest.newBuilder()
                                .setLiveId(liveId)
                                .build())
                        .getIsSuccess())
                .isTrue();
    }

    private static void call(SrtStack encoders, int port, String passphrase) throws Exception {
        try (TestEncoder caller = new TestEncoder(encoders, port, passphrase)) {
            caller.connected();
        }
    }

    private static String get(ServiceUnderTest service, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + service.service().httpPort() + path);
        return Http1.client()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void whatIsExportedIsInTheCatalogueAndAsItSays() {
        Map<String, MetricFamily> known =
                MetricCatalog.all().stream().collect(Collectors.toMap(MetricFamily::name, family -> family));

        assertThat(watch.exported()).allSatisfy((name, found) -> {
            MetricFamily family = known.get(name);
            if (family == null) {
                assertThat(MetricCatalog.BINDERS).as(name).anyMatch(binder -> name.startsWith(binder.prefix()));
                return;
            }
            assertThat(found.type()).as(name).isEqualTo(family.type().word());
            assertThat(found.help()).as(name).isEqualTo(family.help());
            assertThat(found.labels()).as(name).containsOnly(new TreeSet<>(family.labels()));
        });
    }

    @Test
    void whatIsInTheCatalogueIsExported() {
        assertThat(watch.exported().keySet())
                .containsAll(
                        MetricCatalog.all().stream().map(MetricFamily::name).toList());
    }

    @Test
    void everyMetricMoves() {
        Set<String> still = MetricCatalog.all().stream().map(MetricFamily::name).collect(Collectors.toSet());
        still.removeAll(watch.moved());
        // What a healthy service does not have.
        still.removeAll(RareMetricsTest.moved());
        // A disk keeps its size.
        still.remove(MetricCatalog.SPOOL_DISK.name());

        assertThat(still).isEmpty();
    }

    @Test
    void whatIsSentToClientsIsCountedByTheByte() {
        String sent = "medicloud_http_sent_bytes_total{face=\"http\"}";

        double between = over.samples().get(sent) - almostOver.samples().get(sent);

        // Each scrape tells of those before it; beside the page there are headers.
        assertThat(between)
                .isBetween(
                        (double) almostOver.text().length(), almostOver.text().length() + 2000.0);
    }

    @Test
    void noCounterOfAllStreamsFalls() {
        assertThat(watch.fallen()).isEmpty();
    }

    @Test
    void nothingIsLeftOfStreamsThatAreOverButTheSums() {
        assertThat(over.text()).doesNotContain("live_id=");
        assertThat(over.sum("medicloud_streams_connections_total")).isEqualTo(3);
        assertThat(over.sum("medicloud_streams_connected")).isZero();
        assertThat(over.sum("medicloud_streams_received_bytes_total"))
                .isGreaterThanOrEqualTo(running.sum("medicloud_stream_received_bytes_total"));
    }

    @Test
    void whatRulesAndDashboardAskForIsExported() throws Exception {
        Set<String> asked = OperatorFiles.usedMetrics();
        asked.removeIf(name -> watch.exported().containsKey(name)
                || watch.exported().containsKey(name.replaceFirst("_(bucket|sum|count)$", "")));

        assertThat(asked).isEmpty();
    }

    @Test
    void promtoolFindsNoFaultInWhatIsExported() throws Exception {
        Path text = Files.writeString(directory.resolve("metrics.txt"), running.text());

        OperatorFiles.promtool(
                new ProcessBuilder(new ArrayList<>(List.of("check", "metrics"))).redirectInput(text.toFile()));
    }
}
