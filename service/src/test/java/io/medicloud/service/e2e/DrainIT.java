// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.service.cluster.NatsServers;
import io.medicloud.service.proto.DrainNodeRequest;
import io.medicloud.service.proto.ListActiveStreamsRequest;
import io.medicloud.service.proto.ListNodesRequest;
import io.medicloud.service.proto.Node;
import io.medicloud.service.proto.WatchEventsResponse;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStacks;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.gaul.s3proxy.S3Proxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * One node after the other is drained while its streams run, and takes streams again. Encoders go on with what was not acknowledged to them: all they
 * have sent stands in the bucket. That is the stack {@code java}'s: libsrt acknowledges what it will not deliver any more. With {@code -Dchaos.long=true} in its long form.
 */
@Isolated
@EnabledIfSystemProperty(named = "cluster.tests", matches = "true")
class DrainIT extends ClusterScene {
    private static final int NODES = 3;
    private static final int STREAMS = number("streams", 6, 60);
    private static final int ROUNDS = number("rounds", 3, 20);
    private static final int KILOBITS = number("kilobits", 300, 1000);
    private static final int MEDIA_SECONDS = 60;
    private static final int MESSAGE = 7 * 188;
    private static final Duration MOVED = Duration.ofSeconds(60);
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Story story = new Story();
    private final Map<String, Publisher> publishers = new TreeMap<>();
    private final List<Long> drainsMs = new ArrayList<>();
    private long bytesPerSecond;
    private long sentTwice;

    @Test
    void everyStreamMovesAndNoByteThatWasAcknowledgedIsLost() throws Exception {
        Peers.require("ffmpeg", "nats-server");
        byte[] made = media(MEDIA_SECONDS, KILOBITS);
        byte[] media = Arrays.copyOf(made, made.length / MESSAGE * MESSAGE);
        bytesPerSecond = media.length / MEDIA_SECONDS;
        int storePort = Ports.freeTcp();
        S3Proxy store = store(storePort);
        try (NatsServers nats = new NatsServers(directory, 1);
                SrtStack encoders = SrtStacks.select("java").stack()) {
            try {
                stack = "java";
                begin(nats, storePort, NODES, STREAMS + 8);
                publish(encoders, media);
                for (int round = 0; round < ROUNDS; round++) {
                    awaitAll();
                    drain(round % NODES);
                }
                awaitAll();
                finish();
                for (Map.Entry<String, Publisher> publisher : publishers.entrySet()) {
                    assertThat(publisher.getValue().dropped())
                            .as("SRT gave nothing up as too late")
                            .isZero();
                    check(publisher.getKey(), media, publisher.getValue().sent());
                }
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(logs(), e);
            } finally {
                endAll();
            }
        } finally {
            store.stop();
        }
        System.out.printf(
                "%d streams, %d drains; ms until each node had none: %s; %d bytes stand in the bucket twice%n",
                STREAMS, ROUNDS, drainsMs, sentTwice);
    }

    private void publish(SrtStack stack, byte[] media) throws Exception {
        for (int i = 0; i < STREAMS; i++) {
            String id = "stream-" + i;
            ServiceProcess by = node(i % NODES);
            if (i % 2 == 0) {
                int port = Ports.freeUdp(1);
                String waits = "srt://127.0.0.1:" + port + "?mode=listener&passphrase=" + PASSPHRASE;
                publishers.put(id, Publisher.repeating(stack, waits, media, bytesPerSecond));
                start(by, id, "srt://127.0.0.1:" + port);
            } else {
                int port = start(by, id, "");
                String calls = "srt://127.0.0.1:" + port + "?mode=caller&passphrase=" + PASSPHRASE;
                publishers.put(id, Publisher.repeating(stack, calls, media, bytesPerSecond));
            }
        }
    }

    private void awaitAll() {
        Map<String, Long> before = new TreeMap<>();
        publishers.forEach((id, publisher) -> before.put(id, publisher.sent()));
        for (Map.Entry<String, Publisher> publisher : publishers.entrySet()) {
            Awaitility.await("the stream goes on: " + publisher.getKey())
                    .atMost(MOVED)
                    .until(() -> publisher.getValue().sent() > before.get(publisher.getKey()) + 2 * bytesPerSecond);
        }
    }

    /** Asks another node for it. */
    private void drain(int index) {
        Node before = nodes(index).get(index);
        long fromNs = System.nanoTime();
        Node draining = drain(index, before.getNodeId(), false);
        assertThat(draining.getState()).isEqualTo("DRAINING");
        Awaitility.await("it has no stream")
                .atMost(MOVED)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> nodes(index).get(index).getStreams() == 0);
        drainsMs.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - fromNs));
        Awaitility.await("the others have them all").atMost(MOVED).untilAsserted(() -> {
            assertThat(nodes(index).stream().mapToInt(Node::getStreams).sum()).isEqualTo(STREAMS);
            assertThat(node((index + 1) % NODES)
                            .client()
                            .listActiveStreams(ListActiveStreamsRequest.getDefaultInstance())
                            .getLiveIdsList())
                    .hasSize(STREAMS);
        });
        Node after = drain(index, before.getNodeId(), true);
        assertThat(after.getState()).isEqualTo("LIVE");
        assertThat(after.getStreams()).isZero();
    }

    private Node drain(int index, String nodeId, boolean undo) {
        return node((index + 1) % NODES)
                .client()
                .drainNode(DrainNodeRequest.newBuilder()
                        .setNodeId(nodeId)
                        .setUndo(undo)
                        .build());
    }

    private List<Node> nodes(int of) {
        return node(of).client()
                .listNodes(ListNodesRequest.getDefaultInstance())
                .getNodesList();
    }

    private void finish() throws Exception {
        for (Publisher publisher : publishers.values()) {
            publisher.close();
        }
        for (String id : publishers.keySet()) {
            stop(node(0), id);
        }
        Awaitility.await("what was sealed is stored, and told").atMost(LIMIT).untilAsserted(() -> {
            story.read(node(0), Duration.ofMillis(1500));
            for (String id : publishers.keySet()) {
                assertThat(new TreeSet<>(story.numbers(id, WatchEventsResponse.Type.SEGMENT_UPLOADED)))
                        .as("%s: uploaded", id)
                        .isEqualTo(new TreeSet<>(story.numbers(id, WatchEventsResponse.Type.SEGMENT_SEALED)));
            }
        });
    }

    /** Where its packets, each by itself, stand in what was sent. */
    private static String found(byte[] segment, byte[] media) {
        StringBuilder text = new StringBuilder("its packets are from");
        long next = -1;
        for (int at = 0; at < segment.length; at += 188) {
            boolean goesOn = next >= 0 && Arrays.equals(segment, at, at + 188, media, (int) next, (int) next + 188);
            if (!goesOn) {
                next = 0;
                while (next < media.length
                        && !Arrays.equals(segment, at, at + 188, media, (int) next, (int) next + 188)) {
                    next += 188;
                }
                text.append(' ').append(at).append(": ").append(next < media.length ? next : -1);
            }
            next = next < media.length ? (next + 188) % media.length : -1;
        }
        return text.toString();
    }

    /** The segments, one behind the other, leave nothing out of what was sent; they may begin again a little before where the last ended. */
    private void check(String id, byte[] media, long sent) throws IOException {
        List<Long> sealed = story.numbers(id, WatchEventsResponse.Type.SEGMENT_SEALED);
        assertThat(sealed).as("%s: no number twice", id).doesNotHaveDuplicates();
        assertThat(story.numbers(id, WatchEventsResponse.Type.SEGMENT_LOST))
                .as("%s: lost", id)
                .isEmpty();
        TreeSet<Long> numbers = new TreeSet<>(sealed);
        assertThat(numbers.last()).as("%s: no hole", id).isEqualTo(numbers.size());
        long at = 0;
        for (long number : numbers) {
            byte[] segment = Files.readAllBytes(bucket(id).resolve("segment_%04d.ts".formatted(number)));
            long from = at;
            int injected = injected(segment, media, from);
            while (injected < 0 && from > 0 && at - from < 2 * bytesPerSecond) {
                from -= 188;
                injected = injected(segment, media, from);
            }
            assertThat(injected)
                    .as("%s: segment %d goes on at %d; %s", id, number, at, found(segment, media))
                    .isNotNegative();
            sentTwice += at - from;
            at = from + segment.length - injected;
        }
        assertThat(at).as("%s: all that was sent", id).isEqualTo(sent);
    }
}
