// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StopPullStreamRequest;
import io.medicloud.service.proto.WatchEventsRequest;
import io.medicloud.service.proto.WatchEventsResponse;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStacks;
import io.medicloud.testdata.PeerProgram;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The service is killed (SIGKILL) at random moments while streams run, and started again each time. The long form:
 * {@code mvn verify -Dit.test=KillIT -Dchaos.kills=30 -Dchaos.streams=4}; {@code -Dchaos.seed=…} repeats a run's moments.
 */
class KillIT {
    private static final int KILLS = Integer.getInteger("chaos.kills", 2);
    private static final int STREAMS = Integer.getInteger("chaos.streams", 2);
    private static final long SEED = Long.getLong("chaos.seed", System.nanoTime());
    private static final int PACKET = 188;
    private static final int MOST_INJECTED = 8;
    private static final String PASSPHRASE = "0123456789abcdef";
    private static final Duration LIMIT = Duration.ofSeconds(90);
    /** 120 ms of SRT's latency, 200 ms for which we may be blamed, and the rest for a machine that has much else to do. */
    private static final long MOST_MISSING_MS = 1000;

    private static final long BYTES_PER_SECOND = 250_000;

    @TempDir
    private Path directory;

    private final Random random = new Random(SEED);
    private final List<WatchEventsResponse> events = new ArrayList<>();

    @Test
    void nothingThatWasSealedIsLostAndNumbersGoOn() throws Exception {
        Peers.require("ffmpeg");
        byte[] media = media();
        Map<String, Publisher> publishers = new TreeMap<>();
        Map<String, List<Integer>> kills = new HashMap<>();
        int storePort = Ports.freeTcp();
        S3Proxy store = store(storePort);
        int ports = Ports.freeUdp(STREAMS);
        try (SrtStack stack = SrtStacks.select("auto").stack()) {
            ServiceProcess service = launch(storePort, ports);
            try {
                for (int i = 0; i < STREAMS; i++) {
                    String id = "stream-" + i;
                    int port = service.client()
                            .startPullStream(StartPullStreamRequest.newBuilder()
                                    .setLiveId(id)
                                    .setPassphrase(PASSPHRASE)
                                    .build())
                            .getPort();
                    publishers.put(id, new Publisher(stack, port, PASSPHRASE, media, BYTES_PER_SECOND));
                    kills.put(id, new ArrayList<>());
                }
                for (int i = 0; i < KILLS; i++) {
                    awaitAllStreaming(service, publishers);
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(200, 3000)));
                    readEvents(service, false);
                    service.kill();
                    publishers.forEach((id, publisher) -> kills.get(id).add(publisher.sent()));
                    publishers.values().forEach(Publisher::reset);
                    service = launch(storePort, ports);
                }
                awaitAllStreaming(service, publishers);
                for (Publisher publisher : publishers.values()) {
                    publisher.close();
                }
                for (String id : publishers.keySet()) {
                    service.client()
                            .stopPullStream(StopPullStreamRequest.newBuilder()
                                    .setLiveId(id)
                                    .build());
                }
                ServiceProcess last = service;
                Awaitility.await("every segment is uploaded").atMost(LIMIT).untilAsserted(() -> {
                    readEvents(last, true);
                    assertThat(count(WatchEventsResponse.Type.SEGMENT_UPLOADED))
                            .isEqualTo(count(WatchEventsResponse.Type.SEGMENT_SEALED));
                });
                assertThat(directory.resolve("cache/spool").toFile().list())
                        .filteredOn(name -> name.startsWith("stream-"))
                        .allSatisfy(name -> assertThat(
                                        directory.resolve("cache/spool").resolve(name))
                                .isEmptyDirectory());
            } finally {
                service.close();
            }
        } finally {
            store.stop();
        }
        for (String id : publishers.keySet()) {
            check(id, media, publishers.get(id).sent(), kills.get(id));
        }
    }

    private byte[] media() throws Exception {
        Path file = directory.resolve("media.ts");
        int seconds = 20 + 20 * KILLS;
        PeerProgram.Result made = PeerProgram.run(
                Duration.ofMinutes(5),
                ("ffmpeg -nostdin -v error -f lavfi -i testsrc2=size=320x180:rate=25 -t " + seconds
                                + " -c:v libx264 -preset ultrafast -g 25 -b:v 1800k -minrate 1800k -maxrate 1800k"
                                + " -bufsize 900k -f mpegts " + file)
                        .split(" ", -1));
        assertThat(made.exitStatus()).as(made.err()).isZero();
        byte[] media = Files.readAllBytes(file);
        return Arrays.copyOf(media, media.length / PACKET * PACKET);
    }

    private S3Proxy store(int port) throws Exception {
        Path objects = Files.createDirectories(directory.resolve("store"));
        Files.createDirectories(objects.resolve("chaos"));
        S3Proxy store = S3Proxy.builder()
                .blobStore(new FilesystemNio2BlobStore(objects.toString()))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "access", "secret-key")
                .endpoint(URI.create("http://127.0.0.1:" + port))
                .build();
        store.start();
        return store;
    }

    private ServiceProcess launch(int storePort, int ports) throws Exception {
        Map<String, String> minio = Map.of(
                "MINIO_ENDPOINT", "http://127.0.0.1:" + storePort,
                "MINIO_ACCESS_KEY", "access",
                "MINIO_SECRET_KEY", "secret-key",
                "MINIO_BUCKET", "chaos");
        return ServiceProcess.launch(directory, minio, ports, STREAMS, "segment.duration=1s");
    }

    private static void awaitAllStreaming(ServiceProcess service, Map<String, Publisher> publishers) {
        for (Map.Entry<String, Publisher> publisher : publishers.entrySet()) {
            int before = publisher.getValue().sent();
            Awaitility.await("the stream goes on: " + publisher.getKey() + "\n" + service.log())
                    .atMost(LIMIT)
                    .until(() -> publisher.getValue().sent() > before + BYTES_PER_SECOND / 2);
        }
    }

    /** Goes on behind the last event that was read, whichever process told it. */
    private void readEvents(ServiceProcess service, boolean isOver) {
        long last = events.isEmpty() ? 0 : events.get(events.size() - 1).getCursor();
        Iterator<WatchEventsResponse> more = service.client()
                .withDeadlineAfter(isOver ? 2000 : 500, TimeUnit.MILLISECONDS)
                .watchEvents(WatchEventsRequest.newBuilder().setFromCursor(last).build());
        try {
            while (more.hasNext()) {
                events.add(more.next());
            }
        } catch (io.grpc.StatusRuntimeException e) {
            assertThat(e.getStatus().getCode()).isEqualTo(io.grpc.Status.Code.DEADLINE_EXCEEDED);
        }
    }

    private long count(WatchEventsResponse.Type type) {
        return events.stream().filter(event -> event.getType() == type).count();
    }

    private List<WatchEventsResponse> of(String id, WatchEventsResponse.Type type) {
        return events.stream()
                .filter(event -> event.getLiveId().equals(id) && event.getType() == type)
                .toList();
    }

    private void check(String id, byte[] media, int sent, List<Integer> kills) throws Exception {
        List<Long> sealed = of(id, WatchEventsResponse.Type.SEGMENT_SEALED).stream()
                .map(WatchEventsResponse::getSequence)
                .toList();
        List<Long> uploaded = of(id, WatchEventsResponse.Type.SEGMENT_UPLOADED).stream()
                .map(WatchEventsResponse::getSequence)
                .toList();
        List<Long> lost = of(id, WatchEventsResponse.Type.SEGMENT_LOST).stream()
                .map(WatchEventsResponse::getSequence)
                .toList();
        assertThat(uploaded).as("each once, in order").isEqualTo(sealed);
        TreeSet<Long> numbers = new TreeSet<>(sealed);
        assertThat(numbers).as("no number twice").hasSameSizeAs(sealed);
        numbers.addAll(lost);
        assertThat(numbers)
                .as("no number without its story")
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, numbers.last()).boxed().toList());

        int at = 0;
        List<String> gaps = new ArrayList<>();
        int kill = 0;
        for (WatchEventsResponse event : of(id, WatchEventsResponse.Type.SEGMENT_SEALED)) {
            byte[] segment = Files.readAllBytes(
                    directory.resolve("store/chaos/" + id + "/segment_%04d.ts".formatted(event.getSequence())));
            assertThat(segment).hasSize((int) event.getBytes());
            int begins = find(segment, media, at);
            assertThat(begins)
                    .as("segment %d is what was sent", event.getSequence())
                    .isNotNegative();
            if (begins > at) {
                long missingMs = (kills.get(kill) - at) * 1000L / BYTES_PER_SECOND;
                gaps.add(missingMs + " ms");
                assertThat(missingMs).as("missing at kill %d", kill).isLessThanOrEqualTo(MOST_MISSING_MS);
                kill++;
            }
            at = begins + segment.length - injected(segment, media, begins);
        }
        assertThat(at).as("all that was sent").isEqualTo(sent);
        System.out.printf(
                "chaos.seed=%d %s: sent %d bytes, %d kills, missing before each (SRT's latency within) %s; sealed %d,"
                        + " uploaded %d, lost %d%n",
                SEED, id, sent, kills.size(), gaps, sealed.size(), uploaded.size(), lost.size());
    }

    /** Where in what was sent, from a place on, the segment begins behind the tables in front of it; -1 if nowhere. */
    private static int find(byte[] segment, byte[] media, int from) {
        for (int at = from; at < media.length; at += PACKET) {
            if (injected(segment, media, at) >= 0) {
                return at;
            }
        }
        return -1;
    }

    /** How many bytes stand in front of what was sent from there on; -1 if it is something else. */
    private static int injected(byte[] segment, byte[] media, int at) {
        for (int k = 0; k <= MOST_INJECTED * PACKET && k < segment.length; k += PACKET) {
            int end = at + segment.length - k;
            if (end <= media.length && Arrays.equals(segment, k, segment.length, media, at, end)) {
                return k;
            }
        }
        return -1;
    }
}
