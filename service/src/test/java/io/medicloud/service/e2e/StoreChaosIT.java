// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.service.proto.WatchEventsResponse;
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
import org.junit.jupiter.api.parallel.Isolated;

/**
 * The store is away, then slow, then answers 503 to three requests in ten, then cuts them in the middle, while streams are recorded. With {@code -Dchaos.long=true} in its long form.
 */
@Isolated
class StoreChaosIT extends ChaosScene {
    private static final int AWAY_S = number("away", 4, 600);
    private static final int SLOW_S = number("slow", 2, 60);
    private static final int FLAKY_S = number("flaky", 2, 60);
    private static final int STREAMS = number("streams", 2, 4);
    private static final int KILOBITS = number("kilobits", 2000, 8000);
    private static final int HEALTHY_S = Math.max(3, AWAY_S / 10);
    private static final int MEDIA_S = 20;
    private static final Duration LIMIT = Duration.ofSeconds(60 + AWAY_S);

    private final Map<String, Publisher> publishers = new TreeMap<>();

    private double cpuOver(ServiceProcess service, int seconds) {
        double before = service.cpuSeconds();
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(seconds));
        return (service.cpuSeconds() - before) / seconds;
    }

    private long sent() {
        return publishers.values().stream().mapToLong(Publisher::sent).sum();
    }

    @Test
    void nothingIsLostAndTheBacklogDrains() throws Exception {
        byte[] media = media(MEDIA_S, KILOBITS);
        long bytesPerSecond = media.length / MEDIA_S;
        int storePort = Ports.freeTcp();
        int ports = Ports.freeUdp(STREAMS);
        Story story = new Story();
        S3Proxy store = store(storePort);
        try (ChaosProxy proxy = new ChaosProxy(storePort, SEED);
                SrtStack stack = SrtStacks.select("auto").stack();
                ServiceProcess service = launch(proxy.port(), ports, STREAMS, "segment.duration=1s")) {
            for (int i = 0; i < STREAMS; i++) {
                String id = "stream-" + i;
                int port = start(service, id);
                publishers.put(id, new Publisher(stack, port, PASSPHRASE, media, Long.MAX_VALUE / 2, bytesPerSecond));
            }
            Awaitility.await("streams").atMost(LIMIT).until(() -> sent() > STREAMS * bytesPerSecond);
            double healthy = cpuOver(service, HEALTHY_S);
            proxy.set(ChaosProxy.Mood.AWAY);
            double away = cpuOver(service, AWAY_S);
            proxy.set(ChaosProxy.Mood.SLOW);
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(SLOW_S));
            proxy.set(ChaosProxy.Mood.FLAKY);
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(FLAKY_S));
            proxy.set(ChaosProxy.Mood.CUT);
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(FLAKY_S));
            long sentBefore = sent();
            proxy.set(ChaosProxy.Mood.PASS);
            long beganNs = System.nanoTime();
            story.read(service, Duration.ofSeconds(2));
            long backlog = story.count(WatchEventsResponse.Type.SEGMENT_SEALED)
                    - story.count(WatchEventsResponse.Type.SEGMENT_UPLOADED);
            publishers.values().forEach(Publisher::close);
            publishers.keySet().forEach(id -> stop(service, id));
            story.readToTheEnd(service, STREAMS, LIMIT);
            double drainedS = (System.nanoTime() - beganNs) / 1e9;

            for (Map.Entry<String, Publisher> publisher : publishers.entrySet()) {
                String id = publisher.getKey();
                story.check(id, bucket(id));
                assertThat(joined(story, id, media))
                        .as(id)
                        .isEqualTo(publisher.getValue().sent());
                assertThat(story.of(id, WatchEventsResponse.Type.BYTES_DROPPED)).isEmpty();
                assertThat(story.of(id, WatchEventsResponse.Type.SEGMENT_LOST)).isEmpty();
                System.out.println("chaos.seed=" + SEED + " received "
                        + publisher.getValue().sent() + " bytes; " + story.ledger(id));
            }
            System.out.printf(
                    Locale.ROOT,
                    "chaos.seed=%d store: %d s away, %d s slow, %d s each flaky and cut; %d bytes sent by then, %d segments"
                            + " behind 2 s after, all there %.1f s after; CPU healthy %.3f, away %.3f of a core; %d requests%n",
                    SEED,
                    AWAY_S,
                    SLOW_S,
                    FLAKY_S,
                    sentBefore,
                    backlog,
                    drainedS,
                    healthy,
                    away,
                    proxy.requests());
            assertThat(away - healthy).as("CPU that retries cost, of a core").isLessThan(0.1);
            // At three times real time it takes a third of the time that the store was not well.
            assertThat(drainedS).isLessThan(10 + (AWAY_S + SLOW_S + 2 * FLAKY_S) / 3.0);
        } finally {
            publishers.values().forEach(Publisher::close);
            store.stop();
        }
    }
}
