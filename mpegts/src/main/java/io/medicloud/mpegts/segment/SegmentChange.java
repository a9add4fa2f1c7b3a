// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.packet.Pid;
import io.medicloud.mpegts.packet.Pts;
import org.jspecify.annotations.Nullable;

/** Ends the open segment and begins the next one, with the tables in force in front: at the mark, or in front of any packet. */
final class SegmentChange {
    private final CutRules rules;
    private final SegmentWriter writer;
    private final Timeline timeline;
    private final HoldWindow window;
    private final Mark mark;

    SegmentChange(CutRules rules, SegmentWriter writer, Timeline timeline, HoldWindow window) {
        this.rules = rules;
        this.writer = writer;
        this.timeline = timeline;
        this.window = window;
        this.mark = window.mark();
    }

    /** Cuts at the mark. */
    void atMark() {
        atMark(null, Pid.NONE);
    }

    /** Cuts at the mark, with these parameter sets of the stream on this PID in front, if any. */
    void atMark(byte @Nullable [] parameterSets, int pid) {
        long at = mark.at();
        if (parameterSets != null) {
            mark.tables().needBoth();
        }
        cut(at, mark.pts(), mark.time(), mark.errors());
        if (parameterSets != null) {
            writer.inject(parameterSets, mark, pid);
        }
        writer.onPts(mark.pts());
        mark.clear();
    }

    /** Times go on from elsewhere: a segment starts at the mark, whatever this is. Returns whether another one ended there. */
    boolean atJump() {
        boolean within = mark.at() > writer.first();
        if (within) {
            atMark();
        }
        writer.setDiscontinuity();
        timeline.reset();
        rules.onJump();
        return within;
    }

    /** Cuts in front of this packet, whatever it is. */
    void at(long number) {
        window.endRun();
        window.tablesNow();
        cut(number, Pts.NONE, Timeline.NONE, 0);
    }

    private void cut(long at, long pts, long time, long errorsBehind) {
        writer.addContinuityErrors(-errorsBehind);
        long bitrate = timeline.bitrate();
        writer.end(at, timeline.cut(time), bitrate);
        writer.begin(rules.onCut(pts, time, timeline.grace()));
        writer.inject(mark.tables());
        writer.addContinuityErrors(errorsBehind);
    }
}
