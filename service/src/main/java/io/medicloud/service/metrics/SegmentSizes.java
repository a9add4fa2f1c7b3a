// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import io.medicloud.pipeline.event.EventSink;
import io.medicloud.pipeline.event.StreamEvent;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.distribution.TimeWindowMax;
import java.time.Duration;

/** How large the largest segments are that were sealed within the last three minutes, of all streams. Thread-safe. */
public final class SegmentSizes implements EventSink {
    private static final long STEP_MS = Duration.ofMinutes(1).toMillis();
    private static final int STEPS = 3;

    private final TimeWindowMax bytes = new TimeWindowMax(Clock.SYSTEM, STEP_MS, STEPS);
    private final TimeWindowMax milliseconds = new TimeWindowMax(Clock.SYSTEM, STEP_MS, STEPS);

    /** The bytes of the largest. */
    public long mostBytes() {
        return (long) bytes.poll();
    }

    /** The milliseconds of the longest. */
    public long mostMilliseconds() {
        return (long) milliseconds.poll();
    }

    @Override
    public void onEvent(StreamEvent event) {
        if (event instanceof StreamEvent.SegmentSealed sealed) {
            bytes.record((double) sealed.facts().bytes());
            milliseconds.record(sealed.facts().durationSeconds() * 1000);
        }
    }
}
