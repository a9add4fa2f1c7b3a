// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.event.StreamEvent.CallersRefused;
import io.medicloud.service.security.CallerRefusal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** However many callers are turned away, few events tell of all of them. */
final class RefusedCallersTest {
    private static final InetSocketAddress PEER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 9);

    private final List<StreamEvent> events = new CopyOnWriteArrayList<>();

    private RefusedCallers callers(Duration pause) {
        return new RefusedCallers(events::add, () -> Instant.EPOCH, pause);
    }

    @Test
    void theFirstIsToldAtOnceAndTheRestTogether() {
        try (RefusedCallers callers = callers(Duration.ofHours(1))) {
            RefusedCallers.Digest digest = callers.of("live");
            for (int i = 0; i < 1000; i++) {
                digest.onRefused(i % 4 == 0 ? CallerRefusal.ADDRESS : CallerRefusal.PASSPHRASE, PEER);
            }
            digest.close();
            digest.onRefused(CallerRefusal.RATE, PEER);
        }

        assertThat(events)
                .containsExactly(
                        new CallersRefused("live", Instant.EPOCH, 1, PEER.toString(), "not from an allowed address: 1"),
                        new CallersRefused(
                                "live",
                                Instant.EPOCH,
                                999,
                                PEER.toString(),
                                "not from an allowed address: 249, wrong passphrase: 750"));
    }

    @Test
    void afterThePauseTheyAreToldByThemselvesAndStreamsDoNotWaitForEachOther() {
        try (RefusedCallers callers = callers(Duration.ofMillis(20))) {
            RefusedCallers.Digest one = callers.of("one");
            one.onRefused(CallerRefusal.BANNED, PEER);
            one.onRefused(CallerRefusal.BANNED, PEER);
            callers.of("two").onRefused(CallerRefusal.BANNED, PEER);

            await().until(() -> events.size() == 3);
            one.onRefused(CallerRefusal.RATE, PEER);
            await().until(() -> events.size() == 4);
        }

        assertThat(events).extracting(StreamEvent::streamId).containsOnlyOnce("two");
        assertThat(events.stream().mapToLong(event -> ((CallersRefused) event).callers()))
                .containsOnly(1L);
    }
}
