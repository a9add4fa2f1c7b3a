// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.medicloud.service.proto.GetStreamInfoRequest;
import io.medicloud.service.proto.GetStreamInfoResponse;
import io.medicloud.service.proto.ListActiveStreamsRequest;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamStub;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StopPullStreamRequest;
import io.medicloud.service.proto.WatchEventsRequest;
import io.medicloud.service.proto.WatchEventsResponse;
import io.medicloud.srt.SrtStack;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams that were to run when the service ended run again when it starts. */
@Tag("heavy")
final class RestartTest {
    private static final String PASSPHRASE = "canary-passphrase";

    @TempDir
    private Path directory;

    private static SrtStack encoders;
    private ServiceUnderTest service;
    private LivestreamBlockingStub client;

    @BeforeAll
    static void stack() {
        encoders = ServiceUnderTest.stack();
    }

    @AfterAll
    static void closeStack() {
        encoders.close();
    }

    @AfterEach
    void end() {
        if (service != null) {
            service.close();
        }
    }

    private void start(String... settings) throws Exception {
        service = new ServiceUnderTest(directory, 4, settings);
        client = service.client(LivestreamBlockingStub.class);
    }

    private void restart(String... settings) throws Exception {
        String ports = "srt.ports=" + service.ports();
        service.close();
        String[] all = java.util.Arrays.copyOf(settings, settings.length + 1);
        all[settings.length] = ports;
        start(all);
    }

    private static StartPullStreamRequest.Builder request(String liveId) {
        return StartPullStreamRequest.newBuilder().setLiveId(liveId).setPassphrase(PASSPHRASE);
    }

    private GetStreamInfoResponse info(String liveId) {
        return client.getStreamInfo(
                GetStreamInfoRequest.newBuilder().setLiveId(liveId).build());
    }

    private List<String> list() {
        return client.listActiveStreams(ListActiveStreamsRequest.getDefaultInstance())
                .getLiveIdsList();
    }

    private void stop(String liveId) {
        client.stopPullStream(
                StopPullStreamRequest.newBuilder().setLiveId(liveId).build());
    }

    private static boolean isIn(Path file, String text) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text);
    }

    @Test
    void aStreamGoesOnWithItsPortItsPassphraseAndItsNumbers() throws Exception {
        start();
        client.startPullStream(request("stopped").build());
        int port = client.startPullStream(
                        request("live").setStoragePrefix("archive/live").build())
                .getPort();
        client.startPullStream(request("pulled")
                .setSourceUrl("srt://127.0.0.1:9?streamid=x&passphrase=" + PASSPHRASE)
                .setReconnectWindowMs(600_000)
                .build());
        stop("stopped");
        try (TestEncoder encoder = new TestEncoder(encoders, port, PASSPHRASE).connected()) {
            encoder.send(TestEncoder.stream(Duration.ofSeconds(3)));
        }
        await().until(() -> info("live").getState().equals("RECONNECTING"));
        restart();

        assertThat(list()).containsExactly("live", "pulled");
        assertThat(info("live").getPort()).isEqualTo(port);
        assertThat(info("live").getPassphrase()).isEqualTo(PASSPHRASE);
        assertThat(info("pulled").getSourceUrl()).contains("streamid=x");
        try (TestEncoder encoder = new TestEncoder(encoders, port, PASSPHRASE).connected()) {
            encoder.send(TestEncoder.stream(Duration.ofSeconds(2)));
        }
        await().until(() -> info("live").getState().equals("RECONNECTING"));
        stop("live");
        assertThat(service.segments("archive/live"))
                .extracting(path -> path.getFileName().toString())
                .containsExactly(
                        "segment_0001.ts", "segment_0002.ts", "segment_0003.ts", "segment_0004.ts", "segment_0005.ts");
        try (var files = Files.walk(directory)) {
            assertThat(files.filter(Files::isRegularFile))
                    .isNotEmpty()
                    .noneSatisfy(file -> assertThat(isIn(file, PASSPHRASE)).isTrue());
        }
        restart();
        assertThat(list()).containsExactly("pulled");
    }

    @Test
    void whoWatchesAStreamThatGoesOnAfterTheRestartIsNotToldThatItIsOver() throws Exception {
        start();
        client.startPullStream(request("stopped").build());
        int port = client.startPullStream(request("live").build()).getPort();
        StatusRecorder stopped = StatusRecorder.watch(service, "stopped");
        StatusRecorder watcher = StatusRecorder.watch(service, "live");
        try (TestEncoder encoder = new TestEncoder(encoders, port, PASSPHRASE).connected()) {
            encoder.send(TestEncoder.stream(Duration.ofSeconds(1)));
            await().until(() -> watcher.statuses().equals(List.of(true)));
            stop("stopped");
            await().until(stopped::isCompleted);
            restart();
        }

        assertThat(stopped.statuses()).containsExactly(false);
        await().until(() -> watcher.failure() != null);
        assertThat(watcher.failure()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(watcher.statuses()).containsExactly(true);
        assertThat(watcher.isCompleted()).isFalse();
        List<String> reasons;
        try (EventReader events = new EventReader(
                service.client(LivestreamStub.class),
                WatchEventsRequest.newBuilder()
                        .addTypes(WatchEventsResponse.Type.STREAM_ENDED)
                        .build())) {
            reasons =
                    events.take(2).stream().map(WatchEventsResponse::getReason).toList();
        }
        assertThat(reasons).containsExactly("stopped", "shutdown");
    }

    @Test
    void aClientThatStartsItsStreamAgainAfterTheRestartIsAnsweredOnce() throws Exception {
        start();
        int port = client.startPullStream(request("live").build()).getPort();
        restart();

        assertThatThrownBy(() -> client.startPullStream(
                        request("live").setPassphrase("another-passphrase").build()))
                .satisfies(failure -> assertThat(
                                ((StatusRuntimeException) failure).getStatus().getCode())
                        .isEqualTo(Status.Code.ALREADY_EXISTS));
        assertThat(client.startPullStream(request("live").build()).getPort()).isEqualTo(port);
        assertThatThrownBy(() -> client.startPullStream(request("live").build()))
                .satisfies(failure -> assertThat(
                                ((StatusRuntimeException) failure).getStatus().getCode())
                        .isEqualTo(Status.Code.ALREADY_EXISTS));
    }

    @Test
    void aStreamWhosePortIsTakenStartsWhenItIsFree() throws Exception {
        start();
        int port = client.startPullStream(request("live").build()).getPort();
        String ports = "srt.ports=" + service.ports();
        service.close();
        try (DatagramSocket other = new DatagramSocket(port, InetAddress.getLoopbackAddress())) {
            start(ports);
            assertThat(list()).isEmpty();
            assertThat(other.isBound()).isTrue();
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> list().contains("live"));
        assertThat(info("live").getPort()).isEqualTo(port);
    }

    @Test
    void aStreamWhosePassphraseCannotBeReadWaitsForItsKey() throws Exception {
        String key = "security.recordKey=" + "A".repeat(43) + "=";
        start(key);
        client.startPullStream(request("live").build());
        assertThat(directory.resolve("cache/record.key")).doesNotExist();
        restart();
        assertThat(list()).isEmpty();
        assertThat(directory.resolve("cache/record.key")).exists();

        restart(key);
        assertThat(list()).containsExactly("live");
    }
}
