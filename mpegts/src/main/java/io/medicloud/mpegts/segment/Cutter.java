// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.es.AccessUnitProbe;
import io.medicloud.mpegts.packet.ContinuityCheck;
import io.medicloud.mpegts.packet.FaultSink;
import io.medicloud.mpegts.packet.TsFault;
import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.mpegts.pes.PesHeader;
import io.medicloud.mpegts.psi.SpliceInfo;
import io.netty.buffer.ByteBuf;

/**
 * Decides where segments are cut. When a PES packet of the reference stream begins, the place in front of it is marked; when what begins with it
 * turns out to be a random access point, and the policy says so, the cut is at the mark: backwards.
 */
final class Cutter implements ReferenceReader.Sink {
    private final CutRules rules;
    private final SegmentWriter writer;
    private final Timeline timeline;
    private final FaultSink faults;
    private final HoldWindow window;
    private final Mark mark;
    private final ReferenceReader reader;
    private final SegmentChange change;
    private final StreamHead head = new StreamHead();

    private boolean judging;
    private long nowUs;
    private long marksVoided;

    Cutter(SegmentPolicy policy, SegmentWriter writer, Timeline timeline, PullBack.InForce inForce, FaultSink faults) {
        this.rules = new CutRules(policy);
        this.writer = writer;
        this.faults = faults;
        this.timeline = timeline;
        this.window = new HoldWindow(writer, inForce);
        this.mark = window.mark();
        this.reader = new ReferenceReader(this, policy.repeatParameterSets());
        this.change = new SegmentChange(rules, writer, timeline, window);
    }

    /** Whether nothing is held back and nothing is read, so that a packet of no special meaning needs not be told. */
    boolean isCalm() {
        return window.isEmpty() && !reader.isReading();
    }

    /** What is held back. */
    HoldWindow window() {
        return window;
    }

    long marksVoided() {
        return marksVoided;
    }

    boolean isReferenceSeen() {
        return head.isOver();
    }

    /** The segments that begin from now on have another policy. */
    void setPolicy(SegmentPolicy policy, boolean isSegmentOpen) {
        rules.setPolicy(policy, isSegmentOpen);
    }

    /** The first segment of a stream begins: it ends at the first random access point, unless it begins with one. */
    void onStreamStart() {
        rules.onStreamStart();
        head.reset();
    }

    /** The stream cannot begin independently: other packets came before its tables. */
    void onUnclearHead() {
        head.onUnclear();
    }

    /** Another stream is the reference from now on. */
    void onReference(ReferenceStream stream) {
        letGo();
        judging = false;
        if (reader.stream().standIn()) {
            rules.onRandomAccessWanted(); // The video came for which its audio stood in.
        }
        timeline.onReference();
        if (reader.stream().standIn() || stream.standIn()) {
            timeline.onStandIn();
        }
        reader.follow(stream);
    }

    /** The program's streams are others than before: the next random access point starts a segment. */
    void onTracksChanged() {
        if (head.isOver()) {
            rules.onTracksChanged();
        }
    }

    /** A splice point of the program is announced. */
    void onSplice(SpliceInfo splice) {
        rules.onSplice(splice);
    }

    void onTime(long nowUs) {
        this.nowUs = nowUs;
        if (window.onTime(nowUs)) {
            reader.stop();
        }
    }

    /** A PAT, PMT, SDT, null or PCR-only packet comes next; its counter and its table are not taken in yet. */
    void onPullable(long number, boolean mayBegin) {
        window.onPullable(number, mayBegin);
        checkWindow(number);
    }

    /** Another packet that has nothing to do with the reference stream. */
    void onOther(long number) {
        window.endRun();
        checkWindow(number);
    }

    /** A packet that cannot be trusted: it may be the reference stream's. */
    void onDamaged(long number) {
        window.endRun();
        voidMark();
        checkWindow(number);
    }

    void onContinuityError() {
        writer.addContinuityErrors(1);
        window.onContinuityError();
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
            onPesStart(number, TsPacket.continuityCounter(header));
        } else {
            head.onRest();
            window.endRun();
        }
        if ((header & TsPacket.SCRAMBLING) != 0) {
            onScrambled(unitStart);
        } else {
            reader.onPacket(data, packet, header);
        }
        checkWindow(number);
    }

    /** The segment has no room for this packet. */
    void onFull(long number) {
        if (mark.isSet() && mark.at() > writer.first()) {
            change.atMark();
            judging = reader.isReading();
            return;
        }
        letGo();
        judging = false;
        change.at(number);
    }

    /** The stream ends: whatever is held back is decided. */
    void onEnd() {
        reader.end();
        letGo();
        window.endRun();
        reader.abandon();
    }

    private void onPesStart(long number, int counter) {
        if (reader.goOn()) {
            window.endRun();
            return;
        }
        reader.end();
        letGo();
        window.mark(number, counter);
        head.onPesStart();
        reader.begin();
        judging = false;
    }

    @Override
    public void onMalformed() {
        faults.onFault(TsFault.PES, reader.stream().pid());
        letGo();
    }

    @Override
    public void onHeader(PesHeader header, boolean randomAccess) {
        long pts = header.pts();
        if (!isTimed(header)) {
            return;
        }
        long time = timeline.onTimes(pts, header.dts());
        if (time != Timeline.NONE && !reader.stream().video()) {
            timeline.onAudio(header.bodyLength());
        }
        rules.onTime(time, nowUs);
        mark.onHeader(header, time);
        boolean beginsSegment = mark.isSet() && (head.isOver() ? mark.at() == writer.first() : head.isClear());
        head.onHeader();
        if (mark.isSet() && !beginsSegment && !judging) {
            judgeMark(header, randomAccess);
        } else {
            judging |= beginsSegment;
            if (beginsSegment && !reader.canProbe() && randomAccess) {
                rules.onRandomAccess();
            }
            letGo();
            writer.onPts(pts);
        }
        if (judging || mark.isSet()) {
            startProbe(header);
        }
    }

    @Override
    public void onRestHeader(PesHeader header) {
        if (header.scramblingControl() != 0) {
            voidMark();
        } else if (isTimed(header)) {
            timeline.onTimes(header.pts(), header.dts());
        }
    }

    /** Cuts where times jump. Returns false if the place in front of the PES packet is gone: the jump shows at the next one again. */
    private boolean isTimed(PesHeader header) {
        boolean jump = timeline.isJump(header.pts(), header.dts());
        if (jump && mark.isSet()) {
            judging |= change.atJump();
            return true;
        }
        return !jump;
    }

    private void judgeMark(PesHeader header, boolean randomAccess) {
        long elapsed = timeline.elapsed(mark.time());
        boolean due = rules.isDue(elapsed, mark.pts(), mark.time(), timeline.grace());
        if (rules.isForced(elapsed)
                || (due && !reader.stream().video())
                || (due && !reader.canProbe() && randomAccess)) {
            change.atMark();
            judging = true;
        } else if (!due || !reader.canProbe() || header.scramblingControl() != 0) {
            letGo();
        }
    }

    private void startProbe(PesHeader header) {
        if (!reader.stream().video()) {
            writer.setIndependent(judging && !reader.stream().standIn());
            rules.onRandomAccess();
            judging = false;
        } else if (reader.canProbe() && header.scramblingControl() == 0) {
            reader.probe();
        } else {
            judging = false;
        }
    }

    @Override
    public void onAccessUnit(AccessUnitProbe unit) {
        boolean complete = unit.hasParameterSets();
        if (mark.isSet() && !judging) {
            if (!rules.isEnd(unit, timeline.elapsed(mark.time()))) {
                letGo();
                return;
            }
            byte[] sets = complete ? null : reader.parameterSets();
            change.atMark(sets, reader.stream().pid());
            complete |= sets != null;
            judging = true;
        }
        if (judging) {
            judging = false;
            writer.setIndependent(CutRules.isClean(unit) && complete);
            if (CutRules.isClean(unit)) {
                rules.onRandomAccess();
            }
        }
    }

    private void onScrambled(boolean unitStart) {
        reader.abandon();
        if (unitStart) {
            head.onScrambled();
            if (mark.at() > writer.first() && rules.isForced(timeline.elapsed(Timeline.NONE))) {
                change.atMark();
            }
        }
        voidMark();
    }

    private void checkWindow(long number) {
        if (window.onPacket(number)) {
            reader.stop();
        }
    }

    private void voidMark() {
        if (mark.isSet() || judging) {
            marksVoided++;
        }
        judging = false;
        reader.abandon();
        letGo();
    }

    private void letGo() {
        window.letGo();
        reader.stop();
    }
}
