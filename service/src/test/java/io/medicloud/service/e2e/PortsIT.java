// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.testdata.SyntheticEncoder;
import io.medicloud.testdata.SyntheticStream;
import java.net.DatagramSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Ports are given once, taken back, and never taken from others. */
@Isolated
@Tag("heavy")
class PortsIT {
    private static final int STREAMS = 200;
    private static final int IN_FLIGHT = 16;
    private static final int PORTS = 24;
    private static final int WITH_MEDIA = 10;
    private static final String PASSPHRASE = "0123456789abcdef";
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private final Map<Integer, String> portsInUse = new ConcurrentHashMap<>();
    private final Set<Integer> portsSeen = ConcurrentHashMap.newKeySet();

    @Test
    void twoHundredStreamsComeAndGoSixteenAtOnce() throws Exception {
        Peers.require("ffmpeg", "ffprobe", "node", "npm");
        byte[] media = new SyntheticEncoder(SyntheticStream.DEFAULT.withGop(Duration.ofSeconds(1)))
                .generate(Duration.ofSeconds(2));
        Path file = Files.write(directory.resolve("media.ts"), media);
        int first = Ports.freeUdp(PORTS);
        int held = first + 3;
        ExecutorService pool = Executors.newFixedThreadPool(IN_FLIGHT);
        try (DatagramSocket other = Ports.hold(held);
                ServiceProcess service = ServiceProcess.start(directory, first, PORTS);
                NodeClient client = service.connect()) {
            assertThat(other.isBound()).isTrue();
            comeAndGo(service, client, "warm-up", null);
            int openFiles = service.openFiles();
            List<Future<?>> streams = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                String liveId = "stream-" + i;
                Path sent = i % WITH_MEDIA == 0 ? file : null;
                streams.add(pool.submit(() -> {
                    comeAndGo(service, client, liveId, sent);
                    return null;
                }));
            }
            for (Future<?> stream : streams) {
                stream.get(2, TimeUnit.MINUTES);
            }
            assertThat(client.activeStreams()).isEmpty();
            assertThat(portsSeen).doesNotContain(held).allMatch(port -> port >= first && port < first + PORTS);
            for (int port = first; port < first + PORTS; port++) {
                assertThat(Ports.isFree(port)).as("port %d is free", port).isEqualTo(port != held);
            }
            Awaitility.await("open files")
                    .atMost(LIMIT)
                    .untilAsserted(() -> assertThat(service.openFiles()).isLessThanOrEqualTo(openFiles + 8));
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void whenThereIsNoPortLeftTheNextOneWaitsForAStop() throws Exception {
        Peers.require("node", "npm");
        int first = Ports.freeUdp(2);
        try (ServiceProcess service = ServiceProcess.start(directory, first, 2);
                NodeClient client = service.connect()) {
            Set<Integer> ports = new TreeSet<>();
            ports.add(client.start("one", PASSPHRASE).answer().get("port").asInt());
            ports.add(client.start("two", PASSPHRASE).answer().get("port").asInt());
            assertThat(ports).containsExactly(first, first + 1);
            NodeClient.Status refused = client.start("three", PASSPHRASE).status();
            assertThat(refused.code()).isEqualTo("RESOURCE_EXHAUSTED");
            assertThat(refused.details()).contains("port");
            assertThat(client.activeStreams()).containsExactlyInAnyOrder("one", "two");
            int freed = client.begin("GetStreamInfo", "live_id", "one")
                    .answer()
                    .get("port")
                    .asInt();
            assertThat(client.stop("one")).isTrue();
            assertThat(client.start("three", PASSPHRASE).answer().get("port").asInt())
                    .isEqualTo(freed);
        }
    }

    private void comeAndGo(ServiceProcess service, NodeClient client, String liveId, Path media) throws Exception {
        int port = client.start(liveId, PASSPHRASE).answer().get("port").asInt();
        assertThat(portsInUse.put(port, liveId))
                .as("port %d was given twice", port)
                .isNull();
        portsSeen.add(port);
        if (media != null) {
            try (Encoder encoder = Encoder.copy(port, PASSPHRASE, media)) {
                encoder.awaitGoodEnd(LIMIT);
            }
        }
        portsInUse.remove(port);
        assertThat(client.stop(liveId)).isTrue();
        if (media != null) {
            Awaitility.await(liveId)
                    .atMost(LIMIT)
                    .untilAsserted(
                            () -> assertThat(service.bucket(liveId).segments()).isNotEmpty());
            service.bucket(liveId).assertEachBeginsWithAKeyframe();
        }
    }
}
