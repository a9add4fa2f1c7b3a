// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.demux.FaultCounters;
import io.medicloud.mpegts.demux.Program;
import io.medicloud.mpegts.demux.SpliceSink;
import io.medicloud.mpegts.demux.SpliceTables;
import io.medicloud.mpegts.packet.AdaptationField;
import io.medicloud.mpegts.packet.ContinuityCheck;
import io.medicloud.mpegts.packet.PacketSink;
import io.medicloud.mpegts.packet.Pcr;
import io.medicloud.mpegts.packet.Pid;
import io.medicloud.mpegts.packet.TsFault;
import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.mpegts.psi.SpliceInfo;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.List;

/** The way of the packets: looks at each, tells those whom it concerns, and lets it leave as soon as it is not held back. */
final class PacketPath implements PacketSink {
    private final ContinuityCheck continuity = new ContinuityCheck();
    private final FaultCounters faults;
    private final ProgramFollower program;
    private final SegmentSink sink;
    private final SpliceTables splices;
    private final PacketFlow flow;
    private final SegmentWriter writer;
    private final Timeline timeline = new Timeline();
    private final Cutter cutter;
    private final ReferenceFollower reference;

    private final PidRoles roles = new PidRoles();

    private SegmentPolicy policy;

    private boolean head;
    private boolean rolesStale;
    private boolean discontinuous;
    private long packets;
    /** The piece that is being read, whose packets leave once it is. */
    private ByteBuf lent = Unpooled.EMPTY_BUFFER;

    PacketPath(
            SegmentPolicy policy,
            SegmentSink sink,
            long firstSequence,
            FaultCounters faults,
            ByteBufAllocator allocator) {
        this.faults = faults;
        this.policy = policy;
        this.program = new ProgramFollower(policy.program(), new Tables(), faults);
        this.sink = sink;
        this.splices = new SpliceTables(new Splices(), faults);
        this.flow = new PacketFlow(sink);
        this.writer = new SegmentWriter(sink, flow, faults, allocator, firstSequence, policy.mostPackets());
        this.cutter = new Cutter(policy, writer, timeline, place -> program.mark(place, continuity), faults);
        this.reference = new ReferenceFollower(policy, cutter, writer, timeline, continuity);
        cutter.onStreamStart();
        assignRoles();
    }

    /** What decides where segments are cut. */
    Cutter cutter() {
        return cutter;
    }

    /** Packets so far. */
    long packets() {
        return packets;
    }

    /** Segments that begin from now on have another policy. */
    void setPolicy(SegmentPolicy next) {
        if (next.program() != policy.program() || next.repeatParameterSets() != policy.repeatParameterSets()) {
            throw new IllegalArgumentException("the program and the repeated parameter sets cannot be others");
        }
        policy = next;
        reference.setPatience(next.longestTicks());
        writer.setMostPackets(next.mostPackets());
        cutter.setPolicy(next, writer.isOpen());
    }

    /** Time passes: hands on what was held back for too long. */
    void onTime(long nowUs) {
        timeline.onTime(nowUs);
        cutter.onTime(nowUs);
        flow.give(Math.min(cutter.window().holdFrom(), packets));
    }

    /** The packets that follow are in this piece, until it is taken back. */
    void onLent(ByteBuf piece) {
        lent = piece;
    }

    /** The piece is read: what of it is not held back leaves. */
    void onTakenBack() {
        leave();
        lent = Unpooled.EMPTY_BUFFER;
    }

    /** The stream has ended: hands on what is held, and ends the open segment. Another one may follow. */
    void end() {
        if (writer.isOpen()) {
            reference.onEnd();
            cutter.onEnd();
            long bitrate = timeline.bitrate();
            writer.end(packets, timeline.cut(Timeline.NONE), bitrate);
            discontinuous = true;
        }
        continuity.reset();
        program.reset();
        splices.follow(List.of());
        timeline.restart();
        reference.reset();
        cutter.onStreamStart();
        assignRoles();
    }

    @Override
    public void onPackets(ByteBuf data, int start, int count) {
        onPlaces(data, start, count);
    }

    @Override
    public int onPlaces(ByteBuf data, int start, int most) {
        if (data.getByte(start) != TsPacket.SYNC_BYTE) {
            return 0;
        }
        enter(data, start);
        int done = 0;
        while (done < most) {
            if (cutter.isCalm()) {
                int room = (int) Math.max(0, Math.min(most - done, writer.full() - packets));
                int passed = continuity.pass(data, start + done * TsPacket.SIZE, room, roles.attention());
                packets += passed;
                done += passed;
            }
            if (done < most) {
                int position = start + done * TsPacket.SIZE;
                int header = data.getInt(position);
                if (!TsPacket.isInSync(header)) {
                    break;
                }
                done++;
                packet(data, position, header);
            }
        }
        exit(data);
        return done;
    }

    @Override
    public void onDamagedPacket(ByteBuf data, int start) {
        enter(data, start);
        cutter.onDamaged(packets++);
        exit(data);
    }

    private void enter(ByteBuf data, int start) {
        if (!writer.isOpen()) {
            timeline.onStreamStart();
            writer.begin(discontinuous);
            discontinuous = false;
        }
        if (!flow.isNext(start, packets)) {
            leave();
            flow.enter(data, start, packets);
        }
    }

    /** Packets of the framer's own buffer, which is written again, leave at once; those of the piece that is lent leave when it is read. */
    @SuppressWarnings("ReferenceEquality")
    private void exit(ByteBuf data) {
        if (data != lent) {
            leave();
        }
    }

    private void packet(ByteBuf data, int packet, int header) {
        long number = packets++;
        if (number >= writer.full()) {
            cutter.onFull(number);
        }
        int pid = TsPacket.pid(header);
        if ((header & TsPacket.TRANSPORT_ERROR) != 0) {
            faults.onFault(TsFault.TRANSPORT_ERROR, pid);
            cutter.onDamaged(number);
            return;
        }
        int role = roles.of(pid);
        boolean payload = (header & TsPacket.PAYLOAD) != 0;
        boolean pullable =
                payload ? (role & PidRoles.PULLABLE) != 0 : AdaptationField.pcr(data, packet, header) != Pcr.NONE;
        if (pullable) {
            boolean continues = payload && (role & PidRoles.TABLE) != 0 && (header & TsPacket.UNIT_START) == 0;
            cutter.onPullable(number, !continues);
        }
        int verdict = pid == Pid.NULL ? ContinuityCheck.IN_ORDER : continuity.step(data, packet, header);
        if (verdict >= ContinuityCheck.BROKEN) {
            onContinuityError(pid);
        }
        if ((role & PidRoles.CLOCK) != 0) {
            onClock(data, packet, header, number);
        }
        if (payload && (role & PidRoles.STANDING_BY) != 0 && (header & TsPacket.UNIT_START) != 0) {
            rolesStale |= reference.onStandingBy(data, packet, header);
        }
        if (payload && pid == reference.pid()) {
            if ((header & TsPacket.UNIT_START) != 0) {
                reference.onPesStart();
            }
            cutter.onReferencePacket(data, packet, header, verdict, number);
        } else if (!pullable) {
            cutter.onOther(number);
        }
        if (payload && (role & PidRoles.TABLE) != 0) {
            program.onPacket(data, packet, header, verdict, number);
        } else if (payload && (role & PidRoles.SPLICES) != 0) {
            splices.onPacket(data, packet, header, verdict, number);
        } else if (payload && !cutter.isReferenceSeen()) {
            reference.onHeadPacket(data, packet, header, program.isPatSeen());
        }
        if (rolesStale || head == cutter.isReferenceSeen()) {
            assignRoles();
        }
    }

    private void onClock(ByteBuf data, int packet, int header, long number) {
        boolean discontinuity = AdaptationField.isDiscontinuity(data, packet, header);
        long pcr = AdaptationField.pcr(data, packet, header);
        if (pcr != Pcr.NONE) {
            timeline.onPcr(pcr, number, discontinuity);
        } else if (discontinuity) {
            timeline.onDiscontinuityAnnounced();
        }
    }

    private void leave() {
        flow.leave(packets, cutter.window().holdFrom());
    }

    private void onContinuityError(int pid) {
        faults.onFault(TsFault.CONTINUITY, pid);
        cutter.onContinuityError();
    }

    private void assignRoles() {
        rolesStale = false;
        head = !cutter.isReferenceSeen();
        roles.assign(
                program.tables(), program.program(), reference.pid(), reference.standingBy(), splices.pids(), head);
    }

    /** What the tables say. */
    private final class Tables implements ProgramFollower.Sink {
        @Override
        public void onPat(long firstPacket) {
            cutter.window().onPat(firstPacket);
        }

        @Override
        public void onPmt(long firstPacket) {
            cutter.window().onPmt(firstPacket);
        }

        @Override
        public void onProgram(Program chosen, boolean changed) {
            if (changed) {
                cutter.onTracksChanged();
            }
            reference.onProgram(chosen);
            splices.follow(List.of(chosen));
            rolesStale = true;
            sink.onProgram(chosen);
        }

        @Override
        public void onTablePids() {
            rolesStale = true;
        }
    }

    /** Tells of splice points. */
    private final class Splices implements SpliceSink {
        @Override
        public void onSplice(int pid, long packet, SpliceInfo splice) {
            cutter.onSplice(splice);
            sink.onSplice(pid, packet, splice);
        }

        @Override
        public void onSpliceSection(SpliceInfo splice, byte[] section, int length) {
            sink.onSpliceSection(splice, section, length);
        }
    }
}
