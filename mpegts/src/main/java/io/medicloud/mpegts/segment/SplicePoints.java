// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.psi.SpliceCommand;
import io.medicloud.mpegts.psi.SpliceDescriptor;
import io.medicloud.mpegts.psi.SpliceInfo;
import java.util.ArrayList;
import java.util.List;

/** The splice points that are announced and not reached yet (SCTE 35). Times are PTS of 33 bits. */
final class SplicePoints {
    /** Points that are remembered: those that came last. */
    static final int MOST_POINTS = 16;

    /** A point that is further away, ahead or behind, is of another time base. */
    private static final long FURTHEST = 3600L * Pts.HZ;

    private static final int FIRST_BOUNDARY_TYPE = 0x10;
    private static final long NO_EVENT = -1;

    private final List<Point> points = new ArrayList<>();
    private long lastImmediate = NO_EVENT;
    private long reached = Pts.NONE;

    private record Point(long eventId, long pts) {}

    /** A message came. */
    void onSplice(SpliceInfo splice) {
        if (splice.command() instanceof SpliceCommand.SpliceInsert insert) {
            onInsert(insert);
        } else if (splice.command() instanceof SpliceCommand.TimeSignal signal) {
            for (SpliceDescriptor descriptor : splice.descriptors()) {
                if (descriptor instanceof SpliceDescriptor.Segmentation segmentation) {
                    onSegmentation(segmentation, signal.pts());
                }
            }
        }
    }

    private void onInsert(SpliceCommand.SpliceInsert insert) {
        if (!insert.cancelled() && insert.pts() == Pts.NONE && insert.eventId() == lastImmediate) {
            return; // The same message again.
        }
        points.removeIf(point -> point.eventId() == insert.eventId());
        if (insert.cancelled()) {
            return;
        }
        add(insert.eventId(), insert.pts());
        SpliceCommand.BreakDuration duration = insert.breakDuration();
        if (duration != null && duration.autoReturn() && insert.outOfNetwork() && insert.pts() != Pts.NONE) {
            add(insert.eventId(), (insert.pts() + duration.ticks()) & (Pts.WRAP - 1));
        }
    }

    private void onSegmentation(SpliceDescriptor.Segmentation segmentation, long pts) {
        if (segmentation.cancelled()) {
            points.removeIf(point -> point.eventId() == segmentation.eventId());
        } else if (segmentation.typeId() >= FIRST_BOUNDARY_TYPE) {
            // One event has a start and an end: both may be announced.
            points.removeIf(point -> point.eventId() == segmentation.eventId() && point.pts() == pts);
            add(segmentation.eventId(), pts);
        }
    }

    private void add(long eventId, long pts) {
        if (pts == Pts.NONE) {
            if (eventId == lastImmediate) {
                return;
            }
            lastImmediate = eventId;
        } else if (reached != Pts.NONE && Pts.distance(pts, reached) >= 0) {
            return;
        }
        if (points.size() == MOST_POINTS) {
            points.remove(0);
        }
        points.add(new Point(eventId, pts));
    }

    /** Whether a segment ends at a random access point of this PTS, which may come a little early. */
    boolean isDue(long pts, long grace) {
        for (Point point : points) {
            if (isReached(point, pts, grace)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isReached(Point point, long pts, long grace) {
        if (point.pts() == Pts.NONE) {
            return true;
        }
        long past = pts == Pts.NONE ? -FURTHEST : Pts.distance(point.pts(), pts);
        return past >= -grace && past < FURTHEST;
    }

    /** A segment starts at this PTS: points up to there are done. */
    void onCut(long pts, long grace) {
        points.removeIf(point -> isReached(point, pts, grace));
        reached = pts == Pts.NONE ? Pts.NONE : (pts + grace) & (Pts.WRAP - 1);
    }

    /** The times that follow are others. */
    void reset() {
        points.clear();
        reached = Pts.NONE;
    }
}
