// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.StatusRuntimeException;
import io.medicloud.service.Http1;
import io.medicloud.service.config.ConfigLoader;
import io.medicloud.service.config.ConfigWatch;
import io.medicloud.service.proto.GetStreamInfoRequest;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamStub;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StopPullStreamRequest;
import io.medicloud.service.proto.WatchEventsRequest;
import io.medicloud.service.proto.WatchEventsResponse;
import io.medicloud.srt.SrtStack;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configuration is changed a hundred times, each fifth time badly, while streams run. */
@Tag("heavy")
final class HotReloadTest {
    private static final HttpClient HTTP = Http1.client();
    private static final int RELOADS = 100;
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String PASSPHRASE = "0123456789abcdef";
    private static final byte[] MEDIA = TestEncoder.stream(Duration.ofSeconds(2));
    private static final List<String> RUNNING = List.of("one", "two");

    @TempDir
    private Path directory;

    @Test
    void noStreamIsDisturbedAndWhatIsStartedLaterHasTheNewValues() throws Exception {
        Path file = directory.resolve("medicloud.yaml");
        write(file, "segment.duration: 1s");
        ConfigLoader loader = new ConfigLoader(directory, Map.of());
        AtomicBoolean isEnough = new AtomicBoolean();
        try (SrtStack stack = ServiceUnderTest.stack();
                // A machine that has much else to do must not make SRT give up packets as too late.
                ServiceUnderTest service = new ServiceUnderTest(directory, 3, "srt.latency=2s");
                ConfigWatch watch = new ConfigWatch(
                        loader.load(null, List.of()),
                        () -> loader.load(null, List.of()),
                        Duration.ofHours(1),
                        service.service())) {
            List<CompletableFuture<byte[]>> sent = RUNNING.stream()
                    .map(id -> CompletableFuture.supplyAsync(() -> sendUntil(isEnough, stack, service, id)))
                    .toList();
            await().atMost(LIMIT).until(() -> RUNNING.stream().allMatch(id -> received(service, id) > 0));
            for (int i = 1; i <= RELOADS; i++) {
                boolean isBad = i % 5 == 0;
                write(
                        file,
                        "segment.duration: " + (isBad ? "soon" : i + "s") + "\nsrt.latency: " + (2000 + i)
                                + "ms\ngrpc.port: " + (40_000 + i));
                watch.lookNow();
                int told = i;
                await().atMost(LIMIT)
                        .pollInterval(Duration.ofMillis(10))
                        .until(() -> reloads(service, "applied") + reloads(service, "refused") == told);
            }
            assertThat(reloads(service, "refused")).isEqualTo(RELOADS / 5);
            isEnough.set(true);
            for (int i = 0; i < RUNNING.size(); i++) {
                byte[] whole = sent.get(i).get(60, TimeUnit.SECONDS);
                List<WatchEventsResponse> events = stop(service, RUNNING.get(i));
                assertThat(events.stream().map(WatchEventsResponse::getType))
                        .filteredOn(WatchEventsResponse.Type.CONNECTED::equals)
                        .hasSize(1);
                assertThat(joined(service, RUNNING.get(i))).isEqualTo(whole);
            }

            byte[] later = sendUntil(new AtomicBoolean(true), stack, service, "later");
            stop(service, "later");
            assertThat(joined(service, "later")).isEqualTo(later);
            assertThat(service.segments("later")).as("no longer a second each").hasSize(1);
        }
    }

    /** Starts a stream and sends the same again and again, once at least; answers all that was sent. */
    private static byte[] sendUntil(AtomicBoolean isEnough, SrtStack stack, ServiceUnderTest service, String liveId) {
        int port = service.client(LivestreamBlockingStub.class)
                .startPullStream(StartPullStreamRequest.newBuilder()
                        .setLiveId(liveId)
                        .setPassphrase(PASSPHRASE)
                        .build())
                .getPort();
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        try (TestEncoder encoder = new TestEncoder(stack, port, PASSPHRASE).connected()) {
            do {
                encoder.send(MEDIA);
                sent.writeBytes(MEDIA);
            } while (!isEnough.get());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sent.toByteArray();
    }

    private static long received(ServiceUnderTest service, String liveId) {
        try {
            return service.client(LivestreamBlockingStub.class)
                    .getStreamInfo(
                            GetStreamInfoRequest.newBuilder().setLiveId(liveId).build())
                    .getReceivedBytes();
        } catch (StatusRuntimeException e) {
            return 0; // not started yet
        }
    }

    private static List<WatchEventsResponse> stop(ServiceUnderTest service, String liveId) throws Exception {
        service.client(LivestreamBlockingStub.class)
                .stopPullStream(
                        StopPullStreamRequest.newBuilder().setLiveId(liveId).build());
        WatchEventsRequest whole =
                WatchEventsRequest.newBuilder().addLiveIds(liveId).build();
        try (EventReader events = new EventReader(service.client(LivestreamStub.class), whole)) {
            return events.takeUntil(WatchEventsResponse.Type.STREAM_ENDED);
        }
    }

    private static byte[] joined(ServiceUnderTest service, String liveId) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Path segment : service.segments(liveId)) {
            all.writeBytes(Files.readAllBytes(segment));
        }
        return all.toByteArray();
    }

    private static long reloads(ServiceUnderTest service, String result) throws Exception {
        URI metrics = URI.create("http://127.0.0.1:" + service.service().httpPort() + "/metrics");
        String text = HTTP.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString())
                .body();
        return text.lines()
                .filter(line -> line.startsWith("medicloud_config_reloads_total{") && line.contains('"' + result + '"'))
                .mapToLong(line -> Math.round(Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))))
                .sum();
    }

    private static void write(Path file, String text) throws IOException {
        Files.writeString(file, text);
    }
}
