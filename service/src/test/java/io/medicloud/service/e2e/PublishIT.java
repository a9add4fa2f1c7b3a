// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.medicloud.testdata.SyntheticEncoder;
import io.medicloud.testdata.SyntheticStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Encoders from outside publish to the service, all at once, and what they sent stands in the bucket. Longer streams:
 * {@code mvn verify -Dit.test=PublishIT -De2e.seconds=40 -De2e.target=6}.
 */
@Execution(ExecutionMode.CONCURRENT)
class PublishIT {
    private static final int TARGET_SECONDS = Integer.getInteger("e2e.target", 2);
    private static final int SECONDS = Integer.getInteger("e2e.seconds", 13);
    private static final Duration LIMIT = Duration.ofSeconds(60L + SECONDS);
    private static final String PASSPHRASE = "a passphrase of 27 letters!".replace(' ', '-');

    @TempDir
    private static Path directory;

    private static ServiceProcess service;
    private static NodeClient client;

    @BeforeAll
    static void start() throws Exception {
        Peers.require("ffmpeg", "ffprobe", "srt-live-transmit", "node", "npm");
        service = ServiceProcess.start(
                directory,
                Ports.freeUdp(8),
                8,
                "segment.duration=" + TARGET_SECONDS + "s",
                "stream.reconnectWindow=5s");
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
    void h264WithBFrames() throws Exception {
        publish("x264", Encoder.X264);
    }

    @Test
    void h265() throws Exception {
        publish("x265", Encoder.X265);
    }

    @Test
    void aFileThroughSrtLiveTransmit() throws Exception {
        Path sample = Peers.sample("tsd_072_rai_everywhere.ts");
        byte[] all = sample != null
                ? Files.readAllBytes(sample)
                : new SyntheticEncoder(SyntheticStream.DEFAULT).generate(Duration.ofSeconds(12));
        // It reads whole chunks alone.
        byte[] sent = Arrays.copyOf(all, all.length - all.length % SyntheticEncoder.CHUNK);
        Path file = Files.write(directory.resolve("transmitted.ts"), sent);
        int port = start("transmitted");
        transmit(sent, port, Duration.ofSeconds(8));
        awaitStored("transmitted", sent);
        assertThat(client.stop("transmitted")).isTrue();
        Bucket bucket = service.bucket("transmitted");
        bucket.assertEachBeginsWithAKeyframe();
        bucket.assertAccepted(file, TARGET_SECONDS, 0);
    }

    private static void publish(String liveId, List<String> codec) throws Exception {
        int port = start(liveId);
        NodeClient.Call watch = client.begin("WatchStreamStatus", "live_id", liveId);
        byte[] sent;
        try (Encoder encoder = Encoder.publish(port, PASSPHRASE, directory.resolve(liveId + ".ts"), codec, SECONDS)) {
            Awaitility.await("status")
                    .atMost(LIMIT)
                    .until(() -> watch.messages().size() == 1);
            assertThat(watch.messages().get(0).get("is_streaming").asBoolean()).isTrue();
            assertThat(client.activeStreams()).contains(liveId);
            encoder.awaitGoodEnd(LIMIT);
            sent = Files.readAllBytes(encoder.sent());
        }
        awaitStored(liveId, sent);
        assertThat(client.stop(liveId)).isTrue();
        assertThat(watch.status()).isEqualTo(new NodeClient.Status("OK", ""));
        assertThat(watch.messages()).hasSize(2);
        assertThat(watch.messages().get(1).get("is_streaming").asBoolean()).isFalse();
        assertThat(client.activeStreams()).doesNotContain(liveId);
        Bucket bucket = service.bucket(liveId);
        assertThat(bucket.segments()).hasSizeGreaterThanOrEqualTo(SECONDS / TARGET_SECONDS - 1);
        bucket.assertEachBeginsWithAKeyframe();
        bucket.assertAccepted(directory.resolve(liveId + ".ts"), TARGET_SECONDS, 0);
    }

    private static int start(String liveId) throws Exception {
        JsonNode started = client.start(liveId, PASSPHRASE).answer();
        assertThat(started.get("live_id").asText()).isEqualTo(liveId);
        assertThat(started.get("passphrase").asText()).isEqualTo(PASSPHRASE);
        JsonNode info = client.begin("GetStreamInfo", "live_id", liveId).answer();
        assertThat(info.get("port")).isEqualTo(started.get("port"));
        return started.get("port").asInt();
    }

    /** Waits until all that was sent stands in the bucket, byte for byte. */
    private static void awaitStored(String liveId, byte[] sent) {
        Awaitility.await(liveId)
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(service.bucket(liveId).joinedBytes(sent))
                        .as("bytes of %s in the bucket; log:%n%s", liveId, service.log())
                        .isEqualTo(sent.length));
    }

    /** Sends bytes through srt-live-transmit at an even rate. */
    private static void transmit(byte[] bytes, int port, Duration length) throws Exception {
        Path log = directory.resolve("srt-live-transmit.log");
        Process sender = new ProcessBuilder(
                        "srt-live-transmit",
                        "-chunk:" + SyntheticEncoder.CHUNK,
                        "file://con",
                        "srt://127.0.0.1:" + port + "?mode=caller&passphrase=" + PASSPHRASE)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try (OutputStream out = sender.getOutputStream()) {
            // It drops what it reads before it is connected, and, when its input ends, what is not acknowledged yet.
            Awaitility.await("connection")
                    .atMost(LIMIT)
                    .until(() -> Files.readString(log).contains("SRT target connected"));
            long begun = System.nanoTime();
            for (int at = 0; at < bytes.length; at += SyntheticEncoder.CHUNK) {
                parkUntil(begun + length.toNanos() * at / bytes.length);
                out.write(bytes, at, SyntheticEncoder.CHUNK);
                out.flush();
            }
            parkUntil(System.nanoTime() + Duration.ofSeconds(1).toNanos());
        } finally {
            if (!sender.waitFor(10, TimeUnit.SECONDS)) {
                sender.destroyForcibly();
            }
        }
    }

    private static void parkUntil(long nanoTime) {
        for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
