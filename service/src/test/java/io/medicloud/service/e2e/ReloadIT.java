// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.client.grpc.GrpcClients;
import io.grpc.stub.StreamObserver;
import io.medicloud.service.Http1;
import io.medicloud.service.grpc.TestEncoder;
import io.medicloud.service.proto.GetStreamInfoRequest;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamStub;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StopPullStreamRequest;
import io.medicloud.service.proto.WatchEventsRequest;
import io.medicloud.service.proto.WatchEventsResponse;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStacks;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.gaul.s3proxy.S3Proxy;
import org.junit.jupiter.api.Test;

/**
 * The configuration of a service is changed again and again while streams run: every key that needs no restart, by SIGHUP and by a file that is noticed, with faulty
 * files between. With {@code -Dchaos.long=true} each other change is one that is noticed, which takes two seconds.
 */
class ReloadIT extends ChaosScene {
    private static final int RELOADS = number("reloads", 100, 100);
    private static final int NOTICED_EVERY = number("noticed", 20, 2);
    private static final int FAULTY_EVERY = 5;
    private static final Duration LENGTH = Duration.ofSeconds(number("length", 120, 400));
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final List<String> IDS = List.of("one", "two");

    private static final HttpClient HTTP = Http1.client();

    private final List<WatchEventsResponse> heard = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> watchEnded = new CompletableFuture<>();
    private final Map<String, Publisher> publishers = new TreeMap<>();
    private ReloadedFile file;
    private ServiceProcess service;
    private int applied;
    private int refused;

    @Test
    void noStreamIsDisturbedAndNoReloadIsLost() throws Exception {
        byte[] media = TestEncoder.stream(LENGTH);
        S3Proxy store = store(Ports.freeTcp());
        S3Proxy sameStore = store(Ports.freeTcp(), "access-2", "secret-key-2");
        Files.createDirectories(directory.resolve("store/chaos-2"));
        file = new ReloadedFile(directory, store.getPort(), sameStore.getPort());
        List<Map<String, String>> steps = file.steps();
        List<String> faulty = file.faulty();
        try (SrtStack java = SrtStacks.select("java").stack();
                SrtStack auto = SrtStacks.select("auto").stack();
                ServiceProcess running = ServiceProcess.launch(directory, Map.of(), Ports.freeUdp(4), 4)) {
            service = running;
            watch();
            publish("one", java, media);
            publish("two", auto, media);
            Awaitility.await("segments")
                    .atMost(LIMIT)
                    .until(() -> IDS.stream().allMatch(id -> !sealed(id).isEmpty()));
            for (int i = 0; i < Math.max(RELOADS, steps.size()); i++) {
                boolean isNoticed = i % NOTICED_EVERY == 0;
                if (i % FAULTY_EVERY == 0) {
                    refuse(faulty.get(i / FAULTY_EVERY % faulty.size()), isNoticed);
                }
                apply(steps.get(i % steps.size()), isNoticed);
            }
            assertEveryKeyWasTaken();
            assertThat(told()).as("while they are sent").doesNotContain(WatchEventsResponse.Type.DISCONNECTED);
            stopAll(media);
            assertUndisturbed();
            for (String id : IDS) {
                assertThat(joinedOf(id, media))
                        .as(id)
                        .isEqualTo(publishers.get(id).sent());
            }
            System.out.printf(
                    "reloads: %d applied, %d refused; sent %s bytes in %s segments%n",
                    applied,
                    refused,
                    publishers.values().stream().map(Publisher::sent).toList(),
                    IDS.stream().map(id -> sealed(id).size()).toList());
        } finally {
            publishers.values().forEach(Publisher::close);
            store.stop();
            sameStore.stop();
        }
    }

    private void apply(Map<String, String> step, boolean isNoticed) throws Exception {
        int mark = ReloadedFile.FIRST_MARK + applied + 1;
        file.write(step, mark);
        if (!isNoticed) {
            service.hangUp();
        }
        applied++;
        awaitThat(step + " is in force", () -> mark() == mark);
        awaitThat(step + " is counted", () -> reloads("applied") >= applied);
        assertThat(reloads("applied")).as("each is counted once").isEqualTo(applied);
    }

    private void refuse(String text, boolean isNoticed) throws Exception {
        int mark = mark();
        file.write(text);
        if (!isNoticed) {
            service.hangUp();
        }
        awaitThat("it is refused: " + text, () -> reloads("refused") > refused);
        // Who asks is told again of what was noticed before.
        refused = reloads("refused");
        assertThat(mark()).as("what was in force stays").isEqualTo(mark);
    }

    private void awaitThat(String what, BooleanSupplier isSo) {
        Awaitility.await(what)
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(25))
                .failFast("the watch of events has ended", watchEnded::isDone)
                .until(isSo::getAsBoolean);
    }

    private int reloads(String result) {
        return figure("medicloud_config_reloads_total{result=\"" + result + "\"}");
    }

    private int mark() {
        return figure("medicloud_limit{limit=\"" + ReloadedFile.MARK + "\"}");
    }

    private int figure(String series) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(service.url("/metrics")))
                .header("Authorization", "Bearer " + ReloadedFile.TOKEN)
                .timeout(LIMIT)
                .build();
        String text = HTTP.sendAsync(request, BodyHandlers.ofString()).join().body();
        String line = text.lines()
                .filter(found -> found.startsWith(series + " "))
                .findFirst()
                .orElseThrow(() -> new AssertionError(series + " is not there: " + text));
        return (int) Double.parseDouble(line.substring(series.length()));
    }

    private <T extends io.grpc.stub.AbstractStub<T>> T client(Class<T> type) {
        return GrpcClients.builder("gproto+http://127.0.0.1:" + service.grpcPort() + "/")
                .addHeader("authorization", "Bearer " + ReloadedFile.TOKEN)
                .build(type);
    }

    private void watch() {
        client(LivestreamStub.class)
                .withDeadlineAfter(1, TimeUnit.HOURS)
                .watchEvents(WatchEventsRequest.getDefaultInstance(), new StreamObserver<>() {
                    @Override
                    public void onNext(WatchEventsResponse event) {
                        heard.add(event);
                    }

                    @Override
                    public void onError(Throwable why) {
                        watchEnded.completeExceptionally(why);
                    }

                    @Override
                    public void onCompleted() {
                        watchEnded.complete(null);
                    }
                });
    }

    private List<WatchEventsResponse> sealed(String id) {
        return of(id, WatchEventsResponse.Type.SEGMENT_SEALED);
    }

    private List<WatchEventsResponse> of(String id, WatchEventsResponse.Type type) {
        return heard.stream()
                .filter(event -> event.getLiveId().equals(id) && event.getType() == type)
                .toList();
    }

    private void publish(String id, SrtStack stack, byte[] media) {
        int port = client(LivestreamBlockingStub.class)
                .startPullStream(StartPullStreamRequest.newBuilder()
                        .setLiveId(id)
                        .setPassphrase(PASSPHRASE)
                        .build())
                .getPort();
        publishers.put(id, new Publisher(stack, port, PASSPHRASE, media, media.length / LENGTH.toSeconds()));
    }

    /** The log names every key as taken at once. */
    private void assertEveryKeyWasTaken() {
        String log = service.log();
        assertThat(file.keys())
                .allSatisfy(key -> assertThat(log)
                        .containsPattern("configuration was changed: (what )?" + Pattern.quote(key)
                                + " (stands for|from [^\\n]*), at once"));
    }

    private void stopAll(byte[] media) {
        LivestreamBlockingStub client = client(LivestreamBlockingStub.class);
        publishers.values().forEach(Publisher::close);
        publishers.forEach((id, publisher) -> {
            assertThat(publisher.sent()).as("%s was sent to the end", id).isLessThan(media.length);
            GetStreamInfoRequest which =
                    GetStreamInfoRequest.newBuilder().setLiveId(id).build();
            awaitThat(id + " has arrived", () -> client.getStreamInfo(which).getReceivedBytes() == publisher.sent());
            client.stopPullStream(
                    StopPullStreamRequest.newBuilder().setLiveId(id).build());
            awaitThat(
                    id + " is stored",
                    () -> !of(id, WatchEventsResponse.Type.STREAM_ENDED).isEmpty()
                            && of(id, WatchEventsResponse.Type.SEGMENT_UPLOADED).size()
                                    == sealed(id).size());
        });
    }

    private List<WatchEventsResponse.Type> told() {
        return heard.stream().map(WatchEventsResponse::getType).toList();
    }

    private void assertUndisturbed() {
        assertThat(told())
                .doesNotContain(
                        WatchEventsResponse.Type.RECONNECTING,
                        WatchEventsResponse.Type.STALLED,
                        WatchEventsResponse.Type.STREAM_FAILED,
                        WatchEventsResponse.Type.SEGMENT_LOST,
                        WatchEventsResponse.Type.BYTES_DROPPED,
                        WatchEventsResponse.Type.LAGGED);
        for (String id : IDS) {
            assertThat(of(id, WatchEventsResponse.Type.CONNECTED)).as(id).hasSize(1);
            assertThat(sealed(id))
                    .extracting(WatchEventsResponse::getSequence)
                    .as(id)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, sealed(id).size()).boxed().toList());
            assertThat(sealed(id)).extracting(WatchEventsResponse::getSegment).allSatisfy(segment -> {
                assertThat(segment.getDiscontinuity()).as("%s: %s", id, segment).isFalse();
                assertThat(segment.getIncomplete()).as("%s: %s", id, segment).isFalse();
                assertThat(segment.getContinuityErrors())
                        .as("%s: %s", id, segment)
                        .isZero();
            });
        }
    }

    /** Of what was sent, what the segments are one behind the other, in whichever bucket each is. */
    private long joinedOf(String id, byte[] media) throws Exception {
        long at = 0;
        for (WatchEventsResponse event : sealed(id)) {
            List<Path> found = new ArrayList<>();
            for (String bucket : List.of("chaos", "chaos-2")) {
                Path file =
                        Story.file(directory.resolve("store").resolve(bucket).resolve(id), event);
                if (Files.exists(file)) {
                    found.add(file);
                }
            }
            assertThat(found).as("%s: segment %d", id, event.getSequence()).hasSize(1);
            byte[] segment = Files.readAllBytes(found.get(0));
            int injected = injected(segment, media, at);
            assertThat(injected)
                    .as("%s: segment %d is what was sent", id, event.getSequence())
                    .isNotNegative();
            at += segment.length - injected;
        }
        return at;
    }
}
