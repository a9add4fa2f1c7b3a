// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.pipeline.event.StreamEvent;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LimitMetricsTest {
    private final Metrics all = new Metrics();
    private final LimitMetrics metrics = new LimitMetrics(all);

    @AfterEach
    void close() {
        all.close();
    }

    private List<String> lines() {
        return all.text(Metrics.MEDIA_TYPE)
                .lines()
                .filter(line -> line.startsWith("medicloud_limit"))
                .toList();
    }

    @Test
    void aLimitIsToldWithItsUseAndHowOftenItWasReached() {
        AtomicLong streams = new AtomicLong(3);
        metrics.add("stream.limit", () -> 500, streams::get);
        metrics.onRefused("stream.limit: 500 streams are open, no more may");
        metrics.onEvent(new StreamEvent.LimitReached("live", Instant.EPOCH, "stream.maxBitrate", "dropped"));
        metrics.onEvent(new StreamEvent.LimitReached("live", Instant.EPOCH, "stream.maxBitrate", "dropped"));
        streams.set(500);

        assertThat(lines())
                .containsExactlyInAnyOrder(
                        "medicloud_limit{limit=\"stream.limit\"} 500.0",
                        "medicloud_limit_used{limit=\"stream.limit\"} 500.0",
                        "medicloud_limit_reached_total{limit=\"stream.limit\"} 1.0",
                        "medicloud_limit_reached_total{limit=\"stream.maxBitrate\"} 2.0");
    }

    @Test
    void namesDoNotPileUp() {
        for (int i = 0; i < 1000; i++) {
            metrics.onReached("name-" + i);
        }
        metrics.onRefused(null);
        metrics.onRefused("no name");
        assertThat(lines().stream().filter(line -> line.startsWith("medicloud_limit_reached_total")))
                .hasSize(64);
    }
}
