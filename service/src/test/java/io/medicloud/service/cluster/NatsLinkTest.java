// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NatsLinkTest {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @TempDir
    Path directory;

    @Test
    void whoWasRefusedForWhoItSaysToBeIsLetInAgainOnceItMayBe() throws Exception {
        ExecutorService protocol = Executors.newSingleThreadExecutor();
        try (NatsServers servers = new NatsServers(directory, 1)) {
            servers.admit("me", "right");
            String url = servers.urls().get(0).replace("://", "://me:right@");
            try (NatsLink link = new NatsLink(List.of(url), "test");
                    NatsBucket bucket = new NatsBucket(link, "b", 1, protocol, System::nanoTime);
                    NatsEvents events = new NatsEvents(link, "b", 1, 1000, System::nanoTime)) {
                List<String> seen = new CopyOnWriteArrayList<>();
                bucket.watch((entry, nowNs) -> seen.add(entry.value()));
                AtomicInteger wakes = new AtomicInteger();
                events.addTail(wakes::incrementAndGet);
                until(() -> bucket.isMade() && events.isMade());
                until(() -> written(bucket, "before") || seen.contains("before"));
                until(() -> seen.contains("before"));

                servers.admit("me", "another");
                until(() -> {
                    String fault = String.valueOf(link.fault());
                    return fault.contains("CLOSED") || fault.contains("uthori");
                });
                servers.admit("me", "right");
                until(() -> link.fault() == null);
                int wakesBefore = wakes.get();
                until(() -> written(bucket, "after") || seen.contains("after"));
                until(() -> seen.contains("after"));
                events.publish("n", 1, "event");
                until(() -> wakes.get() > wakesBefore);
                assertThat(events.after(0, 10))
                        .extracting(NatsEvents.Entry::text)
                        .containsExactly("event");
            }
        } finally {
            protocol.shutdownNow();
        }
    }

    private static boolean written(Bucket bucket, String key) throws Exception {
        CompletableFuture<WriteEnd> end = new CompletableFuture<>();
        bucket.write(key, key, Bucket.ABSENT, (how, nowNs) -> end.complete(how));
        return end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS) instanceof WriteEnd.Written;
    }

    private static void until(Callable<Boolean> condition) {
        Awaitility.await().atMost(PATIENCE).until(condition);
    }

    @Test
    void whyItIsNotConnectedIsToldWithoutThePassword() {
        try (NatsLink link = new NatsLink(List.of("nats://me:canary@127.0.0.1:9"), "test")) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(link.fault()).contains("127.0.0.1"));
            assertThat(link.fault()).doesNotContain("canary");
            assertThat(NatsLink.shown("nats://me:canary@a:1, nats://b:2")).isEqualTo("nats://***@a:1, nats://b:2");
        }
    }
}
