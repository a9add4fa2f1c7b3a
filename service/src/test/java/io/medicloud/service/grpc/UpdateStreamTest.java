// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.StatusRuntimeException;
import io.medicloud.service.Http1;
import io.medicloud.service.proto.ListActiveStreamsRequest;
import io.medicloud.service.proto.ListSegmentsRequest;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamStub;
import io.medicloud.service.proto.Segment;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StopPullStreamRequest;
import io.medicloud.service.proto.UpdateStreamRequest;
import io.medicloud.service.proto.UpdateStreamResponse;
import io.medicloud.service.proto.WatchEventsRequest;
import io.medicloud.service.proto.WatchEventsResponse;
import io.medicloud.srt.SrtStack;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams that are changed while they run. */
final class UpdateStreamTest {
    private static final String PASSPHRASE = "0123456789abcdef";
    /** Of segments that may be 2 s long as configured players are promised 3 s: rounded, and with the time between two pictures. */
    private static final int MOST_MS = 2799;

    private static final byte[] MEDIA = TestEncoder.stream(Duration.ofSeconds(4));
    private static final AtomicInteger STREAMS = new AtomicInteger();

    @TempDir
    static Path directory;

    private static SrtStack encoders;
    private static ServiceUnderTest shared;
    private final String liveId = "live-" + STREAMS.incrementAndGet();
    private ServiceUnderTest service;
    private LivestreamBlockingStub client;
    private int port;

    @BeforeAll
    static void start() throws Exception {
        encoders = ServiceUnderTest.stack();
        shared = new ServiceUnderTest(directory.resolve("shared"), 8);
    }

    @AfterAll
    static void end() {
        shared.close();
        encoders.close();
    }

    @BeforeEach
    void begin() {
        use(shared);
        port = client.startPullStream(stream()).getPort();
    }

    private void use(ServiceUnderTest other) {
        service = other;
        client = other.client(LivestreamBlockingStub.class);
    }

    private StartPullStreamRequest stream() {
        return StartPullStreamRequest.newBuilder()
                .setLiveId(liveId)
                .setPassphrase(PASSPHRASE)
                .build();
    }

    private void stop() {
        client.stopPullStream(
                StopPullStreamRequest.newBuilder().setLiveId(liveId).build());
    }

    private UpdateStreamResponse nothing() {
        return UpdateStreamResponse.newBuilder().setLiveId(liveId).build();
    }

    private UpdateStreamRequest.Builder live() {
        return UpdateStreamRequest.newBuilder().setLiveId(liveId);
    }

    private UpdateStreamResponse update(UpdateStreamRequest.Builder request) {
        return client.updateStream(request.build());
    }

    private void assertRefused(UpdateStreamRequest.Builder request, String message) {
        assertThatThrownBy(() -> update(request))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageStartingWith(message);
    }

    private List<String> updates() throws Exception {
        WatchEventsRequest request = WatchEventsRequest.newBuilder()
                .addLiveIds(liveId)
                .addTypes(WatchEventsResponse.Type.STREAM_UPDATED)
                .addTypes(WatchEventsResponse.Type.STREAM_ENDED)
                .build();
        stop();
        try (EventReader events = new EventReader(service.client(LivestreamStub.class), request)) {
            return events.takeUntil(WatchEventsResponse.Type.STREAM_ENDED).stream()
                    .map(WatchEventsResponse::getReason)
                    .toList();
        }
    }

    @Test
    void itIsCutOtherwiseAndIsToldOnceWhatHasChanged() throws Exception {
        UpdateStreamRequest.Builder request =
                live().setSegmentDurationMs(2000).setSegmentMaxDurationMs(2500).setRetentionCount(50);
        assertThat(update(request).getChangedList())
                .containsExactly("segment_duration_ms", "segment_max_duration_ms", "retention_count");
        assertThat(update(request).getChangedList()).isEmpty();
        assertThat(update(live()).getSegmentDurationMs()).isEqualTo(2000);
        try (TestEncoder encoder = new TestEncoder(encoders, port, PASSPHRASE).connected()) {
            encoder.send(MEDIA);
        }

        assertThat(updates())
                .containsExactly(
                        "segment_duration_ms from '0' to '2000', segment_max_duration_ms from '0' to '2500',"
                                + " retention_count from '0' to '50'",
                        "stopped");
        assertThat(client.listSegments(ListSegmentsRequest.newBuilder()
                                .setLiveId(liveId)
                                .build())
                        .getSegmentsList())
                .extracting(Segment::getDurationMs)
                .containsExactly(2000L, 2000L);
    }

    @Test
    void segmentsGetNoLongerThanPlayersWerePromised() {
        assertRefused(
                live().setSegmentDurationMs(3000).setReconnectWindowMs(5000),
                "FAILED_PRECONDITION: segment_duration_ms: 3000 is more than " + MOST_MS);
        assertRefused(
                live().setSegmentMaxDurationMs(MOST_MS + 1),
                "FAILED_PRECONDITION: segment_max_duration_ms: " + (MOST_MS + 1) + " is more than " + MOST_MS);
        assertThat(update(live())).isEqualTo(nothing());

        // Twice that, as it would be, is more than may be.
        UpdateStreamResponse bounded = update(live().setSegmentDurationMs(2000));
        assertThat(bounded.getSegmentMaxDurationMs()).isEqualTo(MOST_MS);
        assertThat(update(live().setSegmentDurationMs(0).setSegmentMaxDurationMs(0))
                        .getChangedList())
                .containsExactly("segment_duration_ms", "segment_max_duration_ms");
    }

    @Test
    void whatCannotChangeIsRefusedUnlessItIsSoAlready() {
        Map<String, UpdateStreamRequest.Builder> others = new LinkedHashMap<>();
        others.put("passphrase", live().setPassphrase("another-passphrase"));
        others.put("allow_unencrypted", live().setAllowUnencrypted(true));
        others.put("latency_ms", live().setLatencyMs(700));
        others.put("storage_prefix", live().setStoragePrefix("elsewhere"));
        others.put("source_url", live().setSourceUrl("srt://127.0.0.1:9"));
        others.put("stream_id", live().setStreamId("shared"));
        others.forEach((field, request) -> assertRefused(
                request.setRetentionCount(5),
                "FAILED_PRECONDITION: " + field + ": cannot change while the stream runs; stop it"));

        assertThat(update(live().setPassphrase(PASSPHRASE)
                                .setAllowUnencrypted(false)
                                .setLatencyMs(0)
                                .setStoragePrefix("")
                                .setStreamId("")
                                .setRetentionCount(7))
                        .getChangedList())
                .containsExactly("retention_count");
    }

    @Test
    void whatIsIllFormedIsNamed() {
        assertRefused(live().setSegmentDurationMs(99), "INVALID_ARGUMENT: segment_duration_ms: ");
        assertRefused(live().setSegmentMaxBytes(1000), "INVALID_ARGUMENT: segment_max_bytes: ");
        assertRefused(live().setReconnectWindowMs(86_400_001), "INVALID_ARGUMENT: reconnect_window_ms: ");
        assertRefused(live().setRetentionBytes(-1), "INVALID_ARGUMENT: retention_bytes: ");
        assertRefused(live().setAllowFrom("10.0.0.0/99"), "INVALID_ARGUMENT: allow_from: ");
        assertRefused(live().setAllowFrom("studio.example"), "INVALID_ARGUMENT: allow_from: ");
        assertRefused(live().setAllowFrom("10.0.0.1,".repeat(64) + "10.0.0.1"), "INVALID_ARGUMENT: allow_from: ");
        assertRefused(live().setLiveId("nobody").setRetentionCount(5), "NOT_FOUND: ");
        assertRefused(live().setLiveId("../x"), "INVALID_ARGUMENT: live_id: ");
    }

    @Test
    void aStreamWhoseEncoderIsAwayEndsWhenTheNewWindowIsOver() throws Exception {
        try (TestEncoder encoder = new TestEncoder(encoders, port, PASSPHRASE).connected()) {
            encoder.send(MEDIA);
        }
        StatusRecorder status = StatusRecorder.watch(service, liveId);
        await().until(() -> status.statuses().equals(List.of(true)));

        update(live().setReconnectWindowMs(1));
        await().until(status::isCompleted);
        assertThat(status.statuses()).containsExactly(true, false);
        assertRefused(live().setReconnectWindowMs(5), "NOT_FOUND: ");
    }

    @Test
    void itIsKeptAcrossARestartAndItsClientNeedNotKnow() throws Exception {
        Path folder = directory.resolve("restarted");
        use(new ServiceUnderTest(folder, 2));
        port = client.startPullStream(stream()).getPort();
        update(live().setReconnectWindowMs(77_000)
                .setSegmentDurationMs(2000)
                .setRetentionCount(9)
                .setAllowFrom("127.0.0.0/8, 10.0.0.0/8"));
        update(live().setRetentionCount(0));
        String ports = "srt.ports=" + service.ports();
        service.close();
        use(new ServiceUnderTest(folder, 2, ports));

        assertThat(client.listActiveStreams(ListActiveStreamsRequest.getDefaultInstance())
                        .getLiveIdsList())
                .containsExactly(liveId);
        assertThat(client.startPullStream(stream()).getPort()).isEqualTo(port);
        UpdateStreamResponse now = update(live());
        assertThat(now)
                .isEqualTo(UpdateStreamResponse.newBuilder()
                        .setLiveId(liveId)
                        .setReconnectWindowMs(77_000)
                        .setSegmentDurationMs(2000)
                        .setSegmentMaxDurationMs(MOST_MS)
                        .setAllowFrom("127.0.0.0/8, 10.0.0.0/8")
                        .build());
        // Once ended it is forgotten.
        stop();
        client.startPullStream(stream());
        assertThat(update(live())).isEqualTo(nothing());
        service.close();
    }

    @Test
    void overHttpToo() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + service.service().httpPort() + "/api/v1/streams/" + liveId))
                .header("content-type", "application/json")
                .method("PATCH", BodyPublishers.ofString("{\"reconnectWindowMs\": 5000, \"retention_count\": 0}"))
                .build();
        HttpResponse<String> answer = Http1.client().send(request, BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).containsPattern("\"reconnectWindowMs\": *5000");
        assertThat(update(live()).getReconnectWindowMs()).isEqualTo(5000);
    }
}
