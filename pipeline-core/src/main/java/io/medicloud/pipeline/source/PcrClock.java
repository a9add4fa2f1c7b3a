// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.source;

import io.medicloud.mpegts.packet.Pcr;

/**
 * Says when a stream's program clock references are due (ISO/IEC 13818-1, 2.4.2.1). Goes by the first PID that has them; where they jump,
 * time goes on from the jump. One stream, one thread.
 */
public final class PcrClock {
    /** They come at least every 100 ms; a step longer than this, or back, is another time line. */
    private static final long LONGEST_STEP = 2L * Pcr.HZ;

    private static final int TICKS_PER_US = Pcr.HZ / 1_000_000;
    private static final int NO_PID = -1;

    private int pid = NO_PID;
    private long lastPcr = Pcr.NONE;
    private long dueUs;
    private long intervalUs;

    /** A clock that has seen no reference yet. */
    public PcrClock() {}

    /** Is there a clock reference to go by yet? */
    public boolean isBegun() {
        return pid != NO_PID;
    }

    /**
     * The next clock reference of the stream.
     *
     * @param jumpUs when it is due if a time line begins with it
     * @return false if it is another program's, and changes nothing
     */
    public boolean onPcr(int fromPid, long pcr, long jumpUs) {
        if (pid != NO_PID && fromPid != pid) {
            return false;
        }
        long step = lastPcr == Pcr.NONE ? -1 : Pcr.distance(lastPcr, pcr);
        boolean isJump = step < 0 || step > LONGEST_STEP;
        intervalUs = isJump ? 0 : step / TICKS_PER_US;
        dueUs = isJump ? jumpUs : dueUs + intervalUs;
        pid = fromPid;
        lastPcr = pcr;
        return true;
    }

    /** When the last one is due, in microseconds on the clock of the {@code jumpUs}. */
    public long dueUs() {
        return dueUs;
    }

    /** From the one before to the last one, in microseconds; 0 if a time line began with it. */
    public long intervalUs() {
        return intervalUs;
    }
}
