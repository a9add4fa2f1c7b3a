// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

import io.medicloud.mpegts.demux.Program;
import io.medicloud.mpegts.packet.Pid;
import io.medicloud.mpegts.psi.Descriptors;
import io.medicloud.mpegts.psi.ElementaryStream;
import java.util.BitSet;
import java.util.List;

/** Which PIDs the tables in force name, and as what. Not thread-safe. */
final class NamedPids {
    private final PidTable pids;
    private BitSet named = new BitSet(Pid.COUNT);

    NamedPids(PidTable pids) {
        this.pids = pids;
    }

    /** How many there are. */
    int count() {
        return named.cardinality();
    }

    /** The tables in force have changed: what they no longer name is forgotten. */
    void follow(List<Program> programs, BitSet access, BitSet maps, long nowUs) {
        BitSet before = named;
        named = new BitSet(Pid.COUNT);
        for (Program program : programs) {
            name(program);
        }
        name(access, PidRole.CA);
        name(maps, PidRole.PMT);
        before.andNot(named);
        before.stream().forEach(pid -> pids.forget(pid, nowUs));
    }

    private void name(Program program) {
        name(program.pmt().pcrPid(), PidRole.PCR);
        BitSet access = new BitSet(Pid.COUNT);
        addAccess(program.pmt().descriptors(), access);
        for (ElementaryStream stream : program.streams()) {
            addAccess(stream.descriptors(), access);
        }
        name(access, PidRole.CA);
        for (ElementaryStream stream : program.streams()) {
            name(stream.pid(), stream.isVideo() ? PidRole.VIDEO : stream.isAudio() ? PidRole.AUDIO : PidRole.DATA);
        }
    }

    private void name(BitSet those, PidRole role) {
        those.stream().forEach(pid -> name(pid, role));
    }

    private void name(int pid, PidRole role) {
        named.set(pid);
        pids.name(pid, role);
    }

    private static void addAccess(Descriptors descriptors, BitSet access) {
        if (!descriptors.has(Descriptors.CONDITIONAL_ACCESS)) {
            return;
        }
        for (Descriptors.Entry entry : descriptors.entries()) {
            byte[] body = entry.body();
            if (entry.tag() == Descriptors.CONDITIONAL_ACCESS && body.length >= 4) {
                access.set((body[2] & 0x1F) << 8 | (body[3] & 0xFF));
            }
        }
    }
}
