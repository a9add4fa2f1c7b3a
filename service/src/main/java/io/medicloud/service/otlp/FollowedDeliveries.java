// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.otlp;

import io.medicloud.pipeline.DeliverySink;
import io.medicloud.pipeline.spool.SealedSegment;
import java.time.Duration;

/** Begins and ends the traces of segments, and tells another within them. Thread-safe. */
final class FollowedDeliveries implements DeliverySink {
    private final SegmentTraces traces;
    private final DeliverySink next;

    FollowedDeliveries(SegmentTraces traces, DeliverySink next) {
        this.traces = traces;
        this.next = next;
    }

    @Override
    public void onSpooled(SealedSegment segment, Duration took) {
        SegmentTrace trace = traces.begin(segment, took);
        trace.context().wrap(() -> next.onSpooled(segment, took)).run();
    }

    @Override
    public void onStored(SealedSegment segment, Duration took) {
        SegmentTrace trace = traces.of(segment.streamId(), segment.sequence());
        if (trace == null) {
            next.onStored(segment, took);
            return;
        }
        trace.onStored();
        trace.context().wrap(() -> next.onStored(segment, took)).run();
    }

    @Override
    public void onDone(SealedSegment segment, boolean isListed) {
        SegmentTrace trace = traces.of(segment.streamId(), segment.sequence());
        if (trace != null) {
            if (isListed) {
                trace.onListed();
            }
            trace.end(null);
        }
        next.onDone(segment, isListed);
    }
}
