// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.service.proto.WatchEventsResponse;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStacks;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.gaul.s3proxy.S3Proxy;
import org.junit.jupiter.api.Test;

/**
 * A heap of 256 MiB, a process that stands still now and then for a fifth or half of a second, and a store that is away, all at once. With
 * {@code -Dchaos.long=true} in its long form.
 */
class PressureIT extends ChaosScene {
    private static final int STREAMS = number("streams", 4, 4);
    private static final int KILOBITS = number("kilobits", 2000, 8000);
    private static final int PAUSES = number("pauses", 6, 40);
    private static final int MEDIA_S = 10;
    private static final int[] PAUSE_MS = {200, 500};
    private static final long MOST_RESIDENT = 450L << 20;
    private static final Duration LIMIT = Duration.ofMinutes(3);

    @Test
    void nothingIsLostWhereMemoryIsShortAndTheProcessStandsStill() throws Exception {
        Random random = new Random(SEED);
        byte[] media = media(MEDIA_S, KILOBITS);
        long bytesPerSecond = media.length / MEDIA_S;
        int storePort = Ports.freeTcp();
        int ports = Ports.freeUdp(STREAMS);
        Story story = new Story();
        Map<String, Publisher> publishers = new TreeMap<>();
        S3Proxy store = store(storePort);
        try (ChaosProxy proxy = new ChaosProxy(storePort, SEED);
                SrtStack stack = SrtStacks.select("auto").stack();
                ServiceProcess service =
                        launch("-Xmx256m", proxy.port(), ports, STREAMS, "segment.duration=1s", "srt.stack=java")) {
            for (int i = 0; i < STREAMS; i++) {
                String id = "stream-" + i;
                int port = start(service, id);
                publishers.put(id, new Publisher(stack, port, PASSPHRASE, media, Long.MAX_VALUE / 2, bytesPerSecond));
            }
            Awaitility.await("streams")
                    .atMost(LIMIT)
                    .until(() -> publishers.values().stream().allMatch(p -> p.sent() > bytesPerSecond));
            long resident = 0;
            for (int i = 0; i < PAUSES; i++) {
                proxy.set(i < PAUSES / 2 ? ChaosProxy.Mood.AWAY : ChaosProxy.Mood.PASS);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(800, 1600)));
                service.pause(Duration.ofMillis(PAUSE_MS[i % PAUSE_MS.length]));
                resident = Math.max(resident, service.residentBytes());
            }
            publishers.values().forEach(Publisher::close);
            publishers.keySet().forEach(id -> stop(service, id));
            story.readToTheEnd(service, STREAMS, LIMIT);

            for (Map.Entry<String, Publisher> publisher : publishers.entrySet()) {
                String id = publisher.getKey();
                story.check(id, bucket(id));
                assertThat(joined(story, id, media))
                        .as(id)
                        .isEqualTo(publisher.getValue().sent());
                assertThat(story.of(id, WatchEventsResponse.Type.CONNECTED))
                        .as(id)
                        .hasSize(1);
                assertThat(story.of(id, WatchEventsResponse.Type.BYTES_DROPPED)).isEmpty();
                System.out.println(story.ledger(id));
            }
            System.out.printf(
                    "chaos.seed=%d pressure: %d streams, %d kbit/s, %d pauses, resident %d MiB%n",
                    SEED, STREAMS, KILOBITS, PAUSES, resident >> 20);
            assertThat(service.log()).doesNotContain("OutOfMemoryError");
            assertThat(resident).isLessThan(MOST_RESIDENT);
        } finally {
            publishers.values().forEach(Publisher::close);
            store.stop();
        }
    }
}
