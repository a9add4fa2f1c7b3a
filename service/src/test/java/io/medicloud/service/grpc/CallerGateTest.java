// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.medicloud.service.Http1;
import io.medicloud.service.config.ConfigLoader;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamStub;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.UpdateStreamRequest;
import io.medicloud.service.proto.WatchEventsRequest;
import io.medicloud.service.proto.WatchEventsResponse;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStacks;
import io.medicloud.srt.libsrt.LibSrtStack;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Encoders that are turned away by where they call from, over real sockets, by a service with each of the stacks. */
@Tag("heavy")
@ParameterizedClass
@ValueSource(strings = {"java", "libsrt"})
final class CallerGateTest {
    private static final String PASSPHRASE = "0123456789abcdef";
    private static final String FORBIDDEN = "FORBIDDEN (1403)";
    private static final String OVERLOAD = "OVERLOAD (1402)";
    private static final byte[] MEDIA = TestEncoder.stream(Duration.ofSeconds(2));

    private final String stack;

    @TempDir
    private Path directory;

    private SrtStack encoders;
    private ServiceUnderTest service;
    private LivestreamBlockingStub client;
    private int sharedPort;
    private int port;

    CallerGateTest(String stack) {
        this.stack = stack;
    }

    @BeforeEach
    void start() throws Exception {
        if (stack.equals("libsrt")) {
            try (LibSrtStack probe = new LibSrtStack()) {
                assumeTrue(System.getenv("CI") != null || probe.unavailability() == null, "libsrt is not there");
            }
        }
        encoders = SrtStacks.select("java").stack();
        sharedPort = freePort();
        service = new ServiceUnderTest(
                directory,
                3,
                "srt.stack=" + stack,
                "srt.sharedPort=" + sharedPort,
                "srt.banAfter=3",
                "srt.longestBan=4s");
        client = service.client(LivestreamBlockingStub.class);
        port = client.startPullStream(request("live").build()).getPort();
        client.startPullStream(request("shared").setStreamId("there").build());
    }

    @AfterEach
    void stop() {
        encoders.close();
        service.close();
    }

    private static StartPullStreamRequest.Builder request(String liveId) {
        return StartPullStreamRequest.newBuilder().setLiveId(liveId).setPassphrase(PASSPHRASE);
    }

    /** What a caller is told; null if it was let in. */
    private Throwable call(int at, String passphrase, String streamId) throws IOException {
        String url = "srt://127.0.0.1:" + at + "?mode=caller&passphrase=" + passphrase
                + (streamId.isEmpty() ? "" : "&streamid=" + streamId);
        try (TestEncoder encoder = new TestEncoder(encoders, url)) {
            return catchThrowable(encoder::connected);
        }
    }

    private void reload(String... settings) throws Exception {
        List<String> all = new ArrayList<>(List.of("srt.banAfter=3", "srt.longestBan=4s"));
        all.addAll(List.of(settings));
        service.service()
                .onChange(new ConfigLoader(directory, Map.of()).load(null, all).service(), List.of());
    }

    private String metrics() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + service.service().httpPort() + "/metrics"))
                .build();
        return Http1.client().send(request, BodyHandlers.ofString()).body();
    }

    @Test
    void fromElsewhereNobodyIsLetInAndWhoIsInStays() throws Exception {
        try (TestEncoder encoder = new TestEncoder(encoders, port, PASSPHRASE)) {
            encoder.connected();
            reload("srt.allow=10.0.0.0/8");
            assertThat(call(sharedPort, PASSPHRASE, "there")).hasMessageContaining(FORBIDDEN);
            reload("srt.allow=127.0.0.0/8", "srt.deny=127.0.0.1");
            assertThat(call(port, PASSPHRASE, "")).hasMessageContaining(FORBIDDEN);
            encoder.send(MEDIA);
            await().until(() -> !service.segments("live").isEmpty());
        }
        assertThat(metrics()).contains("medicloud_srt_callers_refused_total{reason=\"address\"} 2.0");
        reload("srt.allow=127.0.0.0/8");
        assertThat(call(sharedPort, PASSPHRASE, "there")).isNull();
    }

    @Test
    void aStreamLetsThoseInThatCallFromItsOwnRangesAlone() throws Exception {
        int narrow = client.startPullStream(
                        request("narrow").setAllowFrom("10.0.0.0/8, ::1").build())
                .getPort();
        assertThat(call(narrow, PASSPHRASE, "")).hasMessageContaining(FORBIDDEN);
        assertThat(call(port, PASSPHRASE, "")).isNull();
        UpdateStreamRequest.Builder update = UpdateStreamRequest.newBuilder().setLiveId("narrow");
        client.updateStream(update.setAllowFrom("127.0.0.0/8").build());
        try (TestEncoder encoder = new TestEncoder(encoders, narrow, PASSPHRASE)) {
            encoder.connected();
            client.updateStream(update.setAllowFrom("10.0.0.0/8").build());
            encoder.send(MEDIA);
            await().until(() -> !service.segments("narrow").isEmpty());
        }
        assertThat(call(narrow, PASSPHRASE, "")).hasMessageContaining(FORBIDDEN);

        WatchEventsResponse told = firstRefusal("narrow");
        assertThat(told.getReason()).isEqualTo("not from an allowed address: 1");
        assertThat(told.getCallers()).isEqualTo(1);
        assertThat(told.getPeer()).startsWith("/127.0.0.1:");
    }

    private WatchEventsResponse firstRefusal(String liveId) throws Exception {
        WatchEventsRequest watch = WatchEventsRequest.newBuilder()
                .addTypes(WatchEventsResponse.Type.CALLERS_REFUSED)
                .addLiveIds(liveId)
                .build();
        try (EventReader events = new EventReader(service.client(LivestreamStub.class), watch)) {
            WatchEventsResponse told = events.next();
            // Those of no stream are told to everybody.
            return told.getLiveId().isEmpty() ? events.next() : told;
        }
    }

    @Test
    void whoIsTurnedAwayIsToldOfTheStreamIfThatIsKnown() throws Exception {
        assertThat(call(sharedPort, PASSPHRASE, "guess")).hasMessageContaining("NOTFOUND (1404)");
        WatchEventsRequest watch = WatchEventsRequest.newBuilder()
                .addTypes(WatchEventsResponse.Type.CALLERS_REFUSED)
                .build();
        try (EventReader events = new EventReader(service.client(LivestreamStub.class), watch)) {
            WatchEventsResponse told = events.next();
            assertThat(told.getLiveId()).isEmpty();
            assertThat(told.getReason()).isEqualTo("stream id not accepted: 1");
        }
        assertThat(call(port, "wrong-passphrase", "")).isNotNull();
        assertThat(firstRefusal("live").getReason()).isEqualTo("wrong passphrase: 1");
    }

    @Test
    void whoGuessesPassphrasesIsNotListenedToForAWhile() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(call(port, "wrong-passphrase", "")).hasMessageNotContaining(OVERLOAD);
        }

        await().untilAsserted(
                        () -> assertThat(call(port, "wrong-passphrase", "")).hasMessageContaining(OVERLOAD));
        await().untilAsserted(() -> assertThat(call(port, PASSPHRASE, "")).isNull());
        assertThat(metrics()).containsPattern("medicloud_srt_callers_refused_total\\{reason=\"banned\"} [1-9]");
    }

    @Test
    void whoGuessesStreamIdsIsNotListenedToForAWhile() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(call(sharedPort, PASSPHRASE, "guess-" + i)).hasMessageContaining("NOTFOUND (1404)");
        }

        await().untilAsserted(
                        () -> assertThat(call(sharedPort, PASSPHRASE, "guess")).hasMessageContaining(OVERLOAD));
        await().untilAsserted(
                        () -> assertThat(call(sharedPort, PASSPHRASE, "there")).isNull());
        // All is forgiven.
        assertThat(call(sharedPort, PASSPHRASE, "guess")).hasMessageContaining("NOTFOUND (1404)");
        assertThat(call(sharedPort, PASSPHRASE, "there")).isNull();
    }

    @Test
    void whoCallsTooOftenIsTurnedAway() throws Exception {
        reload("srt.handshakesPerSecond=1", "srt.banAfter=0");
        List<TestEncoder> calling = new ArrayList<>();
        List<String> told = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            calling.add(new TestEncoder(encoders, "srt://127.0.0.1:" + sharedPort + "?mode=caller&streamid=guess"));
        }
        for (TestEncoder encoder : calling) {
            told.add(String.valueOf(catchThrowable(encoder::connected)));
            encoder.close();
        }

        assertThat(told).anyMatch(one -> one.contains("NOTFOUND (1404)")).anyMatch(one -> one.contains(OVERLOAD));
        assertThat(metrics()).containsPattern("medicloud_srt_callers_refused_total\\{reason=\"rate\"} [1-9]");
    }

    @Test
    void aSecondEncoderIsNoGuess() throws Exception {
        List<String> told = new ArrayList<>();
        byte[] some = Arrays.copyOf(MEDIA, 1316);
        try (TestEncoder encoder = new TestEncoder(encoders, port, PASSPHRASE)) {
            encoder.connected();
            // One that falls silent gives way.
            ScheduledExecutorService sending = Executors.newSingleThreadScheduledExecutor();
            var running = sending.scheduleAtFixedRate(() -> encoder.begin(some), 0, 50, TimeUnit.MILLISECONDS);
            for (int i = 0; i < 6; i++) {
                told.add(String.valueOf(call(port, PASSPHRASE, "")));
            }
            running.cancel(false);
            sending.shutdownNow();
            assertThat(sending.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }

        assertThat(told).anyMatch(one -> one.contains("CONFLICT (1409)")).noneMatch(one -> one.contains(OVERLOAD));
    }

    private static int freePort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
