// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.linecorp.armeria.client.grpc.GrpcClients;
import io.medicloud.pipeline.store.S3Config;
import io.medicloud.service.Http1;
import io.medicloud.service.proto.LivestreamGrpc;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StopPullStreamRequest;
import io.medicloud.service.store.EmbeddedS3;
import io.medicloud.testdata.PeerProgram;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The image's root file system does the main job as the image would: by an unprivileged user without a way to more rights, on a root that nobody can write,
 * with 512 MiB of memory that it may write (RLIMIT_DATA). The store, an encoder and the client are outside.
 */
@Tag("heavy")
class RootFsIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final String PASSPHRASE = "0123456789abcdef";
    private static final int SECONDS = 8;
    private static final long MEMORY_KIB = 512 * 1024;
    private static final String USER = "10001";

    private final int grpcPort = Ports.freeTcp();
    private final int httpPort = Ports.freeTcp();
    private final int srtPort = Ports.freeUdp(2);

    @TempDir
    private Path directory;

    @Test
    void takesAStreamInWithNoRightsAndLittleMemory() throws Exception {
        Peers.require("ffmpeg", "ffprobe", "setpriv", "unshare");
        try (Stream<Path> jdks = Files.list(Path.of("/usr/lib/jvm"))) {
            if (jdks.noneMatch(jdk -> jdk.toString().contains("-25-"))) {
                Peers.giveUp("no JDK 25, of which the image's runtime is made, is below /usr/lib/jvm");
            }
        }
        requireMounts();
        String root = directory.resolve("root").toString();
        tool("build", root);
        tool("train", root);

        Path sent = directory.resolve("sent.ts");
        try (EmbeddedS3 store = EmbeddedS3.start(directory.resolve("s3"), "videos", 0);
                PeerProgram service = start(root, store.config())) {
            long began = System.nanoTime();
            Awaitility.await("readiness")
                    .atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(10))
                    .failFast("it has ended", () -> !service.isRunning())
                    .until(this::isReady);
            long readyMs = Duration.ofNanos(System.nanoTime() - began).toMillis();

            assertConfined(service.pid());
            assertReadOnly(service.pid());
            assertThat(tool("run", root, "health", "--set", "http.port=" + httpPort))
                    .contains("ready");
            LivestreamGrpc.LivestreamBlockingStub client = GrpcClients.newClient(
                    "gproto+http://127.0.0.1:" + grpcPort + "/", LivestreamGrpc.LivestreamBlockingStub.class);
            int port = client.startPullStream(StartPullStreamRequest.newBuilder()
                            .setLiveId("live")
                            .setPassphrase(PASSPHRASE)
                            .setSegmentDurationMs(2000)
                            .build())
                    .getPort();
            try (Encoder encoder = Encoder.publish(port, PASSPHRASE, sent, Encoder.X264, SECONDS)) {
                encoder.awaitGoodEnd(LIMIT);
            }
            assertThat(client.stopPullStream(StopPullStreamRequest.newBuilder()
                                    .setLiveId("live")
                                    .build())
                            .getIsSuccess())
                    .isTrue();

            Bucket bucket = new Bucket(store.bucketFolder().resolve("live"));
            assertThat(bucket.segments()).hasSizeGreaterThanOrEqualTo(3);
            assertThat(bucket.joinedBytes(Files.readAllBytes(sent))).isEqualTo(Files.size(sent));
            bucket.assertEachBeginsWithAKeyframe();
            Path thumbnail = store.bucketFolder().resolve("live/segment_0001.jpg");
            Awaitility.await("thumbnail").atMost(LIMIT).until(() -> Files.exists(thumbnail));

            long mostKib = status(service.pid(), "VmHWM");
            assertThat(mostKib).isLessThan(MEMORY_KIB);
            service.terminate();
            PeerProgram.Result end = service.await(LIMIT);
            assertThat(end.exitStatus()).as(end.err()).isZero();
            assertThat(end.err()).doesNotContain(" ERROR ", "[warning]", "[error]");
            System.out.printf(
                    Locale.ROOT,
                    "start to ready: %d ms; most resident memory: %d MiB; the file system: %d MiB%n",
                    readyMs,
                    mostKib / 1024,
                    bytes(Path.of(root)) >> 20);
        }
    }

    /** To enter a file system takes CAP_SYS_ADMIN, which not every CI may have: without it this is skipped there too, and told by that name. */
    private static void requireMounts() throws Exception {
        PeerProgram.Result mount =
                PeerProgram.run(LIMIT, "unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt");
        Assumptions.assumeTrue(mount.exitStatus() == 0, "CAP_SYS_ADMIN is missing: " + mount.err());
    }

    /** Not even root may, as the process sees it. */
    private static void assertReadOnly(long pid) {
        for (String folder : List.of("", "etc", "opt/medicloud", "opt/java/bin")) {
            Path file = Path.of("/proc/" + pid + "/root", folder, "written");
            assertThatThrownBy(() -> Files.createFile(file))
                    .isInstanceOf(FileSystemException.class)
                    .hasMessageContaining("Read-only file system");
        }
    }

    /** As the operating system sees it. */
    private static void assertConfined(long pid) throws IOException {
        assertThat(Files.readString(Path.of("/proc/" + pid + "/status")))
                .containsPattern("(?m)^Uid:\\s+" + USER + "\\s+" + USER + "\\s+" + USER + "\\s+" + USER + "$")
                .containsPattern("(?m)^Gid:\\s+" + USER + "\\s+" + USER + "\\s+" + USER + "\\s+" + USER + "$")
                .containsPattern("(?m)^Groups:\\s*$")
                .containsPattern("(?m)^CapEff:\\s+0+$")
                .containsPattern("(?m)^NoNewPrivs:\\s+1$");
        assertThat(Files.readString(Path.of("/proc/" + pid + "/limits")))
                .containsPattern("Max data size\\s+" + MEMORY_KIB * 1024 + "\\s");
        assertThat(Files.readAllLines(Path.of("/proc/" + pid + "/mountinfo")))
                .as("the root")
                .filteredOn(line -> line.split(" ", -1)[4].equals("/"))
                .isNotEmpty()
                .last()
                .asString()
                .containsPattern(" / ro[, ]");
        assertThat(status(pid, "VmRSS")).isPositive();
    }

    private PeerProgram start(String root, S3Config store) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                ROOT.resolve("tools/rootfs").toString(),
                "run",
                root,
                "serve",
                "--set",
                "srt.ports=" + srtPort + "-" + (srtPort + 1));
        builder.environment()
                .putAll(Map.of(
                        "GRPC_PORT", Integer.toString(grpcPort),
                        "HTTP_PORT", Integer.toString(httpPort),
                        "MINIO_ENDPOINT", store.endpoint().toString(),
                        "MINIO_ACCESS_KEY", store.accessKey(),
                        "MINIO_SECRET_KEY", store.secretKey(),
                        "MINIO_BUCKET", store.bucket()));
        return PeerProgram.start(builder);
    }

    private boolean isReady() throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + "/readyz"))
                .build();
        try {
            return Http1.client()
                            .send(request, HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false; // It does not listen yet.
        }
    }

    private static String tool(String... arguments) throws Exception {
        PeerProgram.Result result = PeerProgram.run(
                LIMIT,
                Stream.concat(Stream.of(ROOT.resolve("tools/rootfs").toString()), Arrays.stream(arguments))
                        .toArray(String[]::new));
        assertThat(result.exitStatus()).as(result.out() + result.err()).isZero();
        return result.out();
    }

    private static long status(long pid, String name) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith(name + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    private static long bytes(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            List<Path> regular = files.filter(Files::isRegularFile).toList();
            long sum = 0;
            for (Path file : regular) {
                sum += Files.size(file);
            }
            return sum;
        }
    }
}
