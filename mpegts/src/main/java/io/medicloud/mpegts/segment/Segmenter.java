// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.demux.FaultCounters;
import io.medicloud.mpegts.demux.Program;
import io.medicloud.mpegts.demux.ProgramTables;
import io.medicloud.mpegts.demux.TablesSink;
import io.medicloud.mpegts.packet.AdaptationField;
import io.medicloud.mpegts.packet.ContinuityCheck;
import io.medicloud.mpegts.packet.FaultSink;
import io.medicloud.mpegts.packet.PacketFramer;
import io.medicloud.mpegts.packet.PacketSink;
import io.medicloud.mpegts.packet.Pcr;
import io.medicloud.mpegts.packet.Pid;
import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.packet.TsFault;
import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.mpegts.psi.Pat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Arrays;

/**
 * Cuts a transport stream, live or from a file, into segments that each begin with PAT, PMT and a random access point, as far as the stream has them.
 *
 * <p>Takes bytes in pieces of any size, and packets of 188, 192 or 204 bytes, which leave as 188. The input's packets leave untouched and in order, as
 * slices of the buffers they came in; only a packet that straddles two buffers is copied. In front of a segment that does not begin with PAT and PMT
 * come copies of those in force. What is cut where does not depend on the pieces.
 *
 * <p>Segments are timed by the first video stream of the PAT's first program; without video by its first audio stream, which is cut at the start of any of
 * its PES packets. Packets are held back while it is decided whether a segment starts in front of them: {@link Mark#MOST_PACKETS} packets,
 * {@link Mark#MOST_BYTES} bytes from the start of a PES packet, and {@link PullBack#MOST_PACKETS} of tables and stuffing in front of it, for
 * {@link Mark#MOST_US} µs at most. All else is handed on before a call returns.
 *
 * <p>Bad input is counted and reported, never thrown. Time is an argument, in µs from any origin; for a file, where it means nothing, hand in 0. Not
 * thread-safe. Call {@link #finish} in the end: it hands on what is held, and releases it.
 */
public final class Segmenter {
    /** The sync byte: in {@code attention}, any packet of this PID has a special meaning. */
    private static final int ALWAYS = TsPacket.SYNC_BYTE << 24;

    private static final byte TABLE = 1;
    private static final byte PULLABLE = 2;
    private static final byte REFERENCE = 4;
    private static final byte CLOCK = 8;

    private final PacketFramer framer;
    private final ContinuityCheck continuity = new ContinuityCheck();
    private final FaultCounters faults;
    private final ProgramTables tables;
    private final PacketFlow flow;
    private final SegmentWriter writer;
    private final Timeline timeline = new Timeline();
    private final Cutter cutter;
    private final TableRecorder pats = new TableRecorder();
    private final TableRecorder pmts = new TableRecorder();
    private final ProgramChoice choice = new ProgramChoice();
    private final FirstTimes firstTimes = new FirstTimes();
    private ReferenceStream reference = ReferenceStream.NONE;

    /** What a PID is to us. */
    private final byte[] roles = new byte[Pid.COUNT];
    /** The bits of a header, that of the payload inverted, with which a packet of a PID has a special meaning. */
    private final int[] attention = new int[Pid.COUNT];

    private boolean head;
    private boolean rolesStale;
    private boolean patSeen;
    private boolean discontinuous;
    private long packets;

    /** A segmenter whose first segment has number 1. */
    public Segmenter(SegmentPolicy policy, SegmentSink sink) {
        this(policy, sink, 1, FaultSink.NONE, ByteBufAllocator.DEFAULT);
    }

    /** A segmenter that counts its segments from {@code firstSequence}. */
    public Segmenter(SegmentPolicy policy, SegmentSink sink, long firstSequence) {
        this(policy, sink, firstSequence, FaultSink.NONE, ByteBufAllocator.DEFAULT);
    }

    /**
     * A segmenter.
     *
     * @param policy how long segments are
     * @param sink is given the segments
     * @param firstSequence the number of the first one
     * @param faults is told what is wrong with the stream
     * @param allocator of the few buffers that are ours: straddling packets, and tables in front
     */
    public Segmenter(
            SegmentPolicy policy, SegmentSink sink, long firstSequence, FaultSink faults, ByteBufAllocator allocator) {
        this.faults = new FaultCounters(faults);
        this.framer = new PacketFramer(new Packets(), this.faults, allocator);
        this.tables = new ProgramTables(new Tables(), this.faults);
        this.flow = new PacketFlow(sink);
        this.writer = new SegmentWriter(sink, flow, allocator, firstSequence, policy.mostPackets());
        this.cutter = new Cutter(policy, writer, timeline, this::setInForce, this.faults);
        cutter.onStreamStart();
        assignRoles();
    }

    /**
     * Takes the next piece of the stream.
     *
     * @param data lent; its indexes are not moved, its bytes must not be written again while slices of it live
     * @param nowUs when it arrived
     */
    public void onData(ByteBuf data, long nowUs) {
        onTime(nowUs);
        framer.onData(data);
    }

    /** Time passes: hands on what was held back for too long. To be called when no data came for a while. */
    public void onTime(long nowUs) {
        timeline.onTime(nowUs);
        cutter.onTime(nowUs);
        flow.give(Math.min(cutter.holdFrom(), packets));
    }

    /**
     * The source was cut, and another stream follows, or the same one after a break: what is held is handed on, the open segment ends, and the next one
     * begins anew, flagged as a discontinuity. Numbers go on.
     */
    public void onDiscontinuity() {
        end();
        continuity.reset();
        tables.reset();
        pats.reset();
        pmts.reset();
        choice.reset();
        firstTimes.reset();
        timeline.reset();
        patSeen = false;
        follow(ReferenceStream.NONE);
        cutter.onStreamStart();
        assignRoles();
    }

    /** The stream is at its end: hands on what is held, and ends the open segment. */
    public void finish() {
        onDiscontinuity();
    }

    /** Packets so far, with those that lack only their sync byte. */
    public long packets() {
        return packets;
    }

    /** 188, 192 or 204; 0 while no packet was found. */
    public int packetSize() {
        return framer.packetSize();
    }

    /** How often a fault was met. */
    public long count(TsFault fault) {
        return faults.count(fault);
    }

    /** How often a PES packet was no place to cut because the hold window was too small to tell what begins with it. */
    public long windowsExceeded() {
        return cutter.windowsExceeded();
    }

    /** How often a PES packet was no place to cut because packets in the hold window were missing, damaged or scrambled. */
    public long marksVoided() {
        return cutter.marksVoided();
    }

    private void end() {
        framer.finish();
        if (writer.isOpen()) {
            cutter.onEnd();
            writer.end(packets, timeline.cut(Timeline.NONE));
            discontinuous = true;
        }
    }

    private void packet(ByteBuf data, int packet, int header) {
        long number = packets++;
        if (number >= writer.full()) {
            cutter.onFull(number);
        }
        if (((header ^ TsPacket.PAYLOAD) & attention[TsPacket.pid(header)]) != 0 || !cutter.isCalm()) {
            specialPacket(data, packet, header, number);
        } else if (continuity.step(data, packet, header) >= ContinuityCheck.BROKEN) {
            onContinuityError(TsPacket.pid(header));
        }
    }

    private void specialPacket(ByteBuf data, int packet, int header, long number) {
        int pid = TsPacket.pid(header);
        if ((header & TsPacket.TRANSPORT_ERROR) != 0) {
            faults.onFault(TsFault.TRANSPORT_ERROR, pid);
            cutter.onDamaged(number);
            return;
        }
        int role = roles[pid];
        boolean payload = (header & TsPacket.PAYLOAD) != 0;
        boolean pullable = payload ? (role & PULLABLE) != 0 : AdaptationField.pcr(data, packet, header) != Pcr.NONE;
        if (pullable) {
            boolean continues = payload && (role & TABLE) != 0 && (header & TsPacket.UNIT_START) == 0;
            cutter.onPullable(number, !continues);
        }
        int verdict = pid == Pid.NULL ? ContinuityCheck.IN_ORDER : continuity.step(data, packet, header);
        if (verdict >= ContinuityCheck.BROKEN) {
            onContinuityError(pid);
        }
        if ((role & CLOCK) != 0) {
            long pcr = AdaptationField.pcr(data, packet, header);
            if (pcr != Pcr.NONE) {
                timeline.onPcr(pcr);
            }
        }
        if (payload && (role & REFERENCE) != 0) {
            cutter.onReferencePacket(data, packet, header, verdict, number);
        } else if (!pullable) {
            cutter.onOther(number);
        }
        if (payload && (role & TABLE) != 0) {
            tablePacket(data, packet, header, verdict, number);
        } else if (payload && !cutter.isReferenceSeen()) {
            headPacket(data, packet, header);
        }
        if (rolesStale || head == cutter.isReferenceSeen()) {
            assignRoles();
        }
    }

    private void tablePacket(ByteBuf data, int packet, int header, int verdict, long number) {
        boolean copy = verdict == ContinuityCheck.DUPLICATE || verdict == ContinuityCheck.REPEATED;
        if (!copy || (header & TsPacket.UNIT_START) != 0) {
            int pid = TsPacket.pid(header);
            if (pid == Pid.PAT) {
                pats.onPacket(data, packet, header);
            } else if (choice.pmtPid() == Pid.NONE || choice.pmtPid() == pid) {
                pmts.onPacket(data, packet, header);
            }
        }
        tables.onPacket(data, packet, header, verdict, number);
    }

    /** Before the reference stream's first PES packet: what the first segment begins with. */
    private void headPacket(ByteBuf data, int packet, int header) {
        int pid = TsPacket.pid(header);
        if (!patSeen && pid > Pid.LAST_SI && pid != Pid.NULL) {
            cutter.onUnclearHead();
        }
        if (!reference.exists()) {
            firstTimes.onPacket(data, packet, header);
        }
    }

    private void onContinuityError(int pid) {
        faults.onFault(TsFault.CONTINUITY, pid);
        cutter.onContinuityError();
    }

    private void setInForce(TablesInForce place) {
        place.mark(pats, pmts, choice.pmtPid(), continuity);
    }

    private void onProgram(Program program) {
        boolean first = choice.program() == null;
        if (choice.set(program) && !first) {
            cutter.onTracksChanged();
        }
        follow(ReferenceStream.of(program));
        rolesStale = true;
    }

    private void follow(ReferenceStream stream) {
        if (stream.equals(reference)) {
            return;
        }
        reference = stream;
        cutter.onReference(stream);
        if (stream.exists() && !cutter.isReferenceSeen()) {
            if (continuity.hasCarried(stream.pid())) {
                cutter.onUnclearHead();
            }
            long first = firstTimes.first(stream.pid());
            if (first != Pts.NONE) {
                writer.onPts(first);
                timeline.onPts(first);
                timeline.onPts(firstTimes.last(stream.pid()));
            }
        }
    }

    private void assignRoles() {
        rolesStale = false;
        head = !cutter.isReferenceSeen();
        Program program = choice.program();
        Arrays.fill(roles, (byte) 0);
        Arrays.fill(attention, head ? ALWAYS : TsPacket.TRANSPORT_ERROR | TsPacket.PAYLOAD);
        for (int pid = 0; pid < Pid.COUNT; pid++) {
            if (tables.isTable(pid)) {
                give(pid, TABLE | PULLABLE, ALWAYS);
            }
        }
        give(Pid.SDT, PULLABLE, ALWAYS);
        give(Pid.NULL, PULLABLE, ALWAYS);
        if (reference.exists()) {
            give(reference.pid(), REFERENCE, TsPacket.UNIT_START | TsPacket.SCRAMBLING);
        }
        if (program != null && program.pmt().pcrPid() != Pid.NULL) {
            give(program.pmt().pcrPid(), CLOCK, TsPacket.ADAPTATION);
        }
    }

    private void give(int pid, int role, int bits) {
        roles[pid] |= (byte) role;
        attention[pid] |= bits;
    }

    private final class Packets implements PacketSink {
        @Override
        public void onPackets(ByteBuf data, int start, int count) {
            enter(data, start);
            int position = start;
            for (int i = 0; i < count; i++) {
                packet(data, position, data.getInt(position));
                position += TsPacket.SIZE;
            }
            flow.leave(packets, cutter.holdFrom());
        }

        @Override
        public void onDamagedPacket(ByteBuf data, int start) {
            enter(data, start);
            cutter.onDamaged(packets++);
            flow.leave(packets, cutter.holdFrom());
        }

        private void enter(ByteBuf data, int start) {
            if (!writer.isOpen()) {
                writer.begin(discontinuous);
                discontinuous = false;
            }
            flow.enter(data, start, packets);
        }
    }

    /** What the tables say. */
    private final class Tables implements TablesSink {
        @Override
        public void onTable(int pid, byte[] section, int length, long firstPacket, long lastPacket) {
            if (pid == Pid.PAT) {
                patSeen = true;
                pats.onSection(section, length, pid);
                cutter.onPat(firstPacket);
            } else if (choice.onMap(((section[3] & 0xFF) << 8) | (section[4] & 0xFF), tables)) {
                pmts.onSection(section, length, pid);
                cutter.onPmt(firstPacket);
                if (choice.isPending()) {
                    tables.programs().stream().filter(choice::is).findFirst().ifPresent(Segmenter.this::onProgram);
                }
            }
        }

        @Override
        public void onPat(Pat pat) {
            rolesStale = true;
        }

        @Override
        public void onProgram(Program program) {
            if (choice.is(program)) {
                Segmenter.this.onProgram(program);
            }
        }

        @Override
        public void onProgramGone(Program program) {
            if (choice.is(program)) {
                choice.onGone();
            }
        }
    }
}
