// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.pipeline.spool.SealedSegment;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;

/** Measures how long segments are on their way, and tells it. Thread-safe. */
final class Deliveries {
    private volatile DeliverySink sink = DeliverySink.NONE;

    void setSink(DeliverySink listener) {
        sink = listener;
    }

    static long nowUs() {
        return TimeUnit.NANOSECONDS.toMicros(System.nanoTime());
    }

    /** Returns the microseconds that it took, or {@link SegmentFigures#NOT_KNOWN}. */
    long onSpooled(SealedSegment segment) {
        long tookUs = tookUs(segment);
        if (tookUs != SegmentFigures.NOT_KNOWN) {
            sink.onSpooled(segment, Duration.of(tookUs, ChronoUnit.MICROS));
        }
        return tookUs;
    }

    /** Returns the microseconds that it took, or {@link SegmentFigures#NOT_KNOWN}. */
    long onStored(SealedSegment segment) {
        long tookUs = tookUs(segment);
        if (tookUs != SegmentFigures.NOT_KNOWN) {
            sink.onStored(segment, Duration.of(tookUs, ChronoUnit.MICROS));
        }
        return tookUs;
    }

    void onDone(SealedSegment segment, boolean isListed) {
        if (segment.arrivedUs() != SealedSegment.NOT_KNOWN) {
            sink.onDone(segment, isListed);
        }
    }

    private static long tookUs(SealedSegment segment) {
        return segment.arrivedUs() == SealedSegment.NOT_KNOWN
                ? SegmentFigures.NOT_KNOWN
                : Math.max(0, nowUs() - segment.arrivedUs());
    }
}
