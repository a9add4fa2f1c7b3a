// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.es.AccessUnitProbe;
import io.medicloud.mpegts.es.RandomAccess;
import io.medicloud.mpegts.packet.AdaptationField;
import io.medicloud.mpegts.packet.ContinuityCheck;
import io.medicloud.mpegts.packet.FaultSink;
import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.packet.TsFault;
import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.mpegts.pes.PesHeader;
import io.medicloud.mpegts.pes.PesTracker;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Decides where segments are cut. When a PES packet of the reference stream begins, the place in front of it is marked; when what begins with it
 * turns out to be a random access point, and the policy says so, the cut is at the mark: backwards.
 */
final class Cutter {
    private final long target;
    private final long longest;
    private final SegmentWriter writer;
    private final Timeline timeline;
    private final InForce inForce;
    private final FaultSink faults;
    private final PullBack run = new PullBack();
    private final Mark mark = new Mark();

    private ReferenceStream reference = ReferenceStream.NONE;
    private PesTracker tracker = new PesTracker();
    private @Nullable AccessUnitProbe probe;
    private boolean headerAwaited;
    private boolean probing;
    private boolean judging;
    private boolean referenceStarted;
    private boolean referenceSeen;
    private boolean randomAccessWanted;
    private boolean independentHead;
    private boolean tracksChanged;
    private long nowUs;
    private long windowsExceeded;
    private long marksVoided;

    /** Sets tables to those in force, with the counters in front of the next packet. */
    interface InForce {
        void mark(TablesInForce tables);
    }

    Cutter(SegmentPolicy policy, SegmentWriter writer, Timeline timeline, InForce inForce, FaultSink faults) {
        this.target = policy.targetTicks();
        this.longest = policy.longestTicks();
        this.writer = writer;
        this.faults = faults;
        this.timeline = timeline;
        this.inForce = inForce;
    }

    /** Whether nothing is held back and nothing is read, so that a packet of no special meaning needs not be told. */
    boolean isCalm() {
        return !mark.isSet() && !run.isRunning() && !probing && !headerAwaited;
    }

    /** The number of the first packet that must be held back. */
    long holdFrom() {
        return Math.min(mark.at(), run.first());
    }

    long windowsExceeded() {
        return windowsExceeded;
    }

    long marksVoided() {
        return marksVoided;
    }

    boolean isReferenceSeen() {
        return referenceSeen;
    }

    /** The first segment of a stream begins: it ends at the first random access point, unless it begins with one. */
    void onStreamStart() {
        randomAccessWanted = true;
        independentHead = true;
        referenceStarted = false;
        referenceSeen = false;
        tracksChanged = false;
    }

    /** The stream cannot begin independently: other packets came before its tables. */
    void onUnclearHead() {
        independentHead = false;
    }

    /** Another stream is the reference from now on. */
    void onReference(ReferenceStream stream) {
        letGo();
        judging = false;
        reference = stream;
        tracker = new PesTracker();
        probe = stream.codec() == null ? null : AccessUnitProbe.of(stream.codec());
    }

    /** The program's streams are others than before: the next random access point starts a segment. */
    void onTracksChanged() {
        tracksChanged = referenceSeen;
    }

    void onTime(long nowUs) {
        this.nowUs = nowUs;
        if (mark.isOverdue(nowUs)) {
            windowsExceeded++;
            letGo();
        }
        if (run.isRunning() && nowUs - run.sinceUs() > Mark.MOST_US) {
            run.end();
        }
    }

    /** A PAT, PMT, SDT, null or PCR-only packet comes next; its counter and its table are not taken in yet. */
    void onPullable(long number, boolean mayBegin) {
        if (run.isRunning() || mayBegin) {
            if (run.begins(number)) {
                inForce.mark(run.tables());
                run.begin(number, nowUs);
            }
        }
        checkWindow(number);
    }

    /** The PAT is complete; it begins with this packet. */
    void onPat(long firstPacket) {
        if (run.isRunning() && firstPacket >= run.first()) {
            run.tables().patFollows();
        }
    }

    /** The program's map is complete; it begins with this packet. */
    void onPmt(long firstPacket) {
        if (run.isRunning() && firstPacket >= run.first()) {
            run.tables().pmtFollows();
        }
    }

    /** Another packet that has nothing to do with the reference stream. */
    void onOther(long number) {
        run.end();
        checkWindow(number);
    }

    /** A packet that cannot be trusted: it may be the reference stream's. */
    void onDamaged(long number) {
        run.end();
        voidMark();
        checkWindow(number);
    }

    void onContinuityError() {
        writer.addContinuityErrors(1);
        mark.onContinuityError();
        run.onContinuityError();
    }

    /** A packet of the reference stream that has payload. */
    void onReferencePacket(ByteBuf data, int packet, int header, int continuity, long number) {
        boolean unitStart = (header & TsPacket.UNIT_START) != 0;
        if (continuity == ContinuityCheck.DUPLICATE || continuity == ContinuityCheck.REPEATED) {
            onOther(number);
            return;
        }
        if (continuity != ContinuityCheck.IN_ORDER) {
            voidMark();
        }
        if (unitStart) {
            onPesStart(number);
        } else {
            independentHead &= referenceStarted;
            run.end();
        }
        if ((header & TsPacket.SCRAMBLING) != 0) {
            onScrambled(unitStart);
        } else {
            read(data, packet, header, unitStart);
        }
        checkWindow(number);
    }

    /** The segment has no room for this packet. */
    void onFull(long number) {
        if (mark.isSet() && mark.at() > writer.first()) {
            cutAtMark();
            judging = probing || headerAwaited;
            return;
        }
        letGo();
        judging = false;
        run.end();
        inForce.mark(mark.tables());
        cut(number, Timeline.NONE, 0);
    }

    /** The stream ends: whatever is held back is decided. */
    void onEnd() {
        finishPes();
        letGo();
        run.end();
        tracker.abandon();
    }

    private void onPesStart(long number) {
        finishPes();
        letGo();
        mark.set(number, nowUs);
        if (run.isRunning()) {
            mark.pullBack(run);
            run.end();
        } else {
            inForce.mark(mark.tables());
        }
        referenceStarted = true;
        headerAwaited = true;
        judging = false;
    }

    /** The PES packet in progress ends: what its access unit is can be decided with what there was of it. */
    private void finishPes() {
        if (probing && probe != null) {
            probe.end();
            onDecided(probe);
        }
    }

    private void read(ByteBuf data, int packet, int header, boolean unitStart) {
        if (!unitStart && !probing && !headerAwaited) {
            return;
        }
        int from = TsPacket.payloadStart(data, packet, header);
        PesTracker.State state = tracker.onPayload(data, from, packet + TsPacket.SIZE, unitStart);
        if (state == PesTracker.State.NONE) {
            faults.onFault(TsFault.PES, reference.pid());
            letGo();
        } else if (state == PesTracker.State.STARTED) {
            headerAwaited = false;
            onHeader(tracker.header(), unitStart && AdaptationField.isRandomAccess(data, packet, header));
        }
        if (probing && probe != null && probe.scan(data, tracker.bodyFrom(), tracker.bodyTo())) {
            onDecided(probe);
        }
    }

    private void onHeader(PesHeader header, boolean randomAccess) {
        long pts = header.pts();
        if (timeline.isJump(pts)) {
            if (!mark.isSet()) {
                return; // Its start is gone: the jump shows at the next PES packet again.
            }
            jump();
        }
        long time = timeline.onPts(pts);
        mark.onHeader(pts, time);
        boolean first = !referenceSeen;
        referenceSeen = true;
        boolean beginsSegment = mark.isSet() && (first ? independentHead : mark.at() == writer.first());
        if (mark.isSet() && !beginsSegment && !judging) {
            judgeMark(header, randomAccess);
        } else {
            judging |= beginsSegment;
            randomAccessWanted &= !(beginsSegment && probe == null && randomAccess);
            letGo();
            writer.onPts(pts);
        }
        if (judging || mark.isSet()) {
            startProbe(header);
        }
    }

    /** Times go on from elsewhere: a segment starts here, whatever this is. */
    private void jump() {
        if (mark.at() > writer.first()) {
            cutAtMark();
            judging = true;
        }
        writer.setDiscontinuity();
        timeline.reset();
    }

    private void judgeMark(PesHeader header, boolean randomAccess) {
        long elapsed = timeline.elapsed(mark.time());
        boolean due = randomAccessWanted || tracksChanged || elapsed >= target - timeline.grace();
        if (elapsed >= longest || (due && !reference.video()) || (due && probe == null && randomAccess)) {
            cutAtMark();
            judging = true;
        } else if (!due || probe == null || header.scramblingControl() != 0) {
            letGo();
        }
    }

    private void startProbe(PesHeader header) {
        if (!reference.video()) {
            writer.setIndependent(judging);
            randomAccessWanted = false;
            judging = false;
        } else if (probe != null && header.scramblingControl() == 0) {
            probe.begin();
            probing = true;
        } else {
            judging = false;
        }
    }

    private void onDecided(AccessUnitProbe decided) {
        probing = false;
        boolean random = decided.kind() != RandomAccess.NONE;
        boolean clean = random && decided.recoveryFrameCount() == 0;
        if (mark.isSet() && !judging) {
            // A gradual refresh is second best: it is taken once half of the time that is left for a better one is
            // over.
            if (!clean && !(random && timeline.elapsed(mark.time()) >= (target + longest) / 2)) {
                letGo();
                return;
            }
            cutAtMark();
            judging = true;
        }
        if (judging) {
            judging = false;
            writer.setIndependent(clean && decided.hasParameterSets());
            randomAccessWanted &= !clean;
        }
    }

    private void onScrambled(boolean unitStart) {
        tracker.abandon();
        if (unitStart) {
            referenceSeen = true;
            independentHead = false;
            if (mark.at() > writer.first() && timeline.elapsed(Timeline.NONE) >= longest) {
                cutAtMark();
            }
        }
        voidMark();
    }

    private void checkWindow(long number) {
        if (mark.isExceeded(number)) {
            windowsExceeded++;
            letGo();
        }
    }

    private void voidMark() {
        if (mark.isSet() || judging) {
            marksVoided++;
        }
        judging = false;
        tracker.abandon();
        letGo();
    }

    /** There will be no cut at the mark: its PES packet belongs to the open segment. */
    private void letGo() {
        if (mark.isSet() && mark.pts() != Pts.NONE) {
            writer.onPts(mark.pts());
        }
        mark.clear();
        probing = false;
        headerAwaited = false;
    }

    private void cutAtMark() {
        long at = mark.at();
        cut(at, mark.time(), mark.errors());
        writer.onPts(mark.pts());
        mark.clear();
    }

    private void cut(long at, long time, long errorsBehind) {
        writer.addContinuityErrors(-errorsBehind);
        writer.end(at, timeline.cut(time));
        writer.begin(tracksChanged);
        writer.inject(mark.tables());
        writer.addContinuityErrors(errorsBehind);
        tracksChanged = false;
        randomAccessWanted = false;
    }
}
