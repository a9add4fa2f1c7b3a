// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

import io.medicloud.mpegts.packet.Pts;

/**
 * Counts pictures that are not there, by the gaps that they leave between decoding times, and pictures of which packets are missing. A stream whose pictures come as they like has no
 * usual distance between them, and none is missed. Not thread-safe.
 */
final class MissingPictures {
    /** Decoding times that lie farther apart belong to different time bases. */
    private static final long LONGEST_STEP = 10L * Pts.HZ;
    /** Of a distance: what more there is, is another picture. */
    private static final double HALF = 0.5;

    private long lastDts = Pts.NONE;
    /** Access units since then, damaged ones too. */
    private long units;

    private long lastTicks;
    private long usualTicks;
    private long missing;
    private long damaged;

    /**
     * An access unit has come, as a whole.
     *
     * @param dts as sent, or {@link Pts#NONE}
     */
    void onAccessUnit(long dts) {
        units++;
        if (dts == Pts.NONE) {
            return;
        }
        long step = lastDts == Pts.NONE ? 0 : Pts.distance(lastDts, dts);
        if (step > 0 && step <= LONGEST_STEP) {
            measure(step);
        }
        lastDts = dts;
        units = 0;
    }

    private void measure(long step) {
        long each = step / units;
        if (usualTicks > 0 && step > (units + HALF) * usualTicks) {
            missing += Math.round((double) step / usualTicks) - units;
            return;
        }
        // Rates such as 59.94 alternate between two distances.
        if (Math.abs(each - lastTicks) <= 1) {
            usualTicks = each;
        }
        lastTicks = each;
    }

    /**
     * Packets of the stream are missing.
     *
     * @param isWithin an access unit had begun
     */
    void onGap(boolean isWithin) {
        if (isWithin) {
            damaged++;
            units++;
        }
    }

    long missing() {
        return missing;
    }

    long damaged() {
        return damaged;
    }
}
