// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.pipeline.event.StreamEvent;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LimitMetricsTest {
    private final LimitMetrics metrics = new LimitMetrics();

    @Test
    void aLimitIsToldWithItsUseAndHowOftenItWasReached() {
        AtomicLong streams = new AtomicLong(3);
        metrics.add("stream.limit", () -> 500, streams::get);
        metrics.onRefused("stream.limit: 500 streams are open, no more may");
        metrics.onEvent(new StreamEvent.LimitReached("live", Instant.EPOCH, "stream.maxBitrate", "dropped"));
        metrics.onEvent(new StreamEvent.LimitReached("live", Instant.EPOCH, "stream.maxBitrate", "dropped"));
        streams.set(500);

        assertThat(metrics.text().lines().filter(line -> !line.startsWith("#")))
                .containsExactly(
                        "medicloud_limit{limit=\"stream.limit\"} 500",
                        "medicloud_limit_used{limit=\"stream.limit\"} 500",
                        "medicloud_limit_reached_total{limit=\"stream.limit\"} 1",
                        "medicloud_limit_reached_total{limit=\"stream.maxBitrate\"} 2");
    }

    @Test
    void namesDoNotPileUp() {
        for (int i = 0; i < 1000; i++) {
            metrics.onReached("name-" + i);
        }
        metrics.onRefused(null);
        metrics.onRefused("no name");
        assertThat(metrics.text().lines().filter(line -> line.startsWith("medicloud_limit_reached_total")))
                .hasSize(64);
    }
}
