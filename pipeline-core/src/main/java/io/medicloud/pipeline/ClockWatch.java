// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.pipeline.event.StreamEvent;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the wall clock against one that does not jump. Nothing that is received depends on the wall clock; what is deleted for its age does, so after
 * a jump it is not believed for a while, in which somebody may set it right. Thread-safe.
 */
final class ClockWatch {
    private static final Logger LOG = LoggerFactory.getLogger(ClockWatch.class);
    private static final long MOST_STEP_MS = 5000;
    private static final Duration DISTRUST = Duration.ofMinutes(15);

    private final InstantSource wall;
    private final LongSupplier steadyMs;
    private final Reporter reporter;
    private long lastOffsetMs;
    private long trustedFromMs;

    /** @param steadyMs milliseconds from somewhere on, which only go up */
    ClockWatch(InstantSource wall, LongSupplier steadyMs, Reporter reporter) {
        this.wall = wall;
        this.steadyMs = steadyMs;
        this.reporter = reporter;
        this.trustedFromMs = steadyMs.getAsLong();
        this.lastOffsetMs = wall.millis() - trustedFromMs;
    }

    /** Is the wall clock to be believed? Looks first, and tells of a jump. */
    synchronized boolean isTrusted() {
        long nowMs = steadyMs.getAsLong();
        long offsetMs = wall.millis() - nowMs;
        long stepMs = offsetMs - lastOffsetMs;
        lastOffsetMs = offsetMs;
        if (Math.abs(stepMs) > MOST_STEP_MS) {
            trustedFromMs = nowMs + DISTRUST.toMillis();
            String reason = "the system's clock jumped by " + Duration.ofSeconds(Math.round(stepMs / 1000.0))
                    + "; no segment is deleted for its age for " + DISTRUST;
            LOG.warn("{}", reason);
            reporter.tell(new StreamEvent.ClockJumped("", reporter.now(), reason));
        }
        return nowMs - trustedFromMs >= 0;
    }
}
