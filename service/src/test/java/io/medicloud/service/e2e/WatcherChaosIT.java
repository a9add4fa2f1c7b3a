// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.client.ClientFactory;
import io.grpc.StatusRuntimeException;
import io.medicloud.service.proto.LivestreamGrpc;
import io.medicloud.service.proto.WatchEventsRequest;
import io.medicloud.service.proto.WatchEventsResponse;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStacks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.gaul.s3proxy.S3Proxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Streams run, beside a watcher of events that reads nothing, one that comes back again and again with its cursor, and one that reads as it should. With
 * {@code -Dchaos.long=true} in its long form.
 */
@Isolated
class WatcherChaosIT extends ChaosScene {
    private static final int RETURNS = number("returns", 10, 100);
    private static final int WATCH_S = number("watch", 10, 300);
    private static final int STREAMS = number("streams", 2, 4);
    private static final int KILOBITS = 1000;
    private static final int MEDIA_S = 20;
    /** Of memory that a watcher who does not read may cost, with what a JVM that runs for minutes makes of its heap. */
    private static final long MOST_GROWTH = 64L << 20;

    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** What reads at once heard, and how long after it happened. */
    private final List<WatchEventsResponse> prompt = new CopyOnWriteArrayList<>();

    private final List<Long> latenessMs = new CopyOnWriteArrayList<>();

    /** A client gives up calls without a deadline of their own. */
    private static Iterator<WatchEventsResponse> watch(LivestreamGrpc.LivestreamBlockingStub client) {
        return client.withDeadlineAfter(1, TimeUnit.HOURS).watchEvents(WatchEventsRequest.getDefaultInstance());
    }

    private void readAtOnce(Iterator<WatchEventsResponse> events) {
        long sinceMs = System.currentTimeMillis();
        try {
            while (events.hasNext()) {
                WatchEventsResponse event = events.next();
                if (event.getAtMs() >= sinceMs) {
                    latenessMs.add(System.currentTimeMillis() - event.getAtMs());
                }
                prompt.add(event);
            }
        } catch (StatusRuntimeException e) {
            // The service ends, and the call with it.
        }
    }

    @Test
    void nobodyMissesAnEventAndNobodyPaysForAnother() throws Exception {
        byte[] media = media(MEDIA_S, KILOBITS);
        int storePort = Ports.freeTcp();
        int ports = Ports.freeUdp(STREAMS);
        Map<String, Publisher> publishers = new TreeMap<>();
        Story returning = new Story();
        Story whole = new Story();
        S3Proxy store = store(storePort);
        try (SrtStack stack = SrtStacks.select("auto").stack();
                ClientFactory lazy = ClientFactory.builder().build();
                ServiceProcess service = launch(storePort, ports, STREAMS, "segment.duration=1s")) {
            for (int i = 0; i < STREAMS; i++) {
                String id = "stream-" + i;
                int port = start(service, id);
                publishers.put(
                        id, new Publisher(stack, port, PASSPHRASE, media, Long.MAX_VALUE / 2, media.length / MEDIA_S));
            }
            // Asked for, and not read but for what the call itself takes.
            Iterator<WatchEventsResponse> idle = watch(service.client(lazy));
            assertThat(idle.hasNext()).isTrue();
            Iterator<WatchEventsResponse> atOnce = watch(service.client());
            Thread reader = new Thread(() -> readAtOnce(atOnce), "reads-at-once");
            reader.setDaemon(true);
            reader.start();
            long resident = 0;
            long live = 0;
            long direct = 0;
            for (int i = 0; i < RETURNS; i++) {
                if (i == RETURNS / 4) {
                    resident = service.residentBytes();
                    live = liveHeap(service);
                    direct = sum(service.get("/metrics").body(), DIRECT);
                }
                returning.read(service, Duration.ofMillis(1000L * WATCH_S / RETURNS));
            }
            long residentAtEnd = service.residentBytes();
            long liveAtEnd = liveHeap(service);
            long directAtEnd = sum(service.get("/metrics").body(), DIRECT);
            publishers.values().forEach(Publisher::close);
            publishers.keySet().forEach(id -> stop(service, id));
            whole.readToTheEnd(service, STREAMS, LIMIT);
            returning.readToTheEnd(service, STREAMS, LIMIT);

            assertThat(returning.all()).as("who came back").isEqualTo(whole.all());
            Awaitility.await("who reads at once has it all")
                    .atMost(LIMIT)
                    .until(() -> prompt.size() >= whole.all().size());
            assertThat(prompt.subList(0, whole.all().size())).isEqualTo(whole.all());
            List<WatchEventsResponse> late = new ArrayList<>();
            while (late.size() < whole.all().size()) {
                late.add(idle.next());
            }
            assertThat(late).as("who read nothing, now that it reads").isEqualTo(whole.all());
            List<Long> sorted = latenessMs.stream().sorted().toList();
            System.out.printf(
                    Locale.ROOT,
                    "chaos.seed=%d watchers: %d events in %d s, %d returns; read at once they are %d ms late in the median, %d ms at"
                            + " most; resident %d MiB after a quarter, then %d MiB; live heap %d KiB, then %d KiB; direct %d KiB, then %d KiB%n",
                    SEED,
                    whole.all().size(),
                    WATCH_S,
                    RETURNS,
                    sorted.get(sorted.size() / 2),
                    sorted.get(sorted.size() - 1),
                    resident >> 20,
                    residentAtEnd >> 20,
                    live >> 10,
                    liveAtEnd >> 10,
                    direct >> 10,
                    directAtEnd >> 10);
            publishers.keySet().forEach(id -> System.out.println("chaos.seed=" + SEED + " " + whole.ledger(id)));
            if (IS_LONG) {
                // What is resident of a JVM in its first seconds grows by itself.
                assertThat(residentAtEnd - resident).as("growth").isLessThan(MOST_GROWTH);
            }
            assertThat(liveAtEnd).as("live heap").isLessThanOrEqualTo(live + MOST_LIVE_GROWTH);
            assertThat(directAtEnd).as("direct memory").isLessThanOrEqualTo(direct + MOST_DIRECT_GROWTH);
        } finally {
            publishers.values().forEach(Publisher::close);
            store.stop();
        }
    }
}
