// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.probe;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.packet.PtsClock;
import java.util.Arrays;

/** The time that the PES packets, or clock references, of one PID cover. Jumps of the time base are left out. In 90 kHz. */
final class TimeSpan {
    /** A step of more than this is another time base. */
    private static final long LONGEST_STEP = 10L * Pts.HZ;
    /** Steps kept for the median. */
    private static final int MOST_STEPS = 255;

    private final PtsClock clock = new PtsClock();
    private final long[] steps = new long[MOST_STEPS];
    private int stepCount;
    private long assumedStep;
    private long closed;
    private boolean jumped;
    private boolean open;
    private long first;
    private long last;
    private long latest;
    private long bytes;
    private long latestBytes;

    /**
     * A PES packet with times.
     *
     * @param near a time in whose neighbourhood the first one is taken, so that spans of several PIDs can be compared
     */
    void onTimes(long pts, long dts, long near) {
        if (!clock.isRunning()) {
            clock.unroll(near);
        }
        long before = clock.last();
        long decoding = clock.unroll(dts);
        long delay = Pts.distance(dts, pts);
        // No picture waits that long to be shown: one of the two times is damaged.
        long presentation = Math.abs(delay) > LONGEST_STEP ? decoding : decoding + delay;
        if (open) {
            onStep(decoding - before);
        }
        bytes = open ? bytes + latestBytes : 0;
        latestBytes = 0;
        latest = presentation;
        first = open ? Math.min(first, presentation) : presentation;
        last = open ? Math.max(last, presentation) : presentation;
        open = true;
    }

    private void onStep(long step) {
        if (Math.abs(step) > LONGEST_STEP) {
            closed += last - first + step();
            jumped = true;
            open = false;
        } else if (step > 0 && stepCount < MOST_STEPS) {
            steps[stepCount++] = step;
        }
    }

    /** How long a PES packet lasts, as long as there were fewer than two. */
    void assumeStep(long ticks) {
        assumedStep = ticks;
    }

    /** The median of the time from one PES packet to the next; what is assumed, else 0, if there were fewer than two. */
    long step() {
        long[] sorted = Arrays.copyOf(steps, stepCount);
        Arrays.sort(sorted);
        return stepCount == 0 ? assumedStep : sorted[stepCount / 2];
    }

    boolean isEmpty() {
        return !open;
    }

    /** Whether the time base jumped: then first and last are those since. */
    boolean hasJumped() {
        return jumped;
    }

    long first() {
        return first;
    }

    /** The end of the last PES packet: it is as long as those before it. */
    long end() {
        return last + step();
    }

    /** The end of the last PES packet where its length goes with its bytes: of audio, it may hold fewer frames than others. */
    long endByBytes() {
        return bytes == 0 ? end() : last + Math.min(step(), latestBytes * (latest - first) / bytes);
    }

    /** So many bytes of the PES packet at hand. */
    void onBytes(int count) {
        latestBytes += count;
    }

    /** All that was covered. */
    long total() {
        return closed + (open ? end() - first : 0);
    }
}
