// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

import io.medicloud.mpegts.packet.Pid;
import io.medicloud.mpegts.packet.TsPacket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All PIDs: what they are, how many packets came and when, their rates by the second, and who lacks a reference. Not thread-safe. */
final class PidTable {
    private static final double PACKET_BITS = TsPacket.SIZE * 8.0;
    private static final long SECOND_US = 1_000_000;
    private static final long REFERENCE_US = 500_000;

    final long[] packets = new long[Pid.COUNT];
    final long[] lastUs = new long[Pid.COUNT];
    final int[] scrambled = new int[Pid.COUNT];
    final int[] continuityErrors = new int[Pid.COUNT];

    private final Alarms alarms;
    private final Set<Integer> privatePids;
    private final PidRole[] roles = new PidRole[Pid.COUNT];
    private final int[] seen = new int[Pid.COUNT];
    private int seenCount;

    private final long[] windowPackets = new long[Pid.COUNT];
    private final float[] least = new float[Pid.COUNT];
    private final float[] most = new float[Pid.COUNT];
    private final long[] strangeUs = new long[Pid.COUNT];
    private final long[] strangePackets = new long[Pid.COUNT];

    private boolean running;
    private long startUs;
    private long windowUs;
    private long windows;

    PidTable(Alarms alarms, MonitorPolicy policy) {
        this.alarms = alarms;
        this.privatePids = policy.privatePids();
        for (int pid = 0; pid < roles.length; pid++) {
            roles[pid] = fixedRole(pid);
        }
        Arrays.fill(least, Float.MAX_VALUE);
    }

    private static PidRole fixedRole(int pid) {
        return switch (pid) {
            case Pid.PAT -> PidRole.PAT;
            case Pid.CAT -> PidRole.CAT;
            case ServiceInformation.NIT -> PidRole.NIT;
            case ServiceInformation.SDT -> PidRole.SDT;
            case ServiceInformation.EIT -> PidRole.EIT;
            case ServiceInformation.RST -> PidRole.RST;
            case ServiceInformation.TDT -> PidRole.TDT;
            case Pid.NULL -> PidRole.NULL;
            default -> pid <= Pid.LAST_SI ? PidRole.RESERVED : PidRole.UNREFERENCED;
        };
    }

    /** The first packet of all has come. */
    void start(long nowUs) {
        if (!running) {
            running = true;
            startUs = nowUs;
            windowUs = nowUs;
            alarms.measure(Indicator.UNREFERENCED_PID);
            alarms.measure(Indicator.UNREFERENCED_PID_2);
        }
    }

    /** The first packet of a PID has come. */
    void onFirst(int pid, long nowUs) {
        seen[seenCount++] = pid;
        strangeUs[pid] = nowUs;
    }

    /** How many PIDs have come. */
    int seen() {
        return seenCount;
    }

    /** A table names the PID. */
    void name(int pid, PidRole role) {
        if (pid > Pid.LAST_SI && pid != Pid.NULL) {
            roles[pid] = role;
        }
    }

    /** No table names it any longer. */
    void forget(int pid, long nowUs) {
        roles[pid] = fixedRole(pid);
        strangeUs[pid] = nowUs;
        strangePackets[pid] = packets[pid];
    }

    /** Raises for PIDs that nobody names, and closes whole seconds; returns when there will be something to do. */
    long check(long nowUs) {
        if (!running) {
            return Long.MAX_VALUE;
        }
        if (nowUs - windowUs >= SECOND_US) {
            closeWindow(nowUs);
        }
        long due = windowUs + SECOND_US;
        for (int i = 0; i < seenCount; i++) {
            int pid = seen[i];
            if (roles[pid] == PidRole.UNREFERENCED && packets[pid] != strangePackets[pid]) {
                if (nowUs - strangeUs[pid] > REFERENCE_US) {
                    if (!privatePids.contains(pid)) {
                        alarms.raise(Indicator.UNREFERENCED_PID, pid, nowUs);
                        alarms.raise(Indicator.UNREFERENCED_PID_2, pid, nowUs);
                    }
                    strangeUs[pid] = nowUs;
                    strangePackets[pid] = packets[pid];
                }
                due = Math.min(due, strangeUs[pid] + REFERENCE_US + 1);
            }
        }
        return due;
    }

    private void closeWindow(long nowUs) {
        double seconds = (nowUs - windowUs) / (double) SECOND_US;
        for (int i = 0; i < seenCount; i++) {
            int pid = seen[i];
            float rate = (float) ((packets[pid] - windowPackets[pid]) * PACKET_BITS / seconds);
            windowPackets[pid] = packets[pid];
            least[pid] = Math.min(least[pid], rate);
            most[pid] = Math.max(most[pid], rate);
        }
        windowUs = nowUs;
        windows++;
    }

    double seconds(long nowUs) {
        return running ? (nowUs - startUs) / (double) SECOND_US : 0;
    }

    /** Bits a second of so many packets over all the time; null as long as no time has passed. */
    @Nullable
    Double bitrate(long count, long nowUs) {
        double seconds = seconds(nowUs);
        return seconds <= 0 ? null : (Double) (count * PACKET_BITS / seconds);
    }

    List<MonitorReport.PidReport> report(long nowUs) {
        List<MonitorReport.PidReport> reports = new ArrayList<>();
        for (int pid = 0; pid < Pid.COUNT; pid++) {
            if (packets[pid] > 0) {
                reports.add(new MonitorReport.PidReport(
                        pid,
                        roles[pid],
                        packets[pid],
                        scrambled[pid],
                        bitrate(packets[pid], nowUs),
                        windows == 0 ? null : (Double) (double) least[pid],
                        windows == 0 ? null : (Double) (double) most[pid],
                        continuityErrors[pid]));
            }
        }
        return reports;
    }
}
