// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.packet.Pts;

/**
 * What is held back: from the mark on, the place where a segment may start, or from where the run of tables and stuffing begins over which the next mark
 * would be pulled back. Bounded in packets and in time.
 */
final class HoldWindow {
    private final PullBack.InForce inForce;
    private final SegmentWriter writer;
    private final PullBack run = new PullBack();
    private final Mark mark = new Mark();
    private long nowUs;
    private long exceeded;

    HoldWindow(SegmentWriter writer, PullBack.InForce inForce) {
        this.writer = writer;
        this.inForce = inForce;
    }

    /** The place in front of the PES packet that is being judged. */
    Mark mark() {
        return mark;
    }

    /** Whether nothing is held back. */
    boolean isEmpty() {
        return !mark.isSet() && !run.isRunning();
    }

    /** The number of the first packet that must be held back. */
    long holdFrom() {
        return Math.min(mark.at(), run.first());
    }

    /** How often more would have been held back than may be. */
    long exceeded() {
        return exceeded;
    }

    /** Time passes. Returns whether the mark was let go, as it waited for too long. */
    boolean onTime(long nowUs) {
        this.nowUs = nowUs;
        if (run.isRunning() && nowUs - run.sinceUs() > Mark.MOST_US) {
            run.end();
        }
        return mark.isOverdue(nowUs) && giveUp();
    }

    /** Packets up to this one are there. Returns whether the mark was let go, as that is too many. */
    boolean onPacket(long number) {
        return mark.isExceeded(number) && giveUp();
    }

    private boolean giveUp() {
        exceeded++;
        letGo();
        return true;
    }

    /** A packet over which a mark is pulled back comes next; its counter and its table are not taken in yet. */
    void onPullable(long number, boolean mayBegin) {
        run.onPacket(number, mayBegin, inForce, nowUs);
    }

    /** The PAT is complete; it begins with this packet. */
    void onPat(long firstPacket) {
        run.onPat(firstPacket);
    }

    /** The program's map is complete; it begins with this packet. */
    void onPmt(long firstPacket) {
        run.onPmt(firstPacket);
    }

    void onContinuityError() {
        mark.onContinuityError();
        run.onContinuityError();
    }

    /** Another packet: what stands in front of it is no longer directly in front of a mark. */
    void endRun() {
        run.end();
    }

    /** A PES packet begins with this packet, which has this counter: marks the place in front of it, and of the run in front of that. */
    void mark(long number, int counter) {
        mark.set(number, counter, nowUs);
        if (run.isRunning()) {
            mark.pullBack(run);
            run.end();
        } else {
            inForce.mark(mark.tables());
        }
    }

    /** The tables in force now. */
    TablesInForce tablesNow() {
        inForce.mark(mark.tables());
        return mark.tables();
    }

    /** There will be no cut at the mark: its PES packet belongs to the open segment. */
    void letGo() {
        if (mark.isSet() && mark.pts() != Pts.NONE) {
            writer.onPts(mark.pts());
        }
        mark.clear();
    }
}
