// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

import io.medicloud.mpegts.demux.Program;
import io.medicloud.mpegts.packet.Pid;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The clock references of all PIDs that carry any. Not thread-safe. */
final class ClockChecks {
    /** PIDs whose clock references are measured; those that come later are not. */
    static final int MOST = 512;

    private final Alarms alarms;
    private final boolean live;
    private final @Nullable PcrMeasurement[] byPid = new @Nullable PcrMeasurement[Pid.COUNT];
    private final List<PcrMeasurement> all = new ArrayList<>();

    ClockChecks(Alarms alarms, boolean live) {
        this.alarms = alarms;
        this.live = live;
    }

    /** discontinuity_indicator is set in a packet of the PID. */
    void onDiscontinuity(int pid) {
        PcrMeasurement clock = byPid[pid];
        if (clock != null) {
            clock.onDiscontinuity();
        }
    }

    /** Returns whether the reference is of the same time base as the PID's one before it. */
    boolean onPcr(int pid, long packet, long pcr, boolean stuffed, long losses, long nowUs) {
        PcrMeasurement clock = measurement(pid);
        if (clock == null) {
            return true;
        }
        boolean continuous = !clock.isAnnounced();
        clock.onPcr(packet, pcr, stuffed, losses, nowUs);
        return continuous;
    }

    /** These programs are in force. */
    void follow(List<Program> programs, long nowUs) {
        BitSet pids = new BitSet(Pid.COUNT);
        programs.forEach(program -> pids.set(program.pmt().pcrPid()));
        pids.clear(Pid.NULL);
        pids.stream().forEach(this::measurement);
        for (PcrMeasurement clock : all) {
            clock.setInForce(pids.get(clock.pid()), nowUs);
        }
    }

    /** Raises for what is late; returns when something will be. */
    long check(long nowUs) {
        long due = Long.MAX_VALUE;
        for (int i = 0; i < all.size(); i++) {
            due = Math.min(due, all.get(i).check(nowUs));
        }
        return due;
    }

    List<MonitorReport.PcrReport> report() {
        List<MonitorReport.PcrReport> reports = new ArrayList<>();
        for (PcrMeasurement clock : byPid) {
            if (clock != null && clock.isSeen()) {
                reports.add(clock.report());
            }
        }
        return reports;
    }

    private @Nullable PcrMeasurement measurement(int pid) {
        PcrMeasurement clock = byPid[pid];
        if (clock == null && all.size() < MOST) {
            clock = new PcrMeasurement(pid, alarms, live);
            byPid[pid] = clock;
            all.add(clock);
        }
        return clock;
    }
}
