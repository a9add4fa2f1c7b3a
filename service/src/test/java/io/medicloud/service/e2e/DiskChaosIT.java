// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medicloud.service.proto.WatchEventsResponse;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStacks;
import io.medicloud.testdata.PeerProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.gaul.s3proxy.S3Proxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A disk fills up while a stream is recorded and the store is away; disks that cannot be written, and that are others than they seem. Needs small file systems of its
 * own: mounts them (tmpfs), where it may; {@code -Dchaos.disk=FOLDER} gives it one of at most 100 MiB.
 */
@Execution(ExecutionMode.CONCURRENT)
class DiskChaosIT extends ChaosScene {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final int KILOBITS = number("diskKilobits", 16_000, 8000);
    private static final int DISK_MB = number("diskMegabytes", 24, 48);
    private static final int MEDIA_S = 20;

    private final List<Path> mounted = new ArrayList<>();

    /** Mounts a small disk; without the permission for that there is nothing to be tested. */
    private Path mount(Path folder, String options) throws Exception {
        Files.createDirectories(folder);
        PeerProgram.Result result = PeerProgram.run(
                LIMIT, "mount", "-t", "tmpfs", "-o", "size=" + DISK_MB + "m" + options, "none", folder.toString());
        Assumptions.assumeTrue(result.exitStatus() == 0, "no disk can be mounted here: " + result.err());
        mounted.add(0, folder);
        return folder;
    }

    @AfterEach
    void unmount() throws Exception {
        for (Path folder : List.copyOf(mounted)) {
            unmount(folder);
        }
    }

    private void unmount(Path folder) throws Exception {
        PeerProgram.Result result = PeerProgram.run(LIMIT, "umount", folder.toString());
        assertThat(result.exitStatus()).as(result.err()).isZero();
        mounted.remove(folder);
    }

    private Path disk() throws Exception {
        String given = System.getProperty("chaos.disk");
        Path disk = given == null ? mount(directory.resolve("disk"), "") : Path.of(given);
        assertThat(Files.getFileStore(disk).getTotalSpace()).as("a small disk").isLessThan(100 << 20);
        return Files.createTempDirectory(disk, "cache");
    }

    /** How much a stream has received in all, once nothing more comes. */
    private static long received(ServiceProcess service, long sent) {
        AtomicLong before = new AtomicLong(-1);
        Awaitility.await("nothing more comes")
                .atMost(LIMIT)
                .pollInterval(Duration.ofMillis(2L * LATENCY_MS))
                .until(() -> {
                    long now = service.info("live").getReceivedBytes();
                    return before.getAndSet(now) == now;
                });
        assertThat(before.get()).as("received, of what was sent").isPositive().isLessThanOrEqualTo(sent);
        return before.get();
    }

    private static List<String> limits(Story story, WatchEventsResponse.Type type) {
        return story.all().stream()
                .filter(event -> event.getType() == type)
                .map(WatchEventsResponse::getLimit)
                .toList();
    }

    private static long droppedBytes(Story story) {
        return story.of("live", WatchEventsResponse.Type.BYTES_DROPPED).stream()
                .mapToLong(WatchEventsResponse::getBytes)
                .sum();
    }

    /** Records until then, and then lets the store come back; returns how much was received in all. */
    private long record(Story story, Predicate<ServiceProcess> until, boolean isRefusing, String... settings)
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
                    return until.test(service);
                });
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
            long received = received(service, last.sent());
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
            System.out.println("chaos.seed=" + SEED + " sent " + last.sent() + ", received " + received
                    + ", stored with what was dropped to make room " + storedBytes(story) + ", dropped "
                    + droppedBytes(story) + " bytes; " + story.ledger("live"));
            return received;
        } finally {
            store.stop();
        }
    }

    private long storedBytes(Story story) {
        return story.of("live", WatchEventsResponse.Type.SEGMENT_SEALED).stream()
                .mapToLong(event -> event.getBytes() - 188L * event.getSegment().getInjectedPackets())
                .sum();
    }

    /** The record lies on the same disk: what happens is told by means of the reserve, while there is no other room. */
    @Test
    void whatDoesNotFitIsDroppedCountedAndTold() throws Exception {
        Path cache = disk();
        Story story = new Story();
        long received = record(
                story,
                service -> limits(story, WatchEventsResponse.Type.LIMIT_REACHED)
                                .containsAll(List.of("spool.minFree", "spool.reserve"))
                        && droppedBytes(story) > 0,
                true,
                "segment.duration=1s",
                "spool.minFree=8MiB",
                "spool.reserve=3MiB",
                "cacheDir=" + cache);

        assertThat(storedBytes(story) + droppedBytes(story))
                .as("stored and dropped")
                .isEqualTo(received);
        assertThat(limits(story, WatchEventsResponse.Type.LIMIT_CLEARED)).contains("spool.minFree", "spool.reserve");
        assertThat(story.of("live", WatchEventsResponse.Type.BYTES_DROPPED))
                .allSatisfy(event ->
                        assertThat(event.getReason()).containsAnyOf("spool.reserve", "No space left on device"));
        story.check("live", bucket("live"));
    }

    /** In the long form alone: in the short one a test of the pipelines shows it. */
    @Test
    @EnabledIfSystemProperty(named = "chaos.long", matches = "true")
    void theOldestMakeRoomIfThatIsThePolicy() throws Exception {
        Path cache = disk();
        Story story = new Story();
        long received = record(
                story,
                service -> story.count(WatchEventsResponse.Type.SEGMENT_LOST) > 0,
                false,
                "segment.duration=1s",
                "spool.minFree=8MiB",
                "spool.whenFull=dropOldest",
                "cacheDir=" + cache);

        assertThat(story.of("live", WatchEventsResponse.Type.BYTES_DROPPED)).isEmpty();
        assertThat(storedBytes(story)).as("sealed").isEqualTo(received);
        assertThat(limits(story, WatchEventsResponse.Type.LIMIT_REACHED)).contains("spool.minFree");
        assertThat(story.of("live", WatchEventsResponse.Type.SEGMENT_LOST))
                .allSatisfy(event -> assertThat(event.getReason()).contains("spool.whenFull=dropOldest"));
    }

    @Test
    void aSpoolThatCannotBeWrittenStopsTheStartAndSaysSo() throws Exception {
        Path disk = mount(directory.resolve("read-only"), ",ro");
        PeerProgram.Result result = ServiceProcess.run(List.of(
                "serve", "--set", "cacheDir=" + disk.resolve("cache"), "--set", "grpc.port=0", "--set", "http.port=0"));

        assertThat(result.exitStatus()).isEqualTo(1);
        assertThat(result.err().lines().reduce((first, last) -> last).orElse(""))
                .contains(disk.toString())
                .contains("Read-only file system");
    }

    @Test
    void aSpoolThatBecomesReadOnlyIsToldAndGoesOnWhenItIsNotAnyMore() throws Exception {
        byte[] media = media(MEDIA_S, 1000);
        int storePort = Ports.freeTcp();
        Story story = new Story();
        S3Proxy store = store(storePort);
        try (SrtStack stack = SrtStacks.select("auto").stack();
                ServiceProcess service =
                        launch(storePort, Ports.freeUdp(1), 1, "segment.duration=1s", "spool.minFree=0")) {
            int port = start(service, "live");
            Publisher last;
            try (Publisher publisher =
                    new Publisher(stack, port, PASSPHRASE, media, Long.MAX_VALUE / 2, media.length / MEDIA_S)) {
                Awaitility.await("segments").atMost(LIMIT).until(() -> {
                    story.read(service, Duration.ofMillis(500));
                    return story.count(WatchEventsResponse.Type.SEGMENT_UPLOADED) > 1;
                });
                Path hidden = mount(directory.resolve("cache/spool/live"), ",ro");
                Awaitility.await("told").atMost(LIMIT).until(() -> {
                    story.read(service, Duration.ofMillis(500));
                    return droppedBytes(story) > 0;
                });
                assertThat(story.of("live", WatchEventsResponse.Type.BYTES_DROPPED))
                        .allSatisfy(event -> assertThat(event.getReason()).contains("Read-only file system"));
                Awaitility.await("not ready").atMost(LIMIT).untilAsserted(() -> {
                    assertThat(service.get("/readyz").statusCode()).isEqualTo(503);
                    assertThat(service.get("/readyz").body())
                            .contains("spool: ")
                            .contains("Read-only file system");
                });
                unmount(hidden);
                long uploaded = story.count(WatchEventsResponse.Type.SEGMENT_UPLOADED);
                Awaitility.await("it goes on without a restart").atMost(LIMIT).until(() -> {
                    story.read(service, Duration.ofMillis(500));
                    return story.count(WatchEventsResponse.Type.SEGMENT_UPLOADED) > uploaded + 3;
                });
                Awaitility.await("ready")
                        .atMost(LIMIT)
                        .until(() -> service.get("/readyz").statusCode() == 200);
                last = publisher;
            }
            long received = received(service, last.sent());
            stop(service, "live");
            story.readToTheEnd(service, 1, LIMIT);
            System.out.println("chaos.seed=" + SEED + " read-only: received " + received + ", stored "
                    + storedBytes(story) + ", dropped " + droppedBytes(story) + " bytes; " + story.ledger("live"));
            assertThat(storedBytes(story) + droppedBytes(story)).isEqualTo(received);
            story.check("live", bucket("live"));
        } finally {
            store.stop();
        }
    }

    /** The spool, and in it a stream's folder. */
    @Test
    void foldersOnOtherDisksAreAsGood() throws Exception {
        Path spool = mount(directory.resolve("cache/spool"), "");
        mount(spool.resolve("live"), "");
        byte[] media = media(4, 1000);
        int storePort = Ports.freeTcp();
        Story story = new Story();
        S3Proxy store = store(storePort);
        try (SrtStack stack = SrtStacks.select("auto").stack();
                ServiceProcess service =
                        launch(storePort, Ports.freeUdp(1), 1, "segment.duration=1s", "spool.minFree=0")) {
            int port = start(service, "live");
            try (Publisher publisher = new Publisher(stack, port, PASSPHRASE, media, media.length / 2)) {
                Awaitility.await("all is sent").atMost(LIMIT).until(() -> publisher.sent() == media.length);
            }
            stop(service, "live");
            story.readToTheEnd(service, 1, LIMIT);
            story.check("live", bucket("live"));
            assertThat(joined(story, "live", media)).isEqualTo(media.length);
        } finally {
            store.stop();
        }
    }
}
