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
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StartPullStreamResponse;
import io.medicloud.service.proto.StopPullStreamRequest;
import io.medicloud.srt.SrtStack;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What backends rely on, over a real connection. */
final class LivestreamServiceTest {
    private static final String PASSPHRASE = "canary-passphrase";

    @TempDir
    private static Path directory;

    private static SrtStack encoders;
    private static ServiceUnderTest service;
    private static LivestreamBlockingStub client;

    @BeforeAll
    static void start() throws Exception {
        encoders = ServiceUnderTest.stack();
        service = new ServiceUnderTest(directory, 20, "stream.limit=18", "stream.reconnectWindow=1s");
        client = service.client(LivestreamBlockingStub.class);
    }

    @AfterAll
    static void end() {
        if (service != null) {
            service.close();
            encoders.close();
        }
    }

    @Test
    void aStreamThatWasStartedIsListedAndStoppedAndItsPortIsFreeAgain() throws Exception {
        StartPullStreamResponse started = startStream("cycle");

        assertThat(started.getLiveId()).isEqualTo("cycle");
        assertThat(started.getPassphrase()).isEqualTo(PASSPHRASE);
        assertThat(started.getPort())
                .isBetween(service.ports().first(), service.ports().last());
        assertThat(FreePorts.isFree(started.getPort())).isFalse();
        assertThat(list()).contains("cycle");
        assertThat(info("cycle").getPort()).isEqualTo(started.getPort());
        assertThat(info("cycle").getPassphrase()).isEqualTo(PASSPHRASE);
        assertThat(info("cycle").getState()).isEqualTo("WAITING");

        assertThat(stopStream("cycle")).isTrue();

        assertThat(FreePorts.isFree(started.getPort())).isTrue();
        assertThat(list()).doesNotContain("cycle");
        assertThat(stopStream("cycle")).isFalse();
        assertThatThrownBy(() -> info("cycle")).satisfies(is(Status.Code.NOT_FOUND, "live_id"));
    }

    @ParameterizedTest
    @CsvSource({
        "'',      0123456789, live_id",
        "a/b,     0123456789, live_id",
        ".hidden, 0123456789, live_id",
        "good,    '',         passphrase",
        "good,    short,      passphrase",
    })
    void aFieldThatIsIllFormedIsNamed(String liveId, String passphrase, String field) {
        assertThatThrownBy(
                        () -> client.startPullStream(request(liveId, passphrase).build()))
                .satisfies(is(Status.Code.INVALID_ARGUMENT, field));
    }

    @Test
    void aPassphraseOf80CharactersIsTooLong() {
        assertThatThrownBy(() ->
                        client.startPullStream(request("long", "x".repeat(80)).build()))
                .satisfies(is(Status.Code.INVALID_ARGUMENT, "passphrase"));
    }

    @Test
    void aStreamIsNotStartedTwice() {
        startStream("twice");

        assertThatThrownBy(() -> startStream("twice")).satisfies(is(Status.Code.ALREADY_EXISTS, "twice"));

        stopStream("twice");
        startStream("twice");
        stopStream("twice");
    }

    @Test
    void aStreamMayBeUnencryptedIfThatIsSaid() throws Exception {
        int port = client.startPullStream(
                        request("open", "").setAllowUnencrypted(true).build())
                .getPort();

        try (TestEncoder encoder = new TestEncoder(encoders, port, "").connected()) {
            encoder.send(TestEncoder.stream(Duration.ofSeconds(2)));
        }
        await().until(() -> info("open").getState().equals("RECONNECTING"));
        stopStream("open");

        assertThat(service.segments("open")).isNotEmpty();
    }

    @Test
    void whatWasSentStandsInTheBucketWhenTheStopIsAnswered() throws Exception {
        int port = startStream("whole").getPort();
        byte[] sent = TestEncoder.stream(Duration.ofSeconds(5));

        try (TestEncoder encoder = new TestEncoder(encoders, port, PASSPHRASE).connected()) {
            encoder.send(sent);
        }
        await().until(() -> info("whole").getState().equals("RECONNECTING"));
        stopStream("whole");

        assertThat(service.segments("whole")).hasSize(5);
        assertThat(service.segments("whole").get(0)).hasFileName("segment_0001.ts");
        long stored = 0;
        for (Path segment : service.segments("whole")) {
            stored += Files.size(segment);
        }
        assertThat(stored).isGreaterThanOrEqualTo(sent.length);
    }

    @Test
    void anEncoderWithAWrongPassphraseIsTurnedAwayAndTheRightOneStillTaken() throws Exception {
        int port = startStream("guarded").getPort();

        try (TestEncoder stranger = new TestEncoder(encoders, port, "wrong-passphrase")) {
            assertThatThrownBy(stranger::connected).hasMessageContaining("BADSECRET");
        }
        await().until(() -> info("guarded").getRejectedCallers() > 0);
        assertThat(info("guarded").getState()).isEqualTo("WAITING");

        try (TestEncoder encoder = new TestEncoder(encoders, port, PASSPHRASE).connected()) {
            encoder.send(TestEncoder.stream(Duration.ofSeconds(1)));
            await().until(() -> info("guarded").getState().equals("STREAMING"));
        }
        stopStream("guarded");
    }

    @Test
    void aSecondEncoderIsTurnedAwayAndTheFirstGoesOn() throws Exception {
        int port = startStream("single").getPort();
        byte[] piece = Arrays.copyOf(TestEncoder.stream(Duration.ofSeconds(1)), 7 * 188);
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        try (TestEncoder first = new TestEncoder(encoders, port, PASSPHRASE).connected()) {
            first.send(TestEncoder.stream(Duration.ofSeconds(1)));
            Future<?> sending = clock.scheduleAtFixedRate(() -> first.begin(piece), 0, 20, TimeUnit.MILLISECONDS);

            try (TestEncoder second = new TestEncoder(encoders, port, PASSPHRASE)) {
                assertThatThrownBy(second::connected).hasMessageContaining("CONFLICT");
            }

            assertThat(info("single").getRejectedCallers()).isPositive();
            assertThat(sending.isDone()).isFalse();
            assertThat(first.isClosed()).isFalse();
        } finally {
            clock.shutdownNow();
        }
        stopStream("single");
    }

    @Test
    void anEncoderThatComesBackTakesThePlaceOfItsOwnSilentConnection() throws Exception {
        int port = startStream("back").getPort();
        byte[] media = TestEncoder.stream(Duration.ofSeconds(2));
        try (TestEncoder silent = new TestEncoder(encoders, port, PASSPHRASE).connected()) {
            silent.send(media);

            TestEncoder back = await().ignoreExceptionsInstanceOf(IOException.class)
                    .until(() -> new TestEncoder(encoders, port, PASSPHRASE).connected(), encoder -> true);
            back.send(media);
            await().until(silent::isClosed);
            await().until(() -> info("back").getState().equals("STREAMING"));
            assertThat(back.isClosed()).isFalse();
            back.close();
        }
        stopStream("back");

        assertThat(service.segments("back")).hasSize(4);
    }

    @Test
    void aStreamWhoseEncoderStaysAwayEndsAndItsPortIsFree() throws Exception {
        int port = startStream("away").getPort();
        StatusRecorder recorder = StatusRecorder.watch(service, "away");
        try (TestEncoder encoder = new TestEncoder(encoders, port, PASSPHRASE).connected()) {
            encoder.send(TestEncoder.stream(Duration.ofSeconds(1)));
        }

        await().atMost(Duration.ofSeconds(30)).until(() -> !list().contains("away"));

        assertThat(FreePorts.isFree(port)).isTrue();
        await().until(recorder::isCompleted);
        assertThat(recorder.statuses()).containsExactly(true, false);
    }

    @Test
    void aWatcherHearsNothingUntilMediaFlowsThenTrueThenFalseAtTheEnd() throws Exception {
        int port = startStream("watched").getPort();
        StatusRecorder early = StatusRecorder.watch(service, "watched");
        try (TestEncoder encoder = new TestEncoder(encoders, port, PASSPHRASE).connected()) {
            await().until(() -> info("watched").getState().equals("CONNECTED"));
            assertThat(early.statuses()).isEmpty();

            encoder.send(TestEncoder.stream(Duration.ofSeconds(1)));
            await().until(() -> early.statuses().equals(List.of(true)));
            StatusRecorder late = StatusRecorder.watch(service, "watched");
            await().until(() -> late.statuses().equals(List.of(true)));

            stopStream("watched");

            await().until(() -> early.isCompleted() && late.isCompleted());
            assertThat(early.statuses()).containsExactly(true, false);
            assertThat(late.statuses()).containsExactly(true, false);
        }
    }

    @Test
    void whatIsNotThereCannotBeWatched() {
        StatusRecorder recorder = StatusRecorder.watch(service, "nobody");

        await().until(() -> recorder.failure() == Status.Code.NOT_FOUND);
    }

    @Test
    void manyWhoStartAndStopAtOnceNeverGetTheSamePortAndLeaveNoneBehind() throws Exception {
        Set<Integer> held = ConcurrentHashMap.newKeySet();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<?>> rounds = new ArrayList<>();
        try (DatagramSocket other = new DatagramSocket(service.ports().last(), InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < 40; i++) {
                String liveId = "crowd-" + i;
                rounds.add(threads.submit(() -> {
                    int port = startStream(liveId).getPort();
                    assertThat(held.add(port)).isTrue();
                    assertThat(port).isNotEqualTo(other.getLocalPort());
                    held.remove(port);
                    assertThat(stopStream(liveId)).isTrue();
                }));
            }
            for (Future<?> round : rounds) {
                round.get();
            }
        }
        threads.shutdown();

        assertThat(list()).noneMatch(liveId -> liveId.startsWith("crowd-"));
        for (int port = service.ports().first(); port <= service.ports().last(); port++) {
            assertThat(FreePorts.isFree(port)).as("port %d", port).isTrue();
        }
    }

    private static StartPullStreamResponse startStream(String liveId) {
        return client.startPullStream(request(liveId, PASSPHRASE).build());
    }

    private static StartPullStreamRequest.Builder request(String liveId, String passphrase) {
        return StartPullStreamRequest.newBuilder().setLiveId(liveId).setPassphrase(passphrase);
    }

    private static boolean stopStream(String liveId) {
        return client.stopPullStream(
                        StopPullStreamRequest.newBuilder().setLiveId(liveId).build())
                .getIsSuccess();
    }

    private static GetStreamInfoResponse info(String liveId) {
        return client.getStreamInfo(
                GetStreamInfoRequest.newBuilder().setLiveId(liveId).build());
    }

    private static List<String> list() {
        return client.listActiveStreams(ListActiveStreamsRequest.getDefaultInstance())
                .getLiveIdsList();
    }

    private static java.util.function.Consumer<Throwable> is(Status.Code code, String word) {
        return failure -> {
            assertThat(failure).isInstanceOf(StatusRuntimeException.class);
            Status status = ((StatusRuntimeException) failure).getStatus();
            assertThat(status.getCode()).isEqualTo(code);
            assertThat(status.getDescription()).contains(word).doesNotContain("canary");
        };
    }
}
