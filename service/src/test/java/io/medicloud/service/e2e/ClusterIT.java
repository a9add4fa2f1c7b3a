// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.StatusRuntimeException;
import io.medicloud.service.cluster.NatsServers;
import io.medicloud.service.proto.ListActiveStreamsRequest;
import io.medicloud.service.proto.ListNodesRequest;
import io.medicloud.service.proto.Node;
import io.medicloud.service.proto.WatchEventsResponse;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStacks;
import io.minio.MinioClient;
import io.minio.StatObjectArgs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.gaul.s3proxy.S3Proxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Three nodes and three servers of NATS, of which one after the other is killed, or ended, while streams run. With {@code -Dchaos.long=true} in its
 * long form.
 */
@Isolated
@EnabledIfSystemProperty(named = "cluster.tests", matches = "true")
class ClusterIT extends ClusterScene {
    private static final int NODES = 3;
    private static final int STREAMS = number("streams", 6, 60);
    private static final int ROUNDS = number("rounds", 2, 20);
    private static final int KILOBITS = number("kilobits", 300, 1000);
    private static final int MEDIA_SECONDS = 60;
    private static final Duration TAKEN_UP = Duration.ofSeconds(60);
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Random random = new Random(SEED);
    private final Story story = new Story();
    private final Map<String, Publisher> publishers = new TreeMap<>();
    private final List<Long> takeOversMs = new ArrayList<>();
    private long bytesPerSecond;

    @Test
    void whateverDiesNothingSealedIsLostAndNoNumberIsWrittenTwice() throws Exception {
        Peers.require("ffmpeg", "nats-server");
        byte[] media = media(MEDIA_SECONDS, KILOBITS);
        bytesPerSecond = media.length / MEDIA_SECONDS;
        int storePort = Ports.freeTcp();
        S3Proxy store = store(storePort);
        try (NatsServers nats = new NatsServers(directory, NODES);
                SrtStack stack = SrtStacks.select("java").stack()) {
            try {
                begin(nats, storePort, NODES, STREAMS + 8);
                publish(stack, media);
                awaitAll();
                for (int round = 0; round < ROUNDS; round++) {
                    disturb(round, nats);
                }
                finish(nats);
                for (String id : publishers.keySet()) {
                    check(id, media, storePort);
                }
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("chaos.seed=" + SEED + "\n" + logs(), e);
            } finally {
                endAll();
            }
        } finally {
            store.stop();
        }
        Collections.sort(takeOversMs);
        System.out.printf(
                "chaos.seed=%d %d streams, %d rounds; ms until %d streams of killed nodes had gone on for a second: p50 %d, p90 %d, most %d; %s%n",
                SEED, STREAMS, ROUNDS, takeOversMs.size(), percentile(50), percentile(90), percentile(100), balance());
    }

    private long percentile(int percent) {
        return takeOversMs.isEmpty() ? 0 : takeOversMs.get((takeOversMs.size() - 1) * percent / 100);
    }

    /** What became of the numbers up to the last segment's. */
    private String balance() {
        int stored = 0;
        int unused = 0;
        long untold = 0;
        for (String id : publishers.keySet()) {
            TreeSet<Long> numbers = new TreeSet<>(story.numbers(id, WatchEventsResponse.Type.SEGMENT_SEALED));
            long last = numbers.isEmpty() ? 0 : numbers.last();
            stored += numbers.size();
            numbers.addAll(story.numbers(id, WatchEventsResponse.Type.SEGMENT_LOST));
            numbers.tailSet(last, false).clear();
            unused += numbers.size();
            untold += last - numbers.size();
        }
        return "%d segments sealed, and each stored once; %d numbers told as never used, %d not told"
                .formatted(stored, unused - stored, untold);
    }

    /** Half of them call, half are called; each is started by another node. */
    private void publish(SrtStack stack, byte[] media) throws Exception {
        for (int i = 0; i < STREAMS; i++) {
            String id = "stream-" + i;
            ServiceProcess by = node(i % NODES);
            if (i % 2 == 0) {
                int port = Ports.freeUdp(1);
                String waits = "srt://127.0.0.1:" + port + "?mode=listener&passphrase=" + PASSPHRASE;
                publishers.put(id, new Publisher(stack, waits, media, Long.MAX_VALUE / 2, bytesPerSecond));
                start(by, id, "srt://127.0.0.1:" + port);
            } else {
                int port = start(by, id, "");
                publishers.put(id, new Publisher(stack, port, PASSPHRASE, media, Long.MAX_VALUE / 2, bytesPerSecond));
            }
        }
        assertThat(node(0).client()
                        .listActiveStreams(ListActiveStreamsRequest.getDefaultInstance())
                        .getLiveIdsList())
                .hasSize(STREAMS);
    }

    /** How long it takes until each stream has gone on for a second, in ms, the shortest first. */
    private List<Long> awaitAll() {
        Map<String, Long> before = new TreeMap<>();
        publishers.forEach((id, publisher) -> before.put(id, publisher.sent()));
        long fromNs = System.nanoTime();
        List<Long> tookMs = new ArrayList<>();
        Awaitility.await("all streams go on")
                .atMost(TAKEN_UP)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> {
                    before.entrySet().removeIf(stream -> {
                        boolean goesOn = publishers.get(stream.getKey()).sent() > stream.getValue() + bytesPerSecond;
                        if (goesOn) {
                            tookMs.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - fromNs));
                        }
                        return goesOn;
                    });
                    assertThat(before.keySet()).isEmpty();
                });
        return tookMs;
    }

    private void disturb(int round, NatsServers nats) throws Exception {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(500, 2500)));
        int node = random.nextInt(NODES);
        switch (round % 3) {
            case 0 -> {
                int owned = owned(node);
                kill(node);
                publishers.values().forEach(Publisher::reset);
                List<Long> tookMs = awaitAll();
                // Those that it had go on last.
                takeOversMs.addAll(tookMs.subList(STREAMS - owned, STREAMS));
                boot(node);
            }
            case 1 -> {
                end(node);
                awaitAll();
                boot(node);
            }
            default -> {
                nats.kill(node);
                awaitAll();
                nats.restart(node);
            }
        }
    }

    /** How many streams a node has. */
    private int owned(int node) {
        return node(node).client().listNodes(ListNodesRequest.getDefaultInstance()).getNodesList().stream()
                .filter(entry -> entry.getNodeId().startsWith("node" + node + "-"))
                .mapToInt(Node::getStreams)
                .sum();
    }

    private void finish(NatsServers nats) throws Exception {
        awaitAll();
        for (Publisher publisher : publishers.values()) {
            publisher.close();
        }
        for (String id : publishers.keySet()) {
            Awaitility.await("stop " + id)
                    .atMost(LIMIT)
                    .ignoreException(StatusRuntimeException.class)
                    .until(() -> {
                        stop(node(random.nextInt(NODES)), id);
                        return true;
                    });
        }
        Awaitility.await("what was sealed is stored, and told").atMost(LIMIT).untilAsserted(() -> {
            story.read(node(0), Duration.ofMillis(1500));
            for (String id : publishers.keySet()) {
                TreeSet<Long> sealed = new TreeSet<>(story.numbers(id, WatchEventsResponse.Type.SEGMENT_SEALED));
                assertThat(new TreeSet<>(story.numbers(id, WatchEventsResponse.Type.SEGMENT_UPLOADED)))
                        .as("%s: uploaded", id)
                        .isEqualTo(sealed);
                assertThat(stored(id)).as("%s: stored", id).isEqualTo(sealed);
            }
        });
        assertThat(nats.count()).isEqualTo(NODES);
    }

    private Set<Long> stored(String id) throws IOException {
        TreeSet<Long> numbers = new TreeSet<>();
        try (Stream<Path> files = Files.list(bucket(id))) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("segment_\\d+\\.ts"))
                    .forEach(name -> numbers.add(Long.parseLong(name.replaceAll("\\D", ""))));
        }
        return numbers;
    }

    private void check(String id, byte[] media, int storePort) throws Exception {
        List<Long> sealed = story.numbers(id, WatchEventsResponse.Type.SEGMENT_SEALED);
        assertThat(sealed).as("%s: no number twice", id).doesNotHaveDuplicates();
        TreeSet<Long> numbers = new TreeSet<>(sealed);
        for (long number : numbers) {
            byte[] segment = Files.readAllBytes(bucket(id).resolve("segment_%04d.ts".formatted(number)));
            assertThat(isSent(segment, media))
                    .as("%s: segment %d is what was sent", id, number)
                    .isTrue();
        }
        checkEpochs(id, numbers, storePort);
    }

    /** Epochs stand in the objects' metadata, and rise with the numbers. */
    private static void checkEpochs(String id, Set<Long> numbers, int storePort) throws Exception {
        MinioClient client = MinioClient.builder()
                .endpoint("http://127.0.0.1:" + storePort)
                .credentials("access", "secret-key")
                .build();
        try {
            long last = 1;
            for (long number : numbers) {
                var metadata = client.statObject(StatObjectArgs.builder()
                                .bucket("chaos")
                                .object(id + "/segment_%04d.ts".formatted(number))
                                .build())
                        .userMetadata();
                String epoch = metadata.getFirst("epoch");
                if (epoch == null) {
                    // Begun in the last moment before its node died: the record did not have it yet.
                    assertThat(metadata.getFirst("incomplete"))
                            .as("%s: segment %d has no epoch", id, number)
                            .isEqualTo("true");
                    continue;
                }
                assertThat(Long.parseLong(epoch))
                        .as("%s: epoch of %d", id, number)
                        .isGreaterThanOrEqualTo(last);
                last = Long.parseLong(epoch);
            }
        } finally {
            client.close();
        }
    }

    private static boolean isSent(byte[] segment, byte[] media) {
        for (int at = 0; at < media.length; at += 188) {
            if (injected(segment, media, at) >= 0) {
                return true;
            }
        }
        return false;
    }
}
