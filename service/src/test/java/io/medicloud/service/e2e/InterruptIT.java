// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.testdata.PeerProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Signals: Ctrl-C while a stream is live, and SIGHUP. */
@Execution(ExecutionMode.CONCURRENT)
class InterruptIT {
    private static final String PASSPHRASE = "0123456789abcdef";
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int PACKET = 188;
    private static final int BYTES_PER_SECOND = 100_000;

    @TempDir
    private Path directory;

    @Test
    void whatWasReceivedIsSealedUploadedAndPlayable() throws Exception {
        Peers.require("ffmpeg", "ffprobe", "node", "npm");
        Path sent = directory.resolve("sent.ts");
        try (ServiceProcess service = ServiceProcess.start(directory, Ports.freeUdp(4), 4, "segment.duration=2s");
                NodeClient client = service.connect();
                Encoder encoder = Encoder.publish(
                        client.start("live", PASSPHRASE).answer().get("port").asInt(),
                        PASSPHRASE,
                        sent,
                        Encoder.X264,
                        600)) {
            Bucket bucket = service.bucket("live");
            Awaitility.await("segments")
                    .atMost(LIMIT)
                    .until(() -> bucket.segments().size() >= 2);
            long received = Files.size(sent);
            int before = bucket.segments().size();
            PeerProgram.Result result = service.interrupt();
            assertThat(result.exitStatus()).as(result.err()).isZero();

            encoder.kill();
            List<Path> segments = bucket.segments();
            assertThat(segments.size()).isGreaterThan(before);
            long joined = bucket.joinedBytes(Files.readAllBytes(sent));
            // The file is ahead of the segments by what SRT holds back, its latency.
            assertThat(joined).isGreaterThan(received - BYTES_PER_SECOND).isEqualTo(joined / PACKET * PACKET);
            bucket.assertEachBeginsWithAKeyframe();
            for (Path segment : segments) {
                assertPlayable(segment);
            }
            bucket.assertAccepted(sent, 2, Integer.MAX_VALUE);
        }
        try (Stream<Path> files = Files.walk(directory)) {
            assertThat(files.filter(file -> file.toString().endsWith(".part"))).isEmpty();
        }
    }

    @Test
    void whoHangsUpHasTheConfigurationReadAtOnce() throws Exception {
        Path file = directory.resolve("medicloud.yaml");
        Files.writeString(file, "segment.duration: 2s");
        try (ServiceProcess service = ServiceProcess.start(directory, Ports.freeUdp(2), 2)) {
            Awaitility.await("a word that nothing is new").atMost(LIMIT).until(() -> {
                // Ready is told a moment before the configuration is watched.
                service.hangUp();
                return service.log().contains("the configuration was read again: it is as it was");
            });

            Files.writeString(file, "segment.duration: soon");
            service.hangUp();
            Awaitility.await("a word that it is faulty")
                    .atMost(LIMIT)
                    .until(() -> service.log().contains("the one before stays in force: segment.duration: 'soon'"));

            Files.writeString(file, "segment.duration: 3s\nspool.fsyncInterval: 2s");
            service.hangUp();
            Awaitility.await("the change, and what of it waits for a restart")
                    .atMost(LIMIT)
                    .until(() -> service.log().contains("segment.duration from '2s' to '3s'")
                            && service.log().contains("at the next start"));
        }
    }

    /** All pictures decode, but for the last one, which the end may have cut. */
    private static void assertPlayable(Path segment) throws Exception {
        PeerProgram.Result counts = PeerProgram.run(
                LIMIT,
                "ffprobe",
                "-v",
                "quiet",
                "-count_packets",
                "-count_frames",
                "-select_streams",
                "v:0",
                "-show_entries",
                "stream=nb_read_packets,nb_read_frames",
                "-of",
                "default=nw=1:nk=1",
                segment.toString());
        int[] figures =
                counts.out().lines().mapToInt(Integer::parseInt).limit(2).toArray();
        assertThat(figures).hasSize(2);
        assertThat(Math.abs(figures[0] - figures[1]))
                .as("%s: %s", segment, counts.out())
                .isLessThanOrEqualTo(1);
        assertThat(Math.max(figures[0], figures[1])).isPositive();
    }
}
