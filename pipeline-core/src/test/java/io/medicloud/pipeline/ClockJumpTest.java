// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import static io.medicloud.pipeline.support.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.record.LoggedEvent;
import io.medicloud.pipeline.spool.Spool;
import io.medicloud.pipeline.spool.SpoolAccess;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The system's clock is set forward, back, and both all the time. */
class ClockJumpTest extends PipelineScene {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private final AtomicReference<Instant> now = new AtomicReference<>(NOW);

    private void open(InstantSource clock, RetentionLimits retention) throws Exception {
        pipelines.close();
        Limits limits = Limits.DEFAULT.withRetention(retention);
        Spool spool = SpoolAccess.open(folder.resolve("spool"), limits.spool(), disk);
        pipelines = new Pipelines(spool, store, limits, events, clock);
    }

    @Test
    void nothingIsDeletedForItsAgeAfterAJumpAndTheJumpIsTold() throws Exception {
        open(now::get, new RetentionLimits(Duration.ofHours(1), 0, 0, Duration.ofMillis(50)));
        Pipeline pipeline = start();
        source.connect();
        source.push(MEDIA);
        get(pipeline.stop("stopped", PATIENCE));
        int stored = store.stored().size();

        now.set(NOW.plus(Duration.ofDays(400)));
        await().until(() -> !events.of(StreamEvent.ClockJumped.class).isEmpty());
        now.set(NOW.minus(Duration.ofDays(1)));
        await().until(() -> events.of(StreamEvent.ClockJumped.class).size() == 2);

        assertThat(events.of(StreamEvent.SegmentExpired.class)).isEmpty();
        assertThat(Files.readAllLines(stored().resolve("segments.jsonl"))).hasSize(stored);
        assertThat(events.of(StreamEvent.ClockJumped.class))
                .extracting(StreamEvent.ClockJumped::reason)
                .first()
                .asString()
                .contains("PT9600H");
    }

    @Test
    void aClockThatJumpsToAndFroCostsNothingAndCursorsRise() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        open(
                () -> NOW.plusSeconds(looks.incrementAndGet() % 2 == 0 ? 3600 : -3600),
                new RetentionLimits(Duration.ZERO, 0, 0, Duration.ofMinutes(1)));
        Pipeline pipeline = start();
        source.connect();
        source.push(MEDIA);
        source.disconnect();
        source.connect();
        source.push(MEDIA);
        get(pipeline.stop("stopped", PATIENCE));

        assertThat(events.joined(stored())).isEqualTo(concat(MEDIA, MEDIA));
        events.checkOrder();
        assertThat(pipelines.ledger().events(0, 1000))
                .extracting(LoggedEvent::cursor)
                .isSorted()
                .doesNotHaveDuplicates()
                .hasSizeGreaterThan(20);
    }
}
