// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.packet.ContinuityCheck;
import io.medicloud.mpegts.packet.Pid;
import io.medicloud.mpegts.packet.TsPacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * PAT and PMT as they are in force at a place in the stream, with the last counters seen on their PIDs before it, and whether they stand behind that place
 * anyway. What a segment that starts there needs in front.
 */
final class TablesInForce {
    private @Nullable TableCopy pat;
    private @Nullable TableCopy pmt;
    private int patCounter;
    private int pmtCounter;
    private boolean patFollows;
    private boolean pmtFollows;

    /** This place is now: behind all packets so far. */
    void mark(TableRecorder pats, TableRecorder pmts, int pmtPid, ContinuityCheck continuity) {
        pat = pats.copy();
        pmt = pmts.copy();
        patCounter = continuity.last(Pid.PAT);
        pmtCounter = pmtPid == Pid.NONE ? 0 : continuity.last(pmtPid);
        patFollows = false;
        pmtFollows = false;
    }

    /** This place is that of another. */
    void set(TablesInForce other) {
        pat = other.pat;
        pmt = other.pmt;
        patCounter = other.patCounter;
        pmtCounter = other.pmtCounter;
        patFollows = other.patFollows;
        pmtFollows = other.pmtFollows;
    }

    /** A whole PAT stands behind this place, and in front of what the segment is cut for. */
    void patFollows() {
        patFollows |= !pmtFollows; // Behind the PMT it is no help: a PMT in front of its PAT is not understood.
    }

    /** A whole PMT does. */
    void pmtFollows() {
        pmtFollows = true;
    }

    /** What stands behind this place is behind something that needs tables in front of it: copies of both are needed. */
    void needBoth() {
        patFollows = false;
        pmtFollows = false;
    }

    /** How many packets a segment that starts here needs in front. */
    int count() {
        return (isPatNeeded() && pat != null ? pat.count() : 0) + (isPmtNeeded() && pmt != null ? pmt.count() : 0);
    }

    /** Copies of them; given. */
    ByteBuf copies(ByteBufAllocator allocator) {
        ByteBuf out = allocator.buffer(count() * TsPacket.SIZE);
        if (isPatNeeded() && pat != null) {
            pat.write(out, patCounter);
        }
        if (isPmtNeeded() && pmt != null) {
            pmt.write(out, pmtCounter);
        }
        return out;
    }

    private boolean isPatNeeded() {
        return !patFollows || !pmtFollows;
    }

    private boolean isPmtNeeded() {
        return !pmtFollows;
    }
}
