// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NatsEventsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    @Test
    void eventsOfAllNodesAreInOneOrderEachOnceAlsoBehindARestart() throws Exception {
        try (NatsServers servers = new NatsServers(directory, 1);
                NatsLink link = new NatsLink(servers.urls(), "test");
                NatsLink other = new NatsLink(servers.urls(), "other");
                NatsEvents events = new NatsEvents(link, "t", 1, 1000, System::nanoTime);
                NatsEvents same = new NatsEvents(other, "t", 1, 1000, System::nanoTime)) {
            Awaitility.await().atMost(PATIENCE).until(() -> events.isMade() && same.isMade());
            assertThat(events.lastOf("a.b")).isZero();
            assertThat(events.last()).isZero();
            AtomicInteger wakes = new AtomicInteger();
            same.addTail(wakes::incrementAndGet);
            for (int i = 1; i <= 100; i++) {
                publish(events, "a.b", i);
                publish(same, "c", i);
                publish(events, "a.b", i);
            }
            assertThat(events.lastOf("a.b")).isEqualTo(100);
            assertThat(events.last()).isEqualTo(200);
            assertThat(events.first()).isEqualTo(1);
            List<String> all = texts(events, 0);
            assertThat(all).hasSize(200).doesNotHaveDuplicates();
            assertThat(texts(same, 0)).isEqualTo(all);
            assertThat(texts(same, 150)).isEqualTo(all.subList(150, 200));
            Awaitility.await().atMost(PATIENCE).until(() -> wakes.get() > 0);

            servers.kill(0);
            servers.restart(0);
            Awaitility.await()
                    .atMost(PATIENCE)
                    .ignoreException(IOException.class)
                    .until(() -> {
                        publish(same, "c", 101);
                        return texts(events, 0).size() == 201;
                    });
            assertThat(texts(events, 0)).startsWith(all.toArray(String[]::new));
            assertThat(texts(events, 200)).containsExactly("c 101");
        }
    }

    private static void publish(NatsEvents events, String node, int id) throws IOException {
        events.publish(node, id, node + ' ' + id);
    }

    private static List<String> texts(NatsEvents events, long after) throws IOException {
        List<String> texts = new ArrayList<>();
        List<NatsEvents.Entry> page = events.after(after, 64);
        while (!page.isEmpty()) {
            page.forEach(entry -> texts.add(entry.text()));
            page = events.after(page.get(page.size() - 1).cursor(), 64);
        }
        return texts;
    }
}
