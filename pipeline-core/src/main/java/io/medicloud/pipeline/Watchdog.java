// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import java.time.Duration;

/** Looks now and then whether a stream's source does what is expected of it. Belongs to one thread; reads no clock. */
final class Watchdog {
    /** What is to be done. */
    sealed interface Verdict {
        /** All is well, or was told already. */
        record Nothing() implements Verdict {}

        /** To be told. */
        record Stalled(String reason) implements Verdict {}

        /** The stream is to end. */
        record End(String reason, boolean failed) implements Verdict {}
    }

    private static final Verdict NOTHING = new Verdict.Nothing();

    private SourceLimits limits;
    private final long beganMs;
    private final long ranBeforeMs;
    private long lastBytes;
    private long lastBytesMs;
    private boolean isStallTold;

    /** @param ranBeforeMs how long the stream has been running in earlier processes */
    Watchdog(SourceLimits limits, long nowMs, long ranBeforeMs) {
        this.limits = limits;
        this.beganMs = nowMs;
        this.ranBeforeMs = ranBeforeMs;
        this.lastBytesMs = nowMs;
    }

    /** From now on so much is expected. */
    void expect(SourceLimits other) {
        limits = other;
    }

    /**
     * Looks.
     *
     * @param mediaSeen also before the process was started again
     * @param receivedBytes how much has come in all
     */
    Verdict look(PipelineState state, boolean mediaSeen, long receivedBytes, long nowMs) {
        if (state == PipelineState.STOPPING || state.isFinal()) {
            return NOTHING;
        }
        if (isOver(limits.longest(), nowMs - beganMs + ranBeforeMs)) {
            return new Verdict.End("it has run for stream.maxDuration, " + limits.longest(), false);
        }
        if (!mediaSeen && isOver(limits.noMedia(), nowMs - beganMs)) {
            return new Verdict.End("no media has come within stream.noMediaTimeout, " + limits.noMedia(), true);
        }
        boolean isConnected = state == PipelineState.CONNECTED || state == PipelineState.STREAMING;
        if (!isConnected || receivedBytes != lastBytes) {
            lastBytes = receivedBytes;
            lastBytesMs = nowMs;
            isStallTold = false;
        } else if (!isStallTold && isOver(limits.stall(), nowMs - lastBytesMs)) {
            isStallTold = true;
            return new Verdict.Stalled("connected, but nothing has come for stream.stallAfter, " + limits.stall());
        }
        return NOTHING;
    }

    private static boolean isOver(Duration limit, long elapsedMs) {
        return !limit.isZero() && elapsedMs >= limit.toMillis();
    }
}
