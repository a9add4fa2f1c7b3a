// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.pipeline.spool.SpoolStream;
import org.jspecify.annotations.Nullable;

/**
 * A time of dropping: begins when the spool is full or the disk has failed, ends when there is room, or when the disk has
 * earned another try. Belongs to the stream's thread.
 */
final class Overflow {
    /** How often a disk that failed is tried again, and how often a long time of dropping is told. */
    static final long STEP_US = 1_000_000;

    private final SpoolStream spool;
    private boolean active;
    private String reason = "";
    private long untold;
    private long stepUs;
    private long toldUs;

    Overflow(SpoolStream spool) {
        this.spool = spool;
    }

    boolean isActive() {
        return active;
    }

    String reason() {
        return reason;
    }

    void begin(long nowUs) {
        active = true;
        reason = spool.whyFull();
        stepUs = nowUs;
        toldUs = nowUs;
    }

    /** One more piece that is dropped. */
    void drop(int bytes) {
        untold += bytes;
    }

    /** May the stream go on? Then the time of dropping is over. */
    boolean tryEnd(long nowUs) {
        @Nullable String fault = spool.fault();
        if (fault != null) {
            reason = fault;
            if (nowUs - stepUs < STEP_US) {
                return false;
            }
            stepUs = nowUs;
        }
        if (!spool.hasRoom()) {
            return false;
        }
        spool.clearFault();
        active = false;
        return true;
    }

    /** Is it time to tell of what was dropped? */
    boolean isTellingDue(long nowUs) {
        return untold > 0 && nowUs - toldUs >= STEP_US;
    }

    /** What was dropped and not told yet; it counts as told now. */
    long takeUntold(long nowUs) {
        long bytes = untold;
        untold = 0;
        toldUs = nowUs;
        return bytes;
    }
}
