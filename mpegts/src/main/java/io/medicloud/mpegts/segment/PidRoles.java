// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.demux.Program;
import io.medicloud.mpegts.demux.ProgramTables;
import io.medicloud.mpegts.packet.ContinuityCheck;
import io.medicloud.mpegts.packet.Pid;
import io.medicloud.mpegts.packet.TsPacket;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What each PID is to the segmenter, and which of its packets need a second look: one table look-up for the others. */
final class PidRoles {
    /** PAT or a program's map. */
    static final int TABLE = 1;
    /** A mark is pulled back over its packets. */
    static final int PULLABLE = 2;
    /** It carries the program's clock. */
    static final int CLOCK = 4;
    /** Audio that stands in for a video that does not come, or that video while its audio stands in. */
    static final int STANDING_BY = 8;

    /** It carries the program's splice information. */
    static final int SPLICES = 16;

    private final byte[] roles = new byte[Pid.COUNT];
    private final int[] attention = new int[Pid.COUNT];

    /** By PID: what {@link ContinuityCheck#pass} must not pass by. A packet without payload may always mean more than that it came. */
    int[] attention() {
        return attention;
    }

    int of(int pid) {
        return roles[pid];
    }

    /** Sets the roles anew; {@code all} packets need a second look, if it says so. */
    void assign(
            ProgramTables tables,
            @Nullable Program program,
            int reference,
            int standingBy,
            List<Integer> splices,
            boolean all) {
        Arrays.fill(roles, (byte) 0);
        Arrays.fill(attention, all ? ContinuityCheck.ALWAYS : ContinuityCheck.UNEVEN);
        for (int pid = 0; pid < Pid.COUNT; pid++) {
            if (tables.isTable(pid)) {
                give(pid, TABLE | PULLABLE, ContinuityCheck.ALWAYS);
            }
        }
        splices.forEach(pid -> give(pid, SPLICES, ContinuityCheck.ALWAYS));
        give(Pid.SDT, PULLABLE, ContinuityCheck.ALWAYS);
        give(Pid.NULL, PULLABLE, ContinuityCheck.ALWAYS);
        if (reference != Pid.NONE) {
            give(reference, 0, TsPacket.UNIT_START | TsPacket.SCRAMBLING);
        }
        if (standingBy != Pid.NONE) {
            give(standingBy, STANDING_BY, TsPacket.UNIT_START);
        }
        if (program != null && program.pmt().pcrPid() != Pid.NULL) {
            give(program.pmt().pcrPid(), CLOCK, TsPacket.ADAPTATION);
        }
    }

    private void give(int pid, int role, int bits) {
        roles[pid] |= (byte) role;
        attention[pid] |= bits;
    }
}
