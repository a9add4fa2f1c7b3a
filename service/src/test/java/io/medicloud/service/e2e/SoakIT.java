// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.service.proto.WatchEventsRequest;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStacks;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.gaul.s3proxy.S3Proxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Streams run for a time, beside a watcher that reads nothing: memory, threads and files stay as they are. Only with {@code -Dchaos.long=true}: what grows does not show in seconds.
 */
@EnabledIfSystemProperty(named = "chaos.long", matches = "true")
class SoakIT extends ChaosScene {
    private static final int MINUTES = number("minutes", 30, 30);
    private static final int STREAMS = number("streams", 8, 8);
    private static final int KILOBITS = number("kilobits", 8000, 8000);
    private static final int MEDIA_S = 20;
    private static final long MOST_RESIDENT = 600L << 20;
    private static final Duration LIMIT = Duration.ofMinutes(3);

    @Test
    void nothingGrows() throws Exception {
        byte[] media = media(MEDIA_S, KILOBITS);
        long bytesPerSecond = media.length / MEDIA_S;
        int storePort = Ports.freeTcp();
        int ports = Ports.freeUdp(STREAMS);
        Story story = new Story();
        Map<String, Publisher> publishers = new TreeMap<>();
        S3Proxy store = store(storePort);
        try (SrtStack stack = SrtStacks.select("auto").stack();
                ServiceProcess service =
                        launch(storePort, ports, STREAMS, "segment.duration=2s", "retention.count=20")) {
            for (int i = 0; i < STREAMS; i++) {
                String id = "stream-" + i;
                int port = start(service, id);
                publishers.put(id, new Publisher(stack, port, PASSPHRASE, media, Long.MAX_VALUE / 2, bytesPerSecond));
            }
            Awaitility.await("streams")
                    .atMost(LIMIT)
                    .until(() -> publishers.values().stream().allMatch(p -> p.sent() > 2 * bytesPerSecond));
            // Asked for, and never read but for what the call itself takes.
            var idle = service.client()
                    .withDeadlineAfter(2, TimeUnit.HOURS)
                    .watchEvents(WatchEventsRequest.getDefaultInstance());
            assertThat(idle.hasNext()).isTrue();
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(60));
            long threads = service.threads();
            System.out.println("soak: threads after a minute " + service.threadNames());
            int files = service.openFiles();
            long mostResident = 0;
            for (int i = 0; i < MINUTES * 60; i++) {
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
                mostResident = Math.max(mostResident, service.residentBytes());
                if (i % 60 == 0) {
                    System.out.printf(
                            Locale.ROOT,
                            "soak: minute %d, resident %d MiB, %d threads, %d files, CPU %.1f s%n",
                            i / 60,
                            service.residentBytes() >> 20,
                            service.threads(),
                            service.openFiles(),
                            service.cpuSeconds());
                }
            }
            System.out.printf(
                    Locale.ROOT,
                    "chaos.seed=%d soak: %d streams, %d kbit/s; most resident %d MiB; threads %d, then %d; files %d, then %d%n",
                    SEED,
                    STREAMS,
                    KILOBITS,
                    mostResident >> 20,
                    threads,
                    service.threads(),
                    files,
                    service.openFiles());
            System.out.println("soak: threads at the end " + service.threadNames());
            assertThat(mostResident).isLessThan(MOST_RESIDENT);
            assertThat(service.threads()).isLessThanOrEqualTo(threads + 16);
            assertThat(service.openFiles()).isLessThanOrEqualTo(files + 32);
            publishers.values().forEach(Publisher::close);
            publishers.keySet().forEach(id -> stop(service, id));
            story.readToTheEnd(service, STREAMS, LIMIT);
            publishers.keySet().forEach(id -> System.out.println(story.ledger(id)));
        } finally {
            publishers.values().forEach(Publisher::close);
            store.stop();
        }
    }
}
