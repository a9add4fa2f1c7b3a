// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import io.medicloud.pipeline.DeliverySink;
import io.medicloud.pipeline.event.EventSink;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.spool.SealedSegment;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import java.time.Duration;

/** How long segments are, and how long they are on their way, of all streams. Thread-safe. */
public final class SegmentMetrics implements EventSink, DeliverySink {
    private static final double[] ON_THE_WAY = {0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30, 60, 300, 1800};
    private static final double[] DURATIONS = {0.5, 1, 2, 4, 6, 8, 10, 12, 15, 20, 30, 60};
    private static final double[] BYTES = {65_536, 262_144, 1e6, 2e6, 4e6, 8e6, 16e6, 32e6, 64e6, 128e6};

    private final DistributionSummary spooled;
    private final DistributionSummary stored;
    private final DistributionSummary durations;
    private final DistributionSummary bytes;
    private final Counter lost;

    public SegmentMetrics(Metrics metrics) {
        spooled = metrics.histogram(MetricCatalog.SEGMENT_SPOOL_SECONDS, ON_THE_WAY);
        stored = metrics.histogram(MetricCatalog.SEGMENT_STORE_SECONDS, ON_THE_WAY);
        durations = metrics.histogram(MetricCatalog.SEGMENT_DURATION_SECONDS, DURATIONS);
        bytes = metrics.histogram(MetricCatalog.SEGMENT_BYTES, BYTES);
        lost = metrics.counter(MetricCatalog.SEGMENTS_LOST);
    }

    @Override
    public void onSpooled(SealedSegment segment, Duration took) {
        spooled.record(took.toNanos() / 1e9);
    }

    @Override
    public void onStored(SealedSegment segment, Duration took) {
        stored.record(took.toNanos() / 1e9);
    }

    @Override
    public void onEvent(StreamEvent event) {
        if (event instanceof StreamEvent.SegmentSealed sealed) {
            durations.record(sealed.facts().durationSeconds());
            bytes.record((double) sealed.facts().bytes());
        } else if (event instanceof StreamEvent.SegmentLost) {
            lost.increment();
        }
    }
}
