// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.testdata.PeerProgram;
import io.medicloud.testdata.SyntheticEncoder;
import io.medicloud.testdata.SyntheticStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What clients and encoders do wrong, they are told, and nothing else suffers. */
@Tag("heavy")
@Execution(ExecutionMode.CONCURRENT)
class BadInputIT {
    private static final String PASSPHRASE = "0123456789abcdef";
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private static Path directory;

    private static ServiceProcess service;
    private static NodeClient client;

    @BeforeAll
    static void start() throws Exception {
        Peers.require("ffmpeg", "ffprobe", "node", "npm");
        service = ServiceProcess.start(directory, Ports.freeUdp(8), 8, "segment.duration=1s");
        client = service.connect();
    }

    @AfterAll
    static void stop() throws Exception {
        if (client != null) {
            client.close();
        }
        if (service != null) {
            service.close();
        }
    }

    @Test
    void aLiveIdThatCannotBeAFolderIsRefused() throws Exception {
        for (String liveId : List.of("", "a/b", "../a", ".a", "a b", "\u00e4", "a\\b", "a".repeat(129))) {
            NodeClient.Status refused = client.start(liveId, PASSPHRASE).status();
            assertThat(refused.code()).as("'%s'", liveId).isEqualTo("INVALID_ARGUMENT");
            assertThat(refused.details()).contains("live_id");
        }
    }

    @Test
    void theLongestLiveIdWithEveryKindOfLetterIsTaken() throws Exception {
        String liveId = "A-z_0.9".repeat(19).substring(0, 128);
        assertThat(client.start(liveId, PASSPHRASE).answer().get("live_id").asText())
                .isEqualTo(liveId);
        assertThat(client.stop(liveId)).isTrue();
    }

    @Test
    void aPassphraseOfTheWrongLengthIsRefused() throws Exception {
        for (String passphrase : List.of("", "123456789", "p".repeat(80))) {
            NodeClient.Status refused = client.start("short", passphrase).status();
            assertThat(refused.code()).as("'%s'", passphrase).isEqualTo("INVALID_ARGUMENT");
            assertThat(refused.details()).contains("passphrase");
            assertThat(passphrase.isEmpty() || !refused.details().contains(passphrase))
                    .isTrue();
        }
        for (String passphrase : List.of("1234567890", "p".repeat(79))) {
            assertThat(client.start("fits", passphrase)
                            .answer()
                            .get("passphrase")
                            .asText())
                    .isEqualTo(passphrase);
            assertThat(client.stop("fits")).isTrue();
        }
    }

    @Test
    void theSameLiveIdTwiceIsRefusedAndTheFirstOneStays() throws Exception {
        int port = client.start("twice", PASSPHRASE).answer().get("port").asInt();
        assertThat(client.start("twice", "another-passphrase").status().code()).isEqualTo("ALREADY_EXISTS");
        assertThat(client.begin("GetStreamInfo", "live_id", "twice")
                        .answer()
                        .get("port")
                        .asInt())
                .isEqualTo(port);
        assertThat(client.begin("GetStreamInfo", "live_id", "twice")
                        .answer()
                        .get("passphrase")
                        .asText())
                .isEqualTo(PASSPHRASE);
        assertThat(client.stop("twice")).isTrue();
    }

    @Test
    void anUnknownLiveIdIsNoErrorToStopAndNotFoundOtherwise() throws Exception {
        assertThat(client.stop("unknown")).isFalse();
        assertThat(client.begin("GetStreamInfo", "live_id", "unknown").status().code())
                .isEqualTo("NOT_FOUND");
        assertThat(client.begin("WatchStreamStatus", "live_id", "unknown")
                        .status()
                        .code())
                .isEqualTo("NOT_FOUND");
    }

    @Test
    void anEncoderWithTheWrongPassphraseIsTurnedAwayAndTheRightOneIsTaken() throws Exception {
        byte[] media = new SyntheticEncoder(SyntheticStream.DEFAULT.withGop(Duration.ofSeconds(1)))
                .generate(Duration.ofSeconds(3));
        Path file = Files.write(directory.resolve("media.ts"), media);
        int port = client.start("guarded", PASSPHRASE).answer().get("port").asInt();
        NodeClient.Call watch = client.begin("WatchStreamStatus", "live_id", "guarded");
        for (String wrong : List.of("fedcba9876543210", "")) {
            try (Encoder encoder = Encoder.copy(port, wrong, file)) {
                assertThat(encoder.await(LIMIT).exitStatus()).isNotZero();
            }
        }
        assertThat(watch.messages()).isEmpty();
        assertThat(client.activeStreams()).contains("guarded");
        assertThat(service.rejectedCallers("guarded")).isEqualTo(2);
        try (Encoder encoder = Encoder.copy(port, PASSPHRASE, file)) {
            encoder.awaitGoodEnd(LIMIT);
        }
        assertThat(client.stop("guarded")).isTrue();
        Bucket bucket = service.bucket("guarded");
        Awaitility.await("segments")
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(bucket.segments()).hasSize(3));
        bucket.assertEachBeginsWithAKeyframe();
    }

    @Test
    void aSecondServiceOnTheSameSpoolDoesNotStartAndTheFirstGoesOn() throws Exception {
        PeerProgram.Result second = ServiceProcess.run(List.of(
                "serve",
                "--set",
                "cacheDir=" + directory.resolve("cache"),
                "--set",
                "grpc.port=0",
                "--set",
                "http.port=0"));
        assertThat(second.exitStatus()).isEqualTo(1);
        assertThat(second.err().lines().reduce((first, last) -> last).orElse(""))
                .contains("the spool " + directory.toRealPath().resolve("cache/spool"))
                .contains("in use by another process");
        assertThat(service.get("/readyz").statusCode()).isEqualTo(200);
    }

    @Test
    void filesThatAreNoTransportStreamsAreAnErrorOfOneLine() throws Exception {
        Path junk = Files.writeString(directory.resolve("junk.ts"), "no transport stream\n".repeat(1000));
        Path empty = Files.createFile(directory.resolve("empty.ts"));
        for (String file : List.of(
                junk.toString(),
                empty.toString(),
                directory.resolve("missing.ts").toString(),
                Files.createDirectories(directory.resolve("folder.ts")).toString())) {
            for (List<String> command : List.of(
                    List.of("probe", file),
                    List.of("segment", file, "--out", directory.resolve("out").toString()))) {
                PeerProgram.Result result = ServiceProcess.run(command);
                assertThat(result.exitStatus()).as("%s: %s", command, result).isEqualTo(1);
                assertThat(result.err().lines()).as("%s", command).hasSize(1);
                assertThat(result.err()).contains(Path.of(file).getFileName().toString());
            }
        }
    }

    @Test
    void aTruncatedLastPacketIsLeftOut() throws Exception {
        byte[] media = new SyntheticEncoder(SyntheticStream.DEFAULT).generate(Duration.ofSeconds(4));
        Path file = directory.resolve("truncated.ts");
        Files.write(file, Arrays.copyOf(media, media.length - 100));
        Path out = directory.resolve("truncated");
        PeerProgram.Result result =
                ServiceProcess.run(List.of("segment", file.toString(), "--out", out.toString(), "--duration", "2s"));
        assertThat(result.exitStatus()).as(result.err()).isZero();
        assertThat(new Bucket(out).joinedBytes(media)).isEqualTo(media.length - 188);
    }
}
