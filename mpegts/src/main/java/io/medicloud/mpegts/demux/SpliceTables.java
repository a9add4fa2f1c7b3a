// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.demux;

import io.medicloud.mpegts.packet.FaultSink;
import io.medicloud.mpegts.packet.Pid;
import io.medicloud.mpegts.packet.TsFault;
import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.mpegts.psi.ElementaryStream;
import io.medicloud.mpegts.psi.SectionAssembler;
import io.medicloud.mpegts.psi.SpliceInfo;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the splice information (SCTE 35) of programs. Not thread-safe. */
public final class SpliceTables {
    private final SpliceSink sink;
    private final FaultSink faults;
    private final @Nullable SectionAssembler[] assemblers = new @Nullable SectionAssembler[Pid.COUNT];
    private List<Integer> pids = List.of();

    /** Reads nothing yet. */
    public SpliceTables(SpliceSink sink, FaultSink faults) {
        this.sink = sink;
        this.faults = faults;
    }

    /** The programs whose splice information is read from now on are these. */
    public void follow(List<Program> programs) {
        List<Integer> wanted = new ArrayList<>();
        for (Program program : programs) {
            for (ElementaryStream stream : program.streams()) {
                if (stream.isSpliceInformation(program.pmt().descriptors())) {
                    wanted.add(stream.pid());
                }
            }
        }
        for (int pid : pids) {
            if (!wanted.contains(pid)) {
                assemblers[pid] = null;
            }
        }
        for (int pid : wanted) {
            if (assemblers[pid] == null) {
                assemblers[pid] = new SectionAssembler(pid, this::onSection, faults);
            }
        }
        pids = wanted;
    }

    /** The PIDs that are read. */
    public List<Integer> pids() {
        return List.copyOf(pids);
    }

    /** Whether the PID is read: its packets must be handed in. */
    public boolean isTable(int pid) {
        return assemblers[pid] != null;
    }

    /** Takes a packet with payload; see {@link ProgramTables#onPacket}. */
    public void onPacket(ByteBuf data, int packet, int header, int continuity, long number) {
        SectionAssembler assembler = assemblers[TsPacket.pid(header)];
        if (assembler != null) {
            SectionPackets.hand(assembler, data, packet, header, continuity, number);
        }
    }

    private void onSection(int pid, byte[] section, int length, long firstPacket, long lastPacket) {
        if ((section[0] & 0xFF) != SpliceInfo.TABLE_ID) {
            return;
        }
        if (!SpliceInfo.isIntact(section, length)) {
            faults.onFault(TsFault.CRC, pid);
            return;
        }
        SpliceInfo splice = SpliceInfo.parse(section, length);
        if (splice == null) {
            faults.onFault(TsFault.SECTION, pid);
        } else {
            sink.onSpliceSection(splice, section, length);
            sink.onSplice(pid, firstPacket, splice);
        }
    }
}
