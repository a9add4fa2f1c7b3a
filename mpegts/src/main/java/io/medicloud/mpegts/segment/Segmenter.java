// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.demux.FaultCounters;
import io.medicloud.mpegts.demux.Program;
import io.medicloud.mpegts.demux.SpliceSink;
import io.medicloud.mpegts.demux.SpliceTables;
import io.medicloud.mpegts.packet.AdaptationField;
import io.medicloud.mpegts.packet.ContinuityCheck;
import io.medicloud.mpegts.packet.FaultSink;
import io.medicloud.mpegts.packet.PacketFramer;
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

/**
 * Cuts a transport stream, live or from a file, into segments that each begin with PAT, PMT and a random access point, as far as the stream has them.
 *
 * <p>Takes bytes in pieces of any size, and packets of 188, 192 or 204 bytes, which leave as 188. The input's packets leave untouched and in order, as
 * slices of the buffers they came in; only a packet that straddles two buffers is copied. In front of a segment that does not begin with PAT and PMT
 * come copies of those in force. What is cut where does not depend on the pieces.
 *
 * <p>Segments are timed by the first video stream of the PAT's first program; without video by its first audio stream, which is cut at the start of any of
 * its PES packets. Packets are held back while it is decided whether a segment starts in front of them: at most 350 packets and 64 KiB from the start
 * of a PES packet on, 350 packets of tables and stuffing in front of it, and for 500 ms. All else is handed on before a call returns.
 *
 * <p>Bad input is counted and reported, never thrown. Time is an argument, in µs from any origin; for a file, where it means nothing, hand in 0. Not
 * thread-safe. Call {@link #finish} in the end: it hands on what is held, and releases it.
 */
public final class Segmenter {
    private final PacketFramer framer;
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

    private boolean head;
    private boolean rolesStale;
    private boolean discontinuous;
    private long packets;
    /** The piece that is being read, whose packets leave once it is. */
    private ByteBuf lent = Unpooled.EMPTY_BUFFER;

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
        this.program = new ProgramFollower(policy.program(), new Tables(), this.faults);
        this.sink = sink;
        this.splices = new SpliceTables(new Splices(), this.faults);
        this.flow = new PacketFlow(sink);
        this.writer = new SegmentWriter(sink, flow, this.faults, allocator, firstSequence, policy.mostPackets());
        this.cutter = new Cutter(policy, writer, timeline, place -> program.mark(place, continuity), this.faults);
        this.reference = new ReferenceFollower(policy, cutter, writer, timeline, continuity);
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
        lent = data;
        framer.onData(data);
        leave();
        lent = Unpooled.EMPTY_BUFFER;
    }

    /** Time passes: hands on what was held back for too long. To be called when no data came for a while. */
    public void onTime(long nowUs) {
        timeline.onTime(nowUs);
        cutter.onTime(nowUs);
        flow.give(Math.min(cutter.window().holdFrom(), packets));
    }

    /**
     * The source was cut, and another stream follows, or the same one after a break: what is held is handed on, the open segment ends, and the next one
     * begins anew, flagged as a discontinuity. Numbers go on.
     */
    public void onDiscontinuity() {
        end();
        continuity.reset();
        program.reset();
        splices.follow(List.of());
        timeline.restart();
        reference.reset();
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
        return cutter.window().exceeded();
    }

    /** How often a PES packet was no place to cut because packets in the hold window were missing, damaged or scrambled. */
    public long marksVoided() {
        return cutter.marksVoided();
    }

    private void end() {
        framer.finish();
        if (writer.isOpen()) {
            reference.onEnd();
            cutter.onEnd();
            long bitrate = timeline.bitrate();
            writer.end(packets, timeline.cut(Timeline.NONE), bitrate);
            discontinuous = true;
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

    private final class Packets implements PacketSink {
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
