// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StopPullStreamRequest;
import io.medicloud.service.proto.WatchEventsResponse;
import io.medicloud.testdata.PeerProgram;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** A store in a folder, real H.264, and the service as a process of its own; what the chaos tests have in common. */
@Tag("heavy")
abstract class ChaosScene {
    static final long SEED = Long.getLong("chaos.seed", System.nanoTime());
    static final boolean IS_LONG = Boolean.getBoolean("chaos.long");
    static final String PASSPHRASE = "0123456789abcdef";
    static final int LATENCY_MS = 500;
    static final String HEAP = "jvm_memory_used_bytes{area=\"heap\"";
    static final String DIRECT = "medicloud_memory_direct_bytes";
    /** What of the heap may be in use more at the end, after a collection, in bytes. */
    static final long MOST_LIVE_GROWTH = 8L << 20;
    /** What of direct memory may be in use more at the end, in bytes. */
    static final long MOST_DIRECT_GROWTH = 24L << 20;

    private static final int LOOKS = 3;
    private static final Duration COLLECTION = Duration.ofMinutes(1);
    private static final int PACKET = 188;
    private static final int MOST_INJECTED = 8;

    @TempDir
    Path directory;

    /** A number of the property {@code chaos.NAME}; if it is not set, that of the short form, or with {@code -Dchaos.long=true} of the long one. */
    static int number(String name, int usual, int whenLong) {
        return Integer.getInteger("chaos." + name, IS_LONG ? whenLong : usual);
    }

    /** H.264 of a constant rate, a keyframe each second. */
    byte[] media(int seconds, int kilobits) throws Exception {
        Peers.require("ffmpeg");
        Path file = directory.resolve("media.ts");
        PeerProgram.Result made = PeerProgram.run(
                Duration.ofMinutes(5),
                ("ffmpeg -nostdin -v error -f lavfi -i testsrc2=size=320x180:rate=25 -t " + seconds
                                + " -c:v libx264 -preset ultrafast -g 25 -b:v " + kilobits + "k -minrate " + kilobits
                                + "k -maxrate " + kilobits + "k -bufsize " + kilobits / 2 + "k -x264-params nal-hrd=cbr"
                                + " -f mpegts " + file)
                        .split(" ", -1));
        assertThat(made.exitStatus()).as(made.err()).isZero();
        byte[] media = Files.readAllBytes(file);
        return Arrays.copyOf(media, media.length / PACKET * PACKET);
    }

    S3Proxy store(int port) throws Exception {
        return store(port, "access", "secret-key");
    }

    /** Another way to the same objects. */
    S3Proxy store(int port, String accessKey, String secretKey) throws Exception {
        Path objects = Files.createDirectories(directory.resolve("store"));
        Files.createDirectories(objects.resolve("chaos"));
        S3Proxy store = S3Proxy.builder()
                .blobStore(new FilesystemNio2BlobStore(objects.toString()))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, accessKey, secretKey)
                .endpoint(URI.create("http://127.0.0.1:" + port))
                .build();
        store.start();
        return store;
    }

    ServiceProcess launch(int storePort, int firstPort, int ports, String... settings) throws Exception {
        return launch("", storePort, firstPort, ports, settings);
    }

    /** The same in a JVM that is told more. */
    ServiceProcess launch(String javaOptions, int storePort, int firstPort, int ports, String... settings)
            throws Exception {
        Map<String, String> environment = Map.of(
                "MEDICLOUD_JAVA_OPTS", javaOptions,
                "MALLOC_ARENA_MAX", "2", // as in the image
                "MINIO_ENDPOINT", "http://127.0.0.1:" + storePort,
                "MINIO_ACCESS_KEY", "access",
                "MINIO_SECRET_KEY", "secret-key",
                "MINIO_BUCKET", "chaos");
        List<String> all = new ArrayList<>(List.of(settings));
        // A machine that has much else to do must not make SRT give up packets as too late.
        all.add("srt.latency=" + LATENCY_MS + "ms");
        return ServiceProcess.launch(directory, environment, firstPort, ports, all.toArray(String[]::new));
    }

    static int start(ServiceProcess service, String id) {
        return service.client()
                .startPullStream(StartPullStreamRequest.newBuilder()
                        .setLiveId(id)
                        .setPassphrase(PASSPHRASE)
                        .build())
                .getPort();
    }

    static void stop(ServiceProcess service, String id) {
        service.client()
                .stopPullStream(StopPullStreamRequest.newBuilder().setLiveId(id).build());
    }

    /**
     * What of the heap is in use after a collection that is asked for: the least of three, as what was made between a collection and the look is
     * in it too, and that is much where the machine is slow.
     */
    static long liveHeap(ServiceProcess service) throws Exception {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        long least = Long.MAX_VALUE;
        for (int i = 0; i < LOOKS; i++) {
            PeerProgram.Result done =
                    PeerProgram.run(COLLECTION, jcmd.toString(), Long.toString(service.pid()), "GC.run");
            assertThat(done.exitStatus()).as(done.err()).isZero();
            least = Math.min(least, sum(service.get("/metrics").body(), HEAP));
        }
        return least;
    }

    /** Of what the service exports, what begins so. */
    static long sum(String metrics, String prefix) {
        double sum = metrics.lines()
                .filter(line -> line.startsWith(prefix))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
        assertThat(sum).as(prefix).isPositive();
        return (long) sum;
    }

    Path bucket(String id) {
        return directory.resolve("store/chaos").resolve(id);
    }

    /** The segments are, one behind the other and less the tables in front of each, the first bytes of a file sent over and over. */
    long joined(Story story, String id, byte[] media) throws IOException {
        long at = 0;
        for (WatchEventsResponse event : story.of(id, WatchEventsResponse.Type.SEGMENT_SEALED)) {
            byte[] segment = Files.readAllBytes(Story.file(bucket(id), event));
            int injected = injected(segment, media, at);
            assertThat(injected)
                    .as("%s: segment %d is what was sent", id, event.getSequence())
                    .isNotNegative();
            at += segment.length - injected;
        }
        return at;
    }

    /** How many bytes stand in front of what was sent from there on; -1 if it is something else. */
    static int injected(byte[] segment, byte[] media, long at) {
        for (int k = 0; k <= MOST_INJECTED * PACKET && k < segment.length; k += PACKET) {
            if (isSent(segment, k, media, at)) {
                return k;
            }
        }
        return -1;
    }

    private static boolean isSent(byte[] segment, int from, byte[] media, long at) {
        int k = from;
        long place = at;
        while (k < segment.length) {
            int offset = (int) (place % media.length);
            int length = Math.min(segment.length - k, media.length - offset);
            if (!Arrays.equals(segment, k, k + length, media, offset, offset + length)) {
                return false;
            }
            k += length;
            place += length;
        }
        return true;
    }
}
