// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.demux;

import io.medicloud.mpegts.packet.AdaptationField;
import io.medicloud.mpegts.packet.ContinuityCheck;
import io.medicloud.mpegts.packet.PacketFramer;
import io.medicloud.mpegts.packet.PacketSink;
import io.medicloud.mpegts.packet.Pcr;
import io.medicloud.mpegts.packet.Pid;
import io.medicloud.mpegts.packet.TsFault;
import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.mpegts.pes.PesTracker;
import io.medicloud.mpegts.pes.PesTracker.State;
import io.medicloud.mpegts.psi.Descriptors;
import io.medicloud.mpegts.psi.ElementaryStream;
import io.medicloud.mpegts.psi.Pat;
import io.medicloud.mpegts.psi.StreamType;
import io.netty.buffer.ByteBuf;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells what a transport stream holds: tables, clock references, and the PES packets of every PID, from bytes in pieces of any size. Bad input is
 * counted and reported, never thrown. Copies only packets that straddle two pieces. Not thread-safe.
 */
public final class TsDemuxer {
    /** Where PES packets begin, where something is wrong, and where there are clock references. */
    private static final int BEGINNINGS =
            ContinuityCheck.UNEVEN | TsPacket.UNIT_START | TsPacket.SCRAMBLING | TsPacket.ADAPTATION;

    private final DemuxSink sink;
    private final PacketFramer framer;
    private final ContinuityCheck continuity = new ContinuityCheck();
    private final FaultCounters faults;
    private final ProgramTables tables;
    private final ServiceTables services;
    private final SpliceTables splices;
    private final @Nullable PesTracker[] trackers = new @Nullable PesTracker[Pid.COUNT];
    private final long[] startedIn = new long[Pid.COUNT];
    private final BitSet sections = new BitSet(Pid.COUNT);
    private final BitSet named = new BitSet(Pid.COUNT);
    private final BitSet passedOver = new BitSet(Pid.COUNT);
    /** By PID: which of its packets are looked at; the others only count. */
    private final int[] attention = new int[Pid.COUNT];

    private boolean tablePidsStale;
    private long packets;

    public TsDemuxer(DemuxSink sink) {
        this.sink = sink;
        this.faults = new FaultCounters(sink);
        this.tables = new ProgramTables(new Tables(), faults);
        this.services = new ServiceTables(sink, faults);
        this.splices = new SpliceTables(sink, faults);
        this.framer = new PacketFramer(new Packets(), faults);
        sections.set(Pid.CAT);
        sections.set(Pid.NIT);
        sections.set(Pid.SDT);
        for (int pid = 0; pid < Pid.NULL; pid++) {
            attend(pid);
        }
    }

    /** Takes the next piece of the stream, of any length. The buffer is lent; its indexes are not moved. */
    public void onData(ByteBuf data) {
        framer.onData(data);
    }

    /** The stream is at its end: what could not be told without knowing more is told now. */
    public void finish() {
        framer.finish();
    }

    /** Packets so far, with those that lack only their sync byte. */
    public long packets() {
        return packets;
    }

    /** 188, 192 or 204; 0 while it is not known. */
    public int packetSize() {
        return framer.packetSize();
    }

    /** The offset in the input of the first packet's sync byte; -1 while there is none. */
    public long firstPacketOffset() {
        return framer.firstPacketOffset();
    }

    /** How often a fault was reported. */
    public long count(TsFault fault) {
        return faults.count(fault);
    }

    /** The programs in the order of the PAT whose maps are in force. */
    public List<Program> programs() {
        return tables.programs();
    }

    /**
     * The rest of the PES packet in progress on this PID is of no interest: no more of its data is told. To be called from the sink, which knows what it
     * looks for; packets that are only counted cost next to nothing.
     */
    public void passOver(int pid) {
        PesTracker tracker = trackers[pid];
        if (tracker != null && (tracker.state() == State.STARTED || tracker.state() == State.BODY)) {
            passedOver.set(pid);
            attend(pid);
        }
    }

    private void packet(ByteBuf data, int packet, int header) {
        long number = packets++;
        int pid = TsPacket.pid(header);
        if ((header & TsPacket.TRANSPORT_ERROR) != 0) {
            faults.onFault(TsFault.TRANSPORT_ERROR, pid);
            abandon(pid);
            return;
        }
        int verdict = continuity.step(data, packet, header);
        if (verdict >= ContinuityCheck.BROKEN) {
            faults.onFault(TsFault.CONTINUITY, pid);
        }
        if ((header & TsPacket.ADAPTATION) != 0 || (header & TsPacket.PAYLOAD) == 0) {
            adaptation(data, packet, header, number);
        }
        if ((header & TsPacket.PAYLOAD) == 0) {
            return;
        }
        if (tables.isTable(pid)) {
            tables.onPacket(data, packet, header, verdict, number);
            if (tablePidsStale) {
                tablePidsStale = false;
                for (int i = 0; i < Pid.NULL; i++) {
                    attend(i);
                }
            }
        } else if (!sections.get(pid)) {
            payload(data, packet, header, verdict, number);
            attend(pid);
        } else if (ServiceTables.isTable(pid)) {
            services.onPacket(data, packet, header, verdict, number);
        } else {
            splices.onPacket(data, packet, header, verdict, number);
        }
    }

    /** All packets of a PID are of interest that carries sections, or a PES packet whose data is told. */
    private void attend(int pid) {
        PesTracker tracker = trackers[pid];
        boolean told = tracker != null && tracker.state() != State.NONE && !passedOver.get(pid);
        if (pid != Pid.NULL) {
            attention[pid] = tables.isTable(pid) || sections.get(pid) || told ? ContinuityCheck.ALWAYS : BEGINNINGS;
        }
    }

    private void adaptation(ByteBuf data, int packet, int header, long number) {
        int pid = TsPacket.pid(header);
        if (!AdaptationField.isSound(data, packet, header)) {
            faults.onFault(TsFault.ADAPTATION_FIELD, pid);
            return;
        }
        long pcr = AdaptationField.pcr(data, packet, header);
        if (pcr != Pcr.NONE) {
            sink.onPcr(pid, number, pcr, AdaptationField.isDiscontinuity(data, packet, header));
        }
    }

    private void payload(ByteBuf data, int packet, int header, int verdict, long number) {
        int pid = TsPacket.pid(header);
        boolean unitStart = (header & TsPacket.UNIT_START) != 0;
        PesTracker tracker = trackers[pid];
        if (tracker == null) {
            if (!unitStart) {
                return; // What comes before the first unit start belongs to a PES packet that nobody saw.
            }
            tracker = new PesTracker();
            trackers[pid] = tracker;
        }
        if (verdict == ContinuityCheck.DUPLICATE || verdict == ContinuityCheck.REPEATED) {
            return;
        }
        boolean scrambled = (header & TsPacket.SCRAMBLING) != 0;
        if (verdict == ContinuityCheck.BROKEN || scrambled) {
            abandon(pid);
            if (scrambled) {
                return;
            }
        }
        if (unitStart) {
            passedOver.clear(pid);
        } else if (passedOver.get(pid)) {
            return;
        }
        int from = TsPacket.payloadStart(data, packet, header);
        boolean headerOpen = tracker.state() == State.HEADER;
        State state = tracker.onPayload(data, from, packet + TsPacket.SIZE, unitStart);
        if (state == State.NONE && (unitStart || headerOpen) && named.get(pid) && from < packet + TsPacket.SIZE) {
            faults.onFault(TsFault.PES, pid);
        }
        if (unitStart) {
            startedIn[pid] = number;
        }
        if (state == State.STARTED) {
            sink.onPesStart(pid, startedIn[pid], tracker.header());
        }
        if (tracker.bodyFrom() < tracker.bodyTo() && !passedOver.get(pid)) {
            sink.onPesData(pid, data, tracker.bodyFrom(), tracker.bodyTo());
        }
    }

    private void abandon(int pid) {
        PesTracker tracker = trackers[pid];
        if (tracker != null && tracker.state() != State.NONE) {
            tracker.abandon();
            attend(pid);
            sink.onPesBroken(pid);
        }
    }

    private final class Packets implements PacketSink {
        @Override
        public void onPackets(ByteBuf data, int start, int count) {
            onPlaces(data, start, count);
        }

        @Override
        public int onPlaces(ByteBuf data, int start, int most) {
            int done = 0;
            while (true) {
                int passed = continuity.pass(data, start + done * TsPacket.SIZE, most - done, attention);
                packets += passed;
                done += passed;
                if (done == most) {
                    return most;
                }
                int position = start + done * TsPacket.SIZE;
                int header = data.getInt(position);
                if (!TsPacket.isInSync(header)) {
                    return done;
                }
                done++;
                packet(data, position, header);
            }
        }

        @Override
        public void onDamagedPacket(ByteBuf data, int start) {
            packets++;
        }
    }

    /** Passes on what the tables say, and notes which PIDs carry sections and which PES packets. */
    private final class Tables implements TablesSink {
        @Override
        public void onTable(int pid, byte[] section, int length, long firstPacket, long lastPacket) {
            sink.onTable(pid, section, length, firstPacket, lastPacket);
        }

        @Override
        public void onPat(Pat pat) {
            tablePidsStale = true; // They change once this returns.
            sink.onPat(pat);
        }

        @Override
        public void onProgram(Program program) {
            for (ElementaryStream stream : program.streams()) {
                Descriptors descriptors = program.pmt().descriptors();
                boolean carriesSections = stream.isSpliceInformation(descriptors)
                        || (StreamType.isSections(stream.streamType())
                                && !descriptors.registration().equals("HDMV"));
                sections.set(stream.pid(), carriesSections);
                named.set(stream.pid(), !carriesSections);
                attend(stream.pid());
            }
            splices.follow(tables.programs());
            sink.onProgram(program);
        }

        @Override
        public void onProgramGone(Program program) {
            splices.follow(tables.programs());
            sink.onProgramGone(program);
        }
    }
}
