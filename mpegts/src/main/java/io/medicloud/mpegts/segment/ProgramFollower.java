// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.demux.Program;
import io.medicloud.mpegts.demux.ProgramTables;
import io.medicloud.mpegts.demux.TablesSink;
import io.medicloud.mpegts.packet.ContinuityCheck;
import io.medicloud.mpegts.packet.FaultSink;
import io.medicloud.mpegts.packet.Pid;
import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.mpegts.psi.Pat;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Follows the tables: which program is the one that is cut by, and the last copies of its tables. */
final class ProgramFollower implements TablesSink {
    /** Where a section has section_number, and behind it last_section_number (2.4.4.4). */
    private static final int SECTION_NUMBER = 6;

    private static final long NEVER = -1;

    private final Sink sink;
    private final ProgramTables tables;
    private final TableRecorder pats = new TableRecorder();
    private final TableRecorder pmts = new TableRecorder();
    private final ProgramChoice choice;
    private boolean patSeen;
    /** The packet with which the PAT's first section began; the section that is to come next. */
    private long patBegan = NEVER;

    private int patNext;

    /** Is told what matters to the segmenter. */
    interface Sink {
        /** The PAT is complete, whose first section begins with this packet. */
        void onPat(long firstPacket);

        /** The chosen program's map is complete, which begins with this packet. */
        void onPmt(long firstPacket);

        /** The chosen program's map is new; {@code changed} if its streams are others than before. */
        void onProgram(Program program, boolean changed);

        /** Other PIDs carry tables than before. */
        void onTablePids();
    }

    ProgramFollower(int wanted, Sink sink, FaultSink faults) {
        this.sink = sink;
        this.choice = new ProgramChoice(wanted);
        this.tables = new ProgramTables(this, faults);
    }

    ProgramTables tables() {
        return tables;
    }

    /** The chosen program; null before its map. */
    @Nullable
    Program program() {
        return choice.program();
    }

    /** Whether a PAT came. */
    boolean isPatSeen() {
        return patSeen;
    }

    /** Takes a packet that has payload, of a PID that carries tables. */
    void onPacket(ByteBuf data, int packet, int header, int verdict, long number) {
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

    /** Sets a place to the tables in force now. */
    void mark(TablesInForce place, ContinuityCheck continuity) {
        place.mark(pats, pmts, choice.pmtPid(), continuity);
    }

    void reset() {
        tables.reset();
        pats.reset();
        pmts.reset();
        choice.reset();
        patSeen = false;
        patBegan = NEVER;
        patNext = 0;
    }

    @Override
    public void onTable(int pid, byte[] section, int length, long firstPacket, long lastPacket) {
        if (pid == Pid.PAT) {
            patSeen = true;
            pats.onSection(section, length, pid);
            onPatSection(section, firstPacket);
        } else if (choice.onMap(((section[3] & 0xFF) << 8) | (section[4] & 0xFF), tables.pat())) {
            pmts.onSection(section, length, pid);
            sink.onPmt(firstPacket);
            if (choice.isPending()) {
                tables.programs().stream().filter(choice::is).findFirst().ifPresent(this::onProgram);
            }
        }
    }

    private void onPatSection(byte[] section, long firstPacket) {
        int number = section[SECTION_NUMBER] & 0xFF;
        patBegan = number == 0 ? firstPacket : number == patNext ? patBegan : NEVER;
        patNext = number + 1;
        if (section[SECTION_NUMBER] == section[SECTION_NUMBER + 1] && patBegan != NEVER) {
            sink.onPat(patBegan);
        }
    }

    @Override
    public void onPat(Pat pat) {
        choice.onPat();
        sink.onTablePids();
    }

    @Override
    public void onProgram(Program program) {
        if (choice.is(program) && !choice.isPassedOver(program, tables.pat())) {
            boolean first = choice.program() == null;
            boolean changed = choice.set(program);
            sink.onProgram(program, changed && !first);
        }
    }

    @Override
    public void onProgramGone(Program program) {
        if (choice.is(program)) {
            choice.onGone();
        }
    }
}
