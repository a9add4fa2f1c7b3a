// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medicloud.service.proto.WatchEventsResponse;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStacks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.gaul.s3proxy.S3Proxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * A disk fills up while a stream is recorded and the store is away. Needs a small file system of its own, of 40 to 100 MiB:
 * {@code mount -t tmpfs -o size=48m none /mnt/small} and then {@code mvn verify -Dit.test=DiskChaosIT -Dchaos.disk=/mnt/small}.
 */
@EnabledIfSystemProperty(named = "chaos.disk", matches = ".+")
class DiskChaosIT extends ChaosScene {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final int KILOBITS = 8000;
    private static final int MEDIA_S = 20;

    private Path disk() throws IOException {
        Path disk = Path.of(System.getProperty("chaos.disk"));
        assertThat(Files.getFileStore(disk).getTotalSpace()).as("a small disk").isLessThan(100 << 20);
        return Files.createTempDirectory(disk, "cache");
    }

    /** Records until the event comes, then lets the store come back; returns how much was sent in all. */
    private long record(Story story, WatchEventsResponse.Type until, boolean isRefusing, String... settings)
            throws Exception {
        byte[] media = media(MEDIA_S, KILOBITS);
        int storePort = Ports.freeTcp();
        int ports = Ports.freeUdp(2);
        S3Proxy store = store(storePort);
        try (ChaosProxy proxy = new ChaosProxy(storePort, SEED);
                SrtStack stack = SrtStacks.select("auto").stack();
                ServiceProcess service = launch(proxy.port(), ports, 2, settings)) {
            proxy.set(ChaosProxy.Mood.AWAY);
            int port = start(service, "live");
            Publisher last;
            try (Publisher publisher =
                    new Publisher(stack, port, PASSPHRASE, media, Long.MAX_VALUE / 2, media.length / MEDIA_S)) {
                Awaitility.await("the disk is full").atMost(LIMIT).until(() -> {
                    story.read(service, Duration.ofMillis(500));
                    return story.count(until) > 0;
                });
                assertThat(story.count(WatchEventsResponse.Type.LIMIT_REACHED)).isPositive();
                if (isRefusing) {
                    assertThatThrownBy(() -> start(service, "another"))
                            .hasMessageContaining("RESOURCE_EXHAUSTED")
                            .hasMessageContaining("spool.minFree");
                }
                proxy.set(ChaosProxy.Mood.PASS);
                long uploaded = story.count(WatchEventsResponse.Type.SEGMENT_UPLOADED);
                Awaitility.await("it goes on without a restart").atMost(LIMIT).until(() -> {
                    story.read(service, Duration.ofMillis(500));
                    return story.count(WatchEventsResponse.Type.SEGMENT_UPLOADED) > uploaded + 3;
                });
                Awaitility.await("another stream is taken again")
                        .atMost(LIMIT)
                        .ignoreExceptions()
                        .until(() -> start(service, "more") > 0);
                last = publisher;
            }
            long sent = last.sent();
            stop(service, "live");
            stop(service, "more");
            Awaitility.await("all that is left is uploaded").atMost(LIMIT).until(() -> {
                story.read(service, Duration.ofMillis(1500));
                return story.count(WatchEventsResponse.Type.STREAM_ENDED) == 2
                        && story.numbers("live", WatchEventsResponse.Type.SEGMENT_UPLOADED)
                                .containsAll(story.numbers("live", WatchEventsResponse.Type.SEGMENT_SEALED).stream()
                                        .filter(number -> !story.numbers("live", WatchEventsResponse.Type.SEGMENT_LOST)
                                                .contains(number))
                                        .toList());
            });
            System.out.println("chaos.seed=" + SEED + " received " + sent + " bytes; " + story.ledger("live"));
            return sent;
        } finally {
            store.stop();
        }
    }

    private long storedBytes(Story story) {
        return story.of("live", WatchEventsResponse.Type.SEGMENT_SEALED).stream()
                .mapToLong(event -> event.getBytes() - 188L * event.getSegment().getInjectedPackets())
                .sum();
    }

    @Test
    void whatDoesNotFitIsDroppedCountedAndTold() throws Exception {
        Path cache = disk();
        Story story = new Story();
        long sent = record(
                story,
                WatchEventsResponse.Type.BYTES_DROPPED,
                true,
                "segment.duration=1s",
                "spool.minFree=8MiB",
                "cacheDir=" + cache);

        long dropped = story.of("live", WatchEventsResponse.Type.BYTES_DROPPED).stream()
                .mapToLong(WatchEventsResponse::getBytes)
                .sum();
        assertThat(storedBytes(story) + dropped).as("stored and dropped").isEqualTo(sent);
        story.check("live", bucket("live"));
    }

    @Test
    void theOldestMakeRoomIfThatIsThePolicy() throws Exception {
        Path cache = disk();
        Story story = new Story();
        long sent = record(
                story,
                WatchEventsResponse.Type.SEGMENT_LOST,
                false,
                "segment.duration=1s",
                "spool.minFree=8MiB",
                "spool.whenFull=dropOldest",
                "cacheDir=" + cache);

        assertThat(story.of("live", WatchEventsResponse.Type.BYTES_DROPPED)).isEmpty();
        assertThat(storedBytes(story)).as("sealed").isEqualTo(sent);
        assertThat(story.of("live", WatchEventsResponse.Type.SEGMENT_LOST))
                .allSatisfy(event -> assertThat(event.getReason()).contains("spool.whenFull=dropOldest"));
    }
}
