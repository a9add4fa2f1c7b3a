// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medicloud.service.grpc.ServiceUnderTest;
import io.medicloud.service.grpc.TestEncoder;
import io.medicloud.service.proto.LivestreamGrpc.LivestreamBlockingStub;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.medicloud.service.proto.StopPullStreamRequest;
import io.medicloud.srt.SrtStack;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However many streams come and go, only those that are open have series, and memory. */
@Tag("heavy")
final class CardinalityTest {
    private static final int STREAMS = 1000;
    private static final int AT_ONCE = 20;
    private static final int WITH_MEDIA_EVERY = 50;
    /** What is remembered of a stream that is over: its name, its end, and some events. */
    private static final int BYTES_OF_ONE = 8 << 10;

    private static final byte[] MEDIA = TestEncoder.stream(Duration.ofSeconds(1));
    private static final String PASSPHRASE = "0123456789";

    @TempDir
    private Path directory;

    private static void start(LivestreamBlockingStub client, int number, SrtStack encoders) throws Exception {
        int port = client.startPullStream(StartPullStreamRequest.newBuilder()
                        .setLiveId("stream-" + number)
                        .setPassphrase(PASSPHRASE)
                        .build())
                .getPort();
        if (number % WITH_MEDIA_EVERY == 0) {
            try (TestEncoder encoder = new TestEncoder(encoders, port, PASSPHRASE)) {
                encoder.connected().send(MEDIA);
            }
        }
    }

    private static void stop(LivestreamBlockingStub client, int number) {
        client.stopPullStream(
                StopPullStreamRequest.newBuilder().setLiveId("stream-" + number).build());
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Those that the JVM adds by itself, such as a new cause of a collection, are not ours. */
    private static Set<String> series(ServiceUnderTest service) throws Exception {
        return Scrape.of(service.service().httpPort()).samples().keySet().stream()
                .filter(series -> series.startsWith("medicloud_"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void nothingIsLeftOfStreamsThatCameAndWent() throws Exception {
        try (SrtStack encoders = ServiceUnderTest.stack();
                ServiceUnderTest service = new ServiceUnderTest(directory, 2 * AT_ONCE)) {
            LivestreamBlockingStub client = service.client(LivestreamBlockingStub.class);
            // Once, so that what is there from the first call on is there.
            start(client, 0, encoders);
            stop(client, 0);
            await().until(() -> series(service).stream().noneMatch(series -> series.contains("live_id")));
            Set<String> before = series(service);
            int most = 0;
            long heapHalfway = 0;
            for (int first = 0; first < STREAMS; first += AT_ONCE) {
                heapHalfway = first == STREAMS / 2 ? heap() : heapHalfway;
                for (int number = first; number < first + AT_ONCE; number++) {
                    start(client, number, encoders);
                }
                Set<String> now = series(service);
                assertThat(now.stream().filter(series -> series.startsWith("medicloud_stream_connected{")))
                        .hasSize(AT_ONCE);
                most = Math.max(most, now.size());
                for (int number = first; number < first + AT_ONCE; number++) {
                    stop(client, number);
                }
            }

            await().untilAsserted(() -> assertThat(series(service)).isEqualTo(before));
            assertThat(most - before.size()).isLessThanOrEqualTo(AT_ONCE * mostOfOne());
            assertThat(heap() - heapHalfway).isLessThan((long) STREAMS / 2 * BYTES_OF_ONE);
        }
    }

    /** How many series a stream may have: one for each of its metrics, of those with a label one for each of its words. */
    private static int mostOfOne() {
        return StreamFamilies.ALL.stream()
                .mapToInt(family -> family.words().size())
                .sum();
    }
}
