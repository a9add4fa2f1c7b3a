// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.es.AccessUnitProbe;
import io.medicloud.mpegts.es.RandomAccess;

/** When a segment may end, and when it must. All lengths in 90 kHz. */
final class CutRules {
    private final long target;
    private final long longest;
    private boolean randomAccessWanted;
    private boolean tracksChanged;

    CutRules(SegmentPolicy policy) {
        target = policy.targetTicks();
        longest = policy.longestTicks();
    }

    /** The first segment of a stream ends at the first random access point, unless it begins with one. */
    void onStreamStart() {
        randomAccessWanted = true;
        tracksChanged = false;
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

    /** A segment ends; returns whether the next one has other streams. */
    boolean onCut() {
        boolean changed = tracksChanged;
        tracksChanged = false;
        randomAccessWanted = false;
        return changed;
    }

    /** Whether a segment of this length ends at any picture. */
    boolean isForced(long elapsed) {
        return elapsed >= longest;
    }

    /** Whether a segment of this length ends at a random access point, which may come a little early. */
    boolean isDue(long elapsed, long grace) {
        return randomAccessWanted || tracksChanged || elapsed >= target - grace;
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
