// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

import io.medicloud.mpegts.es.RandomAccess;
import io.medicloud.mpegts.packet.Pts;
import org.jspecify.annotations.Nullable;

/** Frame rate by decoding times, and groups of pictures from one random access point to the next. Not thread-safe. */
final class PictureStatistics {
    /** Decoding times that lie farther apart belong to different time bases. */
    private static final long LONGEST_STEP = 10L * Pts.HZ;

    private final MissingPictures missing = new MissingPictures();
    private long pictures;
    private long lastDts = Pts.NONE;
    private long sinceDts;
    private long ticks;
    private long timed;
    private double shortest = Double.MAX_VALUE;
    private double longest;

    private long points;
    private boolean inGroup;
    private long inThisGroup;
    private long thisGroupTicks;
    private long groups;
    private long groupSum;
    private long smallest = Long.MAX_VALUE;
    private long largest;
    private long longestGroupTicks;
    private long lastGroup;
    private long lastGroupTicks;

    /**
     * An access unit has come.
     *
     * @param dts as sent, or {@link Pts#NONE}
     */
    void onAccessUnit(RandomAccess kind, long dts) {
        pictures++;
        missing.onAccessUnit(dts);
        sinceDts++;
        long step = dts == Pts.NONE || lastDts == Pts.NONE ? 0 : Pts.distance(lastDts, dts);
        if (step > 0 && step <= LONGEST_STEP) {
            ticks += step;
            timed += sinceDts;
            double each = (double) step / sinceDts;
            shortest = Math.min(shortest, each);
            longest = Math.max(longest, each);
            thisGroupTicks += step;
        }
        if (dts != Pts.NONE) {
            lastDts = dts;
            sinceDts = 0;
        }
        if (kind != RandomAccess.NONE) {
            endGroup();
            points++;
            inGroup = true;
            inThisGroup = 0;
            thisGroupTicks = 0;
        }
        inThisGroup++;
    }

    private void endGroup() {
        if (inGroup) {
            groups++;
            groupSum += inThisGroup;
            smallest = Math.min(smallest, inThisGroup);
            largest = Math.max(largest, inThisGroup);
            longestGroupTicks = Math.max(longestGroupTicks, thisGroupTicks);
            lastGroup = inThisGroup;
            lastGroupTicks = thisGroupTicks;
        }
    }

    /**
     * Packets are missing: what lies around this is no group, and no frame interval.
     *
     * @param isWithin an access unit had begun, and is damaged
     */
    void onGap(boolean isWithin) {
        missing.onGap(isWithin);
        inGroup = false;
        lastDts = Pts.NONE;
        sinceDts = 0;
    }

    MonitorReport.VideoReport report(int pid, MonitorReport.@Nullable BufferReport buffers) {
        boolean rated = timed > 0;
        boolean grouped = groups > 0;
        return new MonitorReport.VideoReport(
                pid,
                pictures,
                rated ? (double) timed * Pts.HZ / ticks : null,
                rated ? shortest * 1000 / Pts.HZ : null,
                rated ? longest * 1000 / Pts.HZ : null,
                points,
                grouped ? smallest : null,
                grouped ? (double) groupSum / groups : null,
                grouped ? largest : null,
                grouped ? (double) longestGroupTicks / Pts.HZ : null,
                grouped ? lastGroup : null,
                grouped ? (double) lastGroupTicks / Pts.HZ : null,
                buffers,
                missing.missing(),
                missing.damaged());
    }
}
