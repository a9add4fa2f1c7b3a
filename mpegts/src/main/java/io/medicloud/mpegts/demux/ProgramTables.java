// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.demux;

import io.medicloud.mpegts.packet.ContinuityCheck;
import io.medicloud.mpegts.packet.FaultSink;
import io.medicloud.mpegts.packet.Pid;
import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.mpegts.psi.Pat;
import io.medicloud.mpegts.psi.Pmt;
import io.medicloud.mpegts.psi.SectionAssembler;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the PAT and the program maps that are in force (ISO/IEC 13818-1, 2.4.4). Acts on what a table says, not on its version_number: some
 * multiplexers change one without the other. Tables that are yet to come into force are ignored. Not thread-safe.
 */
public final class ProgramTables {
    /** The most programs that are followed; those behind them in the PAT are ignored. */
    public static final int MOST_PROGRAMS = 512;

    private final TablesSink sink;
    private final FaultSink faults;
    private final SectionAssembler[] assemblers = new SectionAssembler[Pid.COUNT];
    private final List<Entry> entries = new ArrayList<>();
    private final List<byte[]> patSections = new ArrayList<>();
    private @Nullable Pat pat;

    /** A program of the PAT, and its map once there is one. */
    private static final class Entry {
        final int number;
        final int pmtPid;
        byte[] section = new byte[0];

        @Nullable
        Program program;

        Entry(Pat.Program named) {
            this.number = named.number();
            this.pmtPid = named.pmtPid();
        }

        boolean is(Pat.Program named) {
            return number == named.number() && pmtPid == named.pmtPid();
        }
    }

    public ProgramTables(TablesSink sink, FaultSink faults) {
        this.sink = sink;
        this.faults = faults;
        reset();
    }

    /** Forgets everything, without telling the sink. */
    public void reset() {
        Arrays.fill(assemblers, null);
        entries.clear();
        patSections.clear();
        pat = null;
        assemblers[Pid.PAT] = new SectionAssembler(Pid.PAT, this::onPatSection, faults);
    }

    /** Whether the PID carries the PAT or a program map: its packets must be handed in. */
    public boolean isTable(int pid) {
        return assemblers[pid] != null;
    }

    /** The PAT: of its first section, and with all programs in their order once all sections came; null before the first one. */
    public @Nullable Pat pat() {
        return pat;
    }

    /** The programs in the order of the PAT whose maps are in force. */
    public List<Program> programs() {
        List<Program> programs = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.program != null) {
                programs.add(entry.program);
            }
        }
        return programs;
    }

    /**
     * Takes a packet of a PID for which {@link #isTable} holds.
     *
     * @param data lent
     * @param packet absolute index of its first byte
     * @param header its first four bytes
     * @param continuity what {@link ContinuityCheck#step} said of it
     * @param number the packet's number in the input
     */
    public void onPacket(ByteBuf data, int packet, int header, int continuity, long number) {
        SectionAssembler assembler = assemblers[TsPacket.pid(header)];
        if (assembler != null) {
            SectionPackets.hand(assembler, data, packet, header, continuity, number);
        }
    }

    /** Drops all sections in progress: packets are missing, of whatever PID. */
    public void abandonSections() {
        for (SectionAssembler assembler : assemblers) {
            if (assembler != null) {
                assembler.abandon();
            }
        }
    }

    private void onPatSection(int pid, byte[] section, int length, long firstPacket, long lastPacket) {
        if (section[0] != Pat.TABLE_ID || length < 8 || (section[5] & 1) == 0) {
            return;
        }
        int number = section[6] & 0xFF;
        byte[] known = number < patSections.size() ? patSections.get(number) : new byte[0];
        if (Arrays.equals(known, 0, known.length, section, 0, length)) {
            sink.onTable(pid, section, length, firstPacket, lastPacket);
            return;
        }
        Pat parsed = Pat.parse(section, length);
        if (parsed == null) {
            return;
        }
        sink.onTable(pid, section, length, firstPacket, lastPacket);
        remember(parsed, Arrays.copyOf(section, length));
        if (number == 0) {
            pat = parsed;
        }
        sink.onPat(parsed);
        merge(parsed);
    }

    private void remember(Pat parsed, byte[] section) {
        boolean another = !patSections.isEmpty()
                && patSections.stream().anyMatch(s -> s.length > 7 && (s[5] != section[5] || s[7] != section[7]));
        if (another) {
            patSections.clear();
            pat = null;
        }
        while (patSections.size() <= parsed.sectionNumber()) {
            patSections.add(new byte[0]);
        }
        patSections.set(parsed.sectionNumber(), section);
    }

    /** The programs of the sections that came, in their order. */
    private List<Pat.Program> named() {
        List<Pat.Program> named = new ArrayList<>();
        for (byte[] section : patSections) {
            Pat part = Pat.parse(section, section.length);
            if (part != null) {
                named.addAll(part.programs());
            }
        }
        return named;
    }

    /** Programs that are no longer named go once all sections of the table are here; the others keep their maps. */
    private void merge(Pat parsed) {
        for (Pat.Program named : parsed.programs()) {
            if (mayCarryMap(named.pmtPid()) && entries.size() < MOST_PROGRAMS && !isKnown(named)) {
                entries.add(new Entry(named));
            }
        }
        boolean whole = patSections.size() > parsed.lastSectionNumber()
                && patSections.stream().allMatch(section -> section.length > 0);
        if (whole) {
            List<Pat.Program> named = named();
            pat = new Pat(parsed.transportStreamId(), parsed.version(), true, 0, parsed.lastSectionNumber(), named);
            List<Entry> gone = new ArrayList<>(entries);
            gone.removeIf(entry -> named.stream().anyMatch(entry::is));
            entries.removeAll(gone);
            for (Entry entry : gone) {
                if (entry.program != null) {
                    sink.onProgramGone(entry.program);
                }
            }
        }
        followMaps();
    }

    /** The PIDs before are reserved, and the last one's packets mean nothing (table 2-3). */
    private static boolean mayCarryMap(int pid) {
        return pid >= Pid.FIRST_MAP && pid < Pid.NULL;
    }

    private boolean isKnown(Pat.Program named) {
        for (Entry entry : entries) {
            if (entry.is(named)) {
                return true;
            }
        }
        return false;
    }

    private void followMaps() {
        BitSet wanted = new BitSet(Pid.COUNT);
        wanted.set(Pid.PAT);
        entries.forEach(entry -> wanted.set(entry.pmtPid));
        for (int pid = 0; pid < Pid.COUNT; pid++) {
            if (!wanted.get(pid)) {
                assemblers[pid] = null;
            } else if (assemblers[pid] == null) {
                assemblers[pid] = new SectionAssembler(pid, this::onMapSection, faults);
            }
        }
    }

    private void onMapSection(int pid, byte[] section, int length, long firstPacket, long lastPacket) {
        if (section[0] != Pmt.TABLE_ID || length < 8 || (section[5] & 1) == 0) {
            return;
        }
        int number = ((section[3] & 0xFF) << 8) | (section[4] & 0xFF);
        for (int i = 0; i < entries.size(); i++) { // Without an iterator: tables come often.
            Entry entry = entries.get(i);
            if (entry.number == number && entry.pmtPid == pid) {
                onMap(entry, section, length, firstPacket, lastPacket);
            }
        }
    }

    private void onMap(Entry entry, byte[] section, int length, long firstPacket, long lastPacket) {
        if (Arrays.equals(entry.section, 0, entry.section.length, section, 0, length)) {
            sink.onTable(entry.pmtPid, section, length, firstPacket, lastPacket);
            return;
        }
        Pmt pmt = Pmt.parse(section, length);
        if (pmt == null) {
            return;
        }
        sink.onTable(entry.pmtPid, section, length, firstPacket, lastPacket);
        entry.section = Arrays.copyOf(section, length);
        Program program = new Program(entry.number, entry.pmtPid, pmt);
        entry.program = program;
        sink.onProgram(program);
    }
}
