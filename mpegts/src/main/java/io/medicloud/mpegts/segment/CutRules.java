// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.es.AccessUnitProbe;
import io.medicloud.mpegts.es.RandomAccess;
import io.medicloud.mpegts.psi.SpliceInfo;
import org.jspecify.annotations.Nullable;

/** When a segment may end, and when it must. All lengths in 90 kHz. */
final class CutRules {
    private long target;
    private long shortest;
    private long longest;
    private boolean atWallClock;
    private long wallClockUs;
    private boolean atSplices;
    private final WallClock wallClock;
    /** Of the next segment, if that has another. */
    private @Nullable SegmentPolicy next;

    private final SplicePoints splices = new SplicePoints();
    private boolean randomAccessWanted;
    private boolean tracksChanged;

    CutRules(SegmentPolicy policy) {
        wallClock = new WallClock(periodUs(policy));
        take(policy);
    }

    private static long periodUs(SegmentPolicy policy) {
        return policy.target().toNanos() / 1000;
    }

    private void take(SegmentPolicy policy) {
        target = policy.targetTicks();
        shortest = policy.shortestTicks();
        longest = policy.longestTicks();
        atWallClock = policy.isAtWallClock();
        wallClockUs = policy.wallClockUs();
        atSplices = policy.atSplices();
        wallClock.setPeriod(periodUs(policy));
    }

    /** The next segment has another policy. */
    void setPolicy(SegmentPolicy policy, boolean isSegmentOpen) {
        next = policy;
        if (!isSegmentOpen) {
            takeNext();
        }
    }

    private void takeNext() {
        SegmentPolicy waiting = next;
        if (waiting != null) {
            next = null;
            take(waiting);
        }
    }

    /** The first segment of a stream ends at the first random access point, unless it begins with one. */
    void onStreamStart() {
        takeNext();
        randomAccessWanted = true;
        tracksChanged = false;
        onJump();
    }

    /** The reference stream's next time, in running ticks, arrives. */
    void onTime(long time, long nowUs) {
        if (atWallClock && time != Timeline.NONE) {
            wallClock.onTime(time, nowUs + wallClockUs);
        }
    }

    /** A splice point is announced. */
    void onSplice(SpliceInfo splice) {
        if (atSplices) {
            splices.onSplice(splice);
        }
    }

    /** The times that follow are others. */
    void onJump() {
        wallClock.reset();
        splices.reset();
    }

    /** The open segment ends at the next random access point, however short it is. */
    void onRandomAccessWanted() {
        randomAccessWanted = true;
    }

    /** The open segment begins with a random access point. */
    void onRandomAccess() {
        randomAccessWanted = false;
    }

    /** The streams are others than before: as above, and the next segment is a discontinuity. */
    void onTracksChanged() {
        tracksChanged = true;
    }

    /** A segment ends, and the next one starts at this PTS, the time {@code time}; returns whether that has other streams. */
    boolean onCut(long pts, long time, long grace) {
        takeNext();
        boolean changed = tracksChanged;
        tracksChanged = false;
        randomAccessWanted = false;
        wallClock.onCut(time, grace);
        splices.onCut(pts, grace);
        return changed;
    }

    /** Whether a segment of this length ends at any picture. */
    boolean isForced(long elapsed) {
        return elapsed >= longest;
    }

    /** Whether a segment of this length ends at a random access point with these times, which may come a little early. */
    boolean isDue(long elapsed, long pts, long time, long grace) {
        if (tracksChanged) {
            return true;
        }
        if (elapsed < shortest - grace) {
            return false;
        }
        boolean byTheClock = atWallClock && time != Timeline.NONE;
        boolean over = byTheClock ? wallClock.isDue(time, grace) : elapsed >= target - grace;
        return over || randomAccessWanted || (atSplices && splices.isDue(pts, grace));
    }

    /**
     * Whether this access unit is a random access point at which a segment of this length, if it is due, ends. A gradual refresh (recovery_frame_cnt above 0) is
     * second best: it is taken once half of the time that is left for a better one is over.
     */
    boolean isEnd(AccessUnitProbe unit, long elapsed) {
        return isClean(unit) || (unit.kind() != RandomAccess.NONE && elapsed >= (target + longest) / 2);
    }

    /** Whether a decoder can start here with a whole picture. */
    static boolean isClean(AccessUnitProbe unit) {
        return unit.kind() != RandomAccess.NONE && unit.recoveryFrameCount() == 0;
    }
}
