// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.client.ClientFactory;
import io.medicloud.service.proto.WatchEventsRequest;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStacks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.ToLongFunction;
import org.awaitility.Awaitility;
import org.gaul.s3proxy.S3Proxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Streams run for a time, beside a watcher that reads nothing: memory, threads and files stay as they are. Only with {@code -Dchaos.long=true}: what grows does not show in seconds.
 */
@EnabledIfSystemProperty(named = "chaos.long", matches = "true")
@Isolated
class SoakIT extends ChaosScene {
    private static final int MINUTES = number("minutes", 30, 30);
    private static final int STREAMS = number("streams", 8, 8);
    private static final int KILOBITS = number("kilobits", 8000, 8000);
    private static final int MEDIA_S = 20;
    private static final long MOST_RESIDENT = 600L << 20;
    private static final int WARM_S = 90;
    private static final int LOOKS_A_MINUTE = 20;
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
                ClientFactory lazy = ClientFactory.builder().build();
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
            var idle = service.client(lazy)
                    .withDeadlineAfter(2, TimeUnit.HOURS)
                    .watchEvents(WatchEventsRequest.getDefaultInstance());
            assertThat(idle.hasNext()).isTrue();
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(WARM_S));
            System.out.println("soak: threads after a minute " + service.threadNames());
            long live = liveHeap(service);
            List<Minute> minutes = new ArrayList<>();
            for (int i = 0; i < MINUTES; i++) {
                minutes.add(measure(service));
                System.out.println("soak: minute " + i + ", " + minutes.get(i));
            }
            System.out.println("soak: threads at the end " + service.threadNames());
            System.out.printf(
                    "chaos.seed=%d soak: %d streams, %d kbit/s, %d minutes%n", SEED, STREAMS, KILOBITS, MINUTES);
            checkFlat(minutes);
            long liveAtEnd = liveHeap(service);
            System.out.printf("soak: live heap %d KiB, then %d KiB%n", live >> 10, liveAtEnd >> 10);
            assertThat(liveAtEnd).as("live heap").isLessThanOrEqualTo(live + MOST_LIVE_GROWTH);
            publishers.values().forEach(Publisher::close);
            publishers.keySet().forEach(id -> stop(service, id));
            story.readToTheEnd(service, STREAMS, LIMIT);
            publishers.keySet().forEach(id -> System.out.println(story.ledger(id)));
        } finally {
            publishers.values().forEach(Publisher::close);
            store.stop();
        }
    }

    /** The most, and of the heap the least, within a minute. */
    private record Minute(long resident, long heap, long direct, long threads, long files) {
        @Override
        public String toString() {
            return "resident %d MiB, heap %d MiB, direct %d MiB, %d threads, %d files"
                    .formatted(resident >> 20, heap >> 20, direct >> 20, threads, files);
        }
    }

    private static Minute measure(ServiceProcess service) throws Exception {
        Minute found = new Minute(0, Long.MAX_VALUE, 0, 0, 0);
        for (int i = 0; i < LOOKS_A_MINUTE; i++) {
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(60 / LOOKS_A_MINUTE));
            String metrics = service.get("/metrics").body();
            found = new Minute(
                    Math.max(found.resident(), service.residentBytes()),
                    Math.min(found.heap(), sum(metrics, HEAP)),
                    Math.max(found.direct(), sum(metrics, DIRECT)),
                    Math.max(found.threads(), service.threads()),
                    Math.max(found.files(), service.openFiles()));
        }
        return found;
    }

    /** What the last third of the time needs at the most is what the first third needed, but for a little. */
    private static void checkFlat(List<Minute> minutes) {
        int third = Math.max(1, minutes.size() / 3);
        List<Minute> first = minutes.subList(0, third);
        List<Minute> last = minutes.subList(minutes.size() - third, minutes.size());
        assertThat(minutes).allSatisfy(minute -> assertThat(minute.resident()).isLessThan(MOST_RESIDENT));
        assertThat(most(last, Minute::threads)).as("threads").isLessThanOrEqualTo(most(first, Minute::threads) + 8);
        assertThat(most(last, Minute::files)).as("files").isLessThanOrEqualTo(most(first, Minute::files) + 16);
        assertThat(most(last, Minute::direct))
                .as("direct")
                .isLessThanOrEqualTo(most(first, Minute::direct) + MOST_DIRECT_GROWTH);
    }

    private static long most(List<Minute> minutes, ToLongFunction<Minute> figure) {
        return minutes.stream().mapToLong(figure).max().orElseThrow();
    }
}
