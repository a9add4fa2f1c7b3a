// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

import io.medicloud.mpegts.demux.Program;
import io.medicloud.mpegts.demux.ProgramTables;
import io.medicloud.mpegts.demux.TablesSink;
import io.medicloud.mpegts.packet.FaultSink;
import io.medicloud.mpegts.packet.Pid;
import io.medicloud.mpegts.psi.Pat;
import io.netty.buffer.ByteBuf;
import java.util.BitSet;
import java.util.List;

/** Reads PAT and PMT, and tells the checks when the tables in force have changed: what they no longer name is dropped, and what they newly name is waited for. */
final class ProgramWatch implements TablesSink {
    private final NamedPids named;
    private final TableChecks checks;
    private final StreamChecks streams;
    private final ClockChecks clocks;
    private final ProgramTables tables = new ProgramTables(this, FaultSink.NONE);
    private final BitSet mapPids = new BitSet(Pid.COUNT);
    private boolean mapPidsChanged;
    private boolean programsChanged;
    private long followPacket;

    ProgramWatch(NamedPids named, TableChecks checks, StreamChecks streams, ClockChecks clocks) {
        this.named = named;
        this.checks = checks;
        this.streams = streams;
        this.clocks = clocks;
    }

    /** Whether there is a change that the checks were not told. */
    boolean isChanged() {
        return mapPidsChanged || programsChanged;
    }

    /** Whether a PAT or PMT comes on this PID. */
    boolean isTable(int pid) {
        return tables.isTable(pid);
    }

    /** The next packet of such a PID. */
    void onPacket(ByteBuf data, int at, int header, int verdict, long number) {
        tables.onPacket(data, at, header, verdict, number);
    }

    /** Packets are missing everywhere. */
    void abandonSections() {
        tables.abandonSections();
    }

    /** The PIDs of conditional access may have changed. */
    void onConditionalAccess(boolean changed) {
        programsChanged |= changed;
    }

    /** Tells the checks of a change, if there is one, and if this packet comes late enough after the change before it. */
    void follow(long packet, long nowUs) {
        if (isChanged() && packet >= followPacket) {
            tell(packet, nowUs);
        }
    }

    private void tell(long packet, long nowUs) {
        if (mapPidsChanged) {
            mapPids.clear();
            for (int pid = Pid.CAT; pid < Pid.NULL; pid++) {
                mapPids.set(pid, tables.isTable(pid));
            }
            checks.setMapPids(mapPids, nowUs);
        }
        mapPidsChanged = false;
        programsChanged = false;
        List<Program> programs = tables.programs();
        clocks.follow(programs, nowUs);
        named.follow(programs, checks.conditionalAccess(), mapPids, nowUs);
        streams.follow(programs, nowUs);
        followPacket = packet + 1 + named.count() / MonitorCore.PIDS_A_PACKET;
    }

    @Override
    public void onPat(Pat pat) {
        mapPidsChanged = true;
    }

    @Override
    public void onProgram(Program program) {
        programsChanged = true;
    }

    @Override
    public void onProgramGone(Program program) {
        programsChanged = true;
    }
}
