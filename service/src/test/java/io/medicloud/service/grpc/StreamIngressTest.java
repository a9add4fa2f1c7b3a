// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.medicloud.service.FreePorts;
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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The ways in which a stream may come, and what it may have otherwise than configured. */
final class StreamIngressTest {
    private static final String PASSPHRASE = "canary-passphrase";
    private static final byte[] MEDIA = TestEncoder.stream(Duration.ofSeconds(3));

    @TempDir
    private static Path directory;

    private static SrtStack encoders;
    private static int sharedPort;
    private static ServiceUnderTest service;
    private static LivestreamBlockingStub client;

    @BeforeAll
    static void start() throws Exception {
        encoders = ServiceUnderTest.stack();
        sharedPort = freePort();
        service = new ServiceUnderTest(directory, 8, "srt.sharedPort=" + sharedPort, "stream.uploadWait=1s");
        client = service.client(LivestreamBlockingStub.class);
    }

    @AfterAll
    static void end() throws Exception {
        if (service != null) {
            service.close();
            encoders.close();
            assertThat(FreePorts.isFree(sharedPort)).isTrue();
        }
    }

    @Test
    void aStreamIsPulledFromAListenerAndCalledAgainWhenItWasAway() throws Exception {
        int port;
        try (TestEncoder listening = new TestEncoder(encoders, listener(0))) {
            port = listening.port();
            int answered = client.startPullStream(request("pulled", "")
                            .setSourceUrl("srt://127.0.0.1:" + port + "?passphrase=" + PASSPHRASE)
                            .build())
                    .getPort();
            assertThat(answered).isEqualTo(port);
            listening.connected().send(MEDIA);
        }
        await().until(() -> info("pulled").getState().equals("RECONNECTING"));
        await().until(() -> !info("pulled").getLastFailure().isEmpty());

        try (TestEncoder again = new TestEncoder(encoders, listener(port))) {
            again.connected().send(MEDIA);
        }
        await().until(() -> info("pulled").getState().equals("RECONNECTING"));
        assertThat(info("pulled").getSourceUrl())
                .startsWith("srt://127.0.0.1:" + port)
                .contains("passphrase=***")
                .doesNotContain(PASSPHRASE);
        assertThat(info("pulled").getPassphrase()).isEqualTo(PASSPHRASE);
        stop("pulled");

        assertThat(joined("pulled")).isEqualTo(concat(MEDIA, MEDIA));
        WatchEventsRequest whole =
                WatchEventsRequest.newBuilder().addLiveIds("pulled").build();
        try (EventReader events = new EventReader(service.client(LivestreamStub.class), whole)) {
            assertThat(events.takeUntil(WatchEventsResponse.Type.STREAM_ENDED))
                    .extracting(WatchEventsResponse::getType)
                    .filteredOn(type -> type == WatchEventsResponse.Type.RECONNECTING
                            || type == WatchEventsResponse.Type.CONNECTED
                            || type == WatchEventsResponse.Type.DISCONNECTED)
                    .containsExactly(
                            WatchEventsResponse.Type.CONNECTED,
                            WatchEventsResponse.Type.DISCONNECTED,
                            WatchEventsResponse.Type.RECONNECTING,
                            WatchEventsResponse.Type.CONNECTED,
                            WatchEventsResponse.Type.DISCONNECTED,
                            WatchEventsResponse.Type.RECONNECTING);
        }
    }

    private static String listener(int port) {
        return "srt://127.0.0.1:" + port + "?mode=listener&passphrase=" + PASSPHRASE;
    }

    @Test
    void aSourceThatIsNotThereWithinTheWindowEndsTheStreamAsFailed() throws Exception {
        client.startPullStream(request("nowhere", PASSPHRASE)
                .setSourceUrl("srt://127.0.0.1:" + freePort() + "?conntimeo=200")
                .setReconnectWindowMs(1000)
                .build());
        StatusRecorder watcher = StatusRecorder.watch(service, "nowhere");

        await().until(watcher::isCompleted);

        assertThat(watcher.statuses()).containsExactly(false);
        assertThatThrownBy(() -> info("nowhere")).satisfies(is(Status.Code.NOT_FOUND, "live_id"));
    }

    @Test
    void aStreamThatIsStoppedWhileItCallsEndsAtOnce() throws Exception {
        client.startPullStream(request("calling", PASSPHRASE)
                .setSourceUrl("srt://127.0.0.1:" + freePort())
                .build());

        assertThat(stop("calling")).isTrue();
        assertThat(client.listActiveStreams(ListActiveStreamsRequest.getDefaultInstance())
                        .getLiveIdsList())
                .doesNotContain("calling");
    }

    @Test
    void streamsShareAPortEachWithItsOwnPassphrase() throws Exception {
        startShared("first", "live/one", "passphrase-one");
        startShared("second", "#!::r=live/two,m=publish", "passphrase-two");
        assertThat(info("second").getStreamId()).isEqualTo("live/two");

        try (TestEncoder one = new TestEncoder(encoders, caller("live/one", "passphrase-one"));
                TestEncoder two = new TestEncoder(encoders, caller("#!::m=publish,r=live/two", "passphrase-two"))) {
            one.connected().begin(MEDIA);
            two.connected().begin(concat(MEDIA, MEDIA));
        }
        await().until(() -> info("first").getState().equals("RECONNECTING"));
        await().until(() -> info("second").getState().equals("RECONNECTING"));
        stop("first");
        stop("second");

        assertThat(joined("first")).isEqualTo(MEDIA);
        assertThat(joined("second")).isEqualTo(concat(MEDIA, MEDIA));
    }

    @ParameterizedTest
    @CsvSource({
        "'live/other',                    NOTFOUND,   true",
        "'',                              NOTFOUND,   true",
        "'#!::r=live/guarded',            BAD_MODE,   true",
        "'#!::r=live/guarded,m=request',  BAD_MODE,   true",
        "'#!::live',                      BAD_REQUEST, true",
        "'live/guarded',                  BADSECRET,  false",
    })
    void whoeverDoesNotFitIsTurnedAwayFromTheSharedPortWithTheReasonAndCounted(
            String streamId, String reason, boolean isUnknown) throws Exception {
        startShared("guarded", "live/guarded", PASSPHRASE);
        long before = unknownCallers();

        try (TestEncoder stranger = new TestEncoder(encoders, caller(streamId, "some-other-passphrase"))) {
            assertThatThrownBy(stranger::connected).hasMessageContaining(reason);
        }

        await().until(() ->
                isUnknown ? unknownCallers() > before : info("guarded").getRejectedCallers() > 0);
        assertThat(info("guarded").getState()).isEqualTo("WAITING");
        stop("guarded");
    }

    @Test
    void aStreamIdBelongsToOneStream() throws Exception {
        startShared("owner", "live/owned", PASSPHRASE);

        assertThatThrownBy(() -> startShared("thief", "#!::r=live/owned", PASSPHRASE))
                .satisfies(is(Status.Code.ALREADY_EXISTS, "stream_id"));
        stop("owner");
        startShared("heir", "live/owned", PASSPHRASE);
        stop("heir");
    }

    @Test
    void aStreamHasItsOwnSettings() throws Exception {
        int port = client.startPullStream(request("tuned", PASSPHRASE)
                        .setStoragePrefix("tv/news")
                        .setSegmentDurationMs(2500)
                        .setLatencyMs(300)
                        .build())
                .getPort();
        assertThatThrownBy(() -> client.startPullStream(
                        request("twin", PASSPHRASE).setStoragePrefix("tv/news/").build()))
                .satisfies(is(Status.Code.ALREADY_EXISTS, "storage_prefix"));
        try (TestEncoder encoder = new TestEncoder(encoders, port, PASSPHRASE)) {
            encoder.connected().send(concat(MEDIA, MEDIA));
        }
        await().until(() -> info("tuned").getState().equals("RECONNECTING"));
        stop("tuned");

        assertThat(service.segments("tuned")).isEmpty();
        assertThat(joined("tv/news")).isEqualTo(concat(MEDIA, MEDIA));
        assertThat(service.segments("tv/news")).hasSize(2);
    }

    @Test
    void whatWaitsForItsTimeAtTheStopStillReachesTheLastSegment() throws Exception {
        int port = client.startPullStream(
                        request("late", PASSPHRASE).setLatencyMs(1500).build())
                .getPort();
        try (TestEncoder encoder = new TestEncoder(encoders, port, PASSPHRASE)) {
            encoder.connected().begin(MEDIA);
            await().until(encoder::hasArrived);
            assertThat(info("late").getStoredSegments()).isZero();

            stop("late");
        }

        assertThat(joined("late")).isEqualTo(MEDIA);
    }

    @ParameterizedTest
    @CsvSource({
        "srt://127.0.0.1:9000?latencyy=120, '',  source_url: ",
        "srt://127.0.0.1:9000?mode=listener, '', source_url: ",
        "udp://127.0.0.1:9000, '',               source_url: ",
        "srt://127.0.0.1:9000, cam,              source_url and stream_id: ",
        "'', '#!::m=publish',                    stream_id: ",
    })
    void aWayInThatIsIllFormedIsNamed(String url, String streamId, String message) {
        assertThatThrownBy(() -> client.startPullStream(request("wrong", PASSPHRASE)
                        .setSourceUrl(url)
                        .setStreamId(streamId)
                        .build()))
                .satisfies(is(Status.Code.INVALID_ARGUMENT, message));
    }

    private static void startShared(String liveId, String streamId, String passphrase) {
        int port = client.startPullStream(
                        request(liveId, passphrase).setStreamId(streamId).build())
                .getPort();
        assertThat(port).isEqualTo(sharedPort);
    }

    private static String caller(String streamId, String passphrase) {
        return "srt://127.0.0.1:" + sharedPort + "?mode=caller&passphrase=" + passphrase
                + (streamId.isEmpty() ? "" : "&streamid=" + URLEncoder.encode(streamId, StandardCharsets.UTF_8));
    }

    private static StartPullStreamRequest.Builder request(String liveId, String passphrase) {
        return StartPullStreamRequest.newBuilder().setLiveId(liveId).setPassphrase(passphrase);
    }

    private static GetStreamInfoResponse info(String liveId) {
        return client.getStreamInfo(
                GetStreamInfoRequest.newBuilder().setLiveId(liveId).build());
    }

    private static long unknownCallers() {
        return client.listActiveStreams(ListActiveStreamsRequest.getDefaultInstance())
                .getUnknownCallers();
    }

    private static boolean stop(String liveId) {
        return client.stopPullStream(
                        StopPullStreamRequest.newBuilder().setLiveId(liveId).build())
                .getIsSuccess();
    }

    /** The segments, less the PAT and PMT packets that the synthetic encoder did not send there: it sends them before every keyframe. */
    private static byte[] joined(String folder) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Path segment : service.segments(folder)) {
            all.writeBytes(Files.readAllBytes(segment));
        }
        return all.toByteArray();
    }

    private static byte[] concat(byte[] one, byte[] other) {
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(one);
        both.writeBytes(other);
        return both.toByteArray();
    }

    private static int freePort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Consumer<Throwable> is(Status.Code code, String message) {
        return failure -> {
            assertThat(failure).isInstanceOf(StatusRuntimeException.class);
            Status status = ((StatusRuntimeException) failure).getStatus();
            assertThat(status.getCode()).isEqualTo(code);
            assertThat(status.getDescription()).startsWith(message).doesNotContain("canary");
        };
    }
}
