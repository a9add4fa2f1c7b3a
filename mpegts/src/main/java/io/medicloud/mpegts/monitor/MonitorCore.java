// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

import io.medicloud.mpegts.packet.AdaptationField;
import io.medicloud.mpegts.packet.ContinuityCheck;
import io.medicloud.mpegts.packet.Pcr;
import io.medicloud.mpegts.packet.Pid;
import io.medicloud.mpegts.packet.TsPacket;
import io.netty.buffer.ByteBuf;

/** Takes packet by packet with its time, and hands each to the checks that it concerns. Not thread-safe. */
final class MonitorCore {
    /** Times are looked at that seldom, at the most and at the least. */
    private static final long LEAST_SWEEP_US = 5_000;

    private static final long MOST_SWEEP_US = 100_000;
    /** Work on all PIDs waits until this share of as many packets has come, so that its cost does not depend on what tables and clocks say. */
    static final int PIDS_A_PACKET = 32;

    private final MonitorPolicy policy;
    private final Alarms alarms;
    private final ContinuityCheck continuity = new ContinuityCheck();
    private final PidTable pids;
    private final TableChecks checks;
    private final StreamChecks streams;
    private final ClockChecks clocks;
    private final ProgramWatch programs;

    private boolean started;
    private boolean inLoss;
    private boolean timeless;
    private long packets;
    private long losses;
    private long lastUs;
    private long sweepUs = Long.MAX_VALUE;
    private long sweepPacket;

    MonitorCore(MonitorPolicy policy, MonitorSink sink, boolean live) {
        this.policy = policy;
        this.alarms = new Alarms(policy, sink);
        this.pids = new PidTable(alarms, policy);
        this.checks = new TableChecks(alarms);
        this.streams = new StreamChecks(alarms, pids, policy);
        this.clocks = new ClockChecks(alarms, live);
        this.programs = new ProgramWatch(new NamedPids(pids), checks, streams, clocks);
    }

    /** Time does not run, and nothing that takes time is measured; for a stream without any clock. */
    void setTimeless() {
        timeless = true;
        checks.setTimeless();
    }

    /** The next packet; times do not go backwards. */
    void onPacket(ByteBuf data, int at, long nowUs) {
        int header = data.getInt(at);
        int pid = TsPacket.pid(header);
        long number = begin(nowUs);
        if ((header & TsPacket.TRANSPORT_ERROR) != 0) {
            // Nothing else in it can be trusted (TR 101 290, 5.2.2).
            alarms.raise(Indicator.TRANSPORT_ERROR, pid, nowUs);
            return;
        }
        if (pids.packets[pid]++ == 0) {
            pids.onFirst(pid, nowUs);
        }
        if (pid == Pid.NULL) {
            return;
        }
        pids.lastUs[pid] = nowUs;
        int verdict = continuity.step(data, at, header);
        if (verdict >= ContinuityCheck.BROKEN) {
            onDiscontinuity(pid, verdict, nowUs);
        }
        if ((header & TsPacket.ADAPTATION) != 0) {
            onAdaptationField(data, at, header, pid, number, nowUs);
        }
        if ((header & TsPacket.SCRAMBLING) != 0) {
            pids.scrambled[pid]++;
            checks.onScrambled(pid, nowUs);
        } else if ((header & TsPacket.PAYLOAD) != 0) {
            if (streams.isStream(pid)) {
                streams.onPacket(pid, data, at, header, verdict, number, nowUs);
            } else if (checks.isTable(pid)) {
                onTable(pid, data, at, header, verdict, number, nowUs);
            }
        }
    }

    /**
     * The next packets, one behind the other. Those that only count are told by the run.
     *
     * @param first the first one's place among those of one rate
     * @param fromUs the time of the one in place 0
     * @param stepUs from each to the next
     */
    void onPackets(ByteBuf data, int start, int count, int first, double fromUs, double stepUs) {
        int i = 0;
        int calm = 0;
        while (i < count) {
            int at = start + i * TsPacket.SIZE;
            int passed = i < calm ? pass(data, at, calm - i, first + i, fromUs, stepUs) : 0;
            if (passed == 0) {
                double atUs = fromUs + stepUs * (first + i);
                onPacket(data, at, rounded(atUs));
                passed = 1;
                calm = i + 1 + (int) Math.max(0, Math.min(count - i - 1, uneventful(atUs + stepUs, stepUs)));
            }
            i += passed;
        }
    }

    /** How many packets from here on come before anything else is to be done than to look at them. */
    private long uneventful(double atUs, double stepUs) {
        if (!started || inLoss || programs.isChanged()) {
            return 0;
        }
        long early = stepUs > 0 ? (long) ((sweepUs - 1 - atUs) / stepUs) : atUs < sweepUs - 1 ? Long.MAX_VALUE : 0;
        return Math.max(sweepPacket - packets, early);
    }

    /** Passes by packets of one PID that only count, and on which nothing depends but how many there are; returns how many. */
    private int pass(ByteBuf data, int at, int most, int place, double fromUs, double stepUs) {
        int pid = TsPacket.pid(data.getInt(at));
        if (pid == Pid.NULL || pids.packets[pid] == 0 || (!streams.isStream(pid) && checks.isTable(pid))) {
            return 0;
        }
        int passed = continuity.passRun(data, at, Math.min(most, streams.room(pid)));
        if (passed > 0) {
            streams.pass(pid, packets, passed);
            packets += passed;
            alarms.at(packets - 1);
            pids.packets[pid] += passed;
            lastUs = rounded(fromUs + stepUs * (place + passed - 1));
            pids.lastUs[pid] = lastUs;
        }
        return passed;
    }

    private static long rounded(double us) {
        return (long) Math.floor(us + 0.5);
    }

    /** A packet whose sync byte is wrong, between others that have theirs. */
    void onDamagedPacket(long nowUs) {
        begin(nowUs);
        losses++;
        alarms.raise(Indicator.SYNC_BYTE_ERROR, Pid.NONE, nowUs);
    }

    /** Sync is lost, or never was there. */
    void onSyncLoss(long nowUs) {
        alarms.at(packets);
        losses++;
        if (!inLoss) {
            inLoss = true;
            alarms.begin(Indicator.TS_SYNC_LOSS);
        }
        alarms.raise(Indicator.SYNC_BYTE_ERROR, Pid.NONE, nowUs);
        alarms.raise(Indicator.TS_SYNC_LOSS, Pid.NONE, nowUs);
        checks.abandonSections();
        programs.abandonSections();
    }

    /** Time has passed. */
    void onTime(long nowUs) {
        lastUs = Math.max(lastUs, nowUs);
        if (lastUs >= sweepUs) {
            sweep(lastUs);
        }
        alarms.expire(lastUs);
    }

    /** The stream has ended. */
    void finish(long nowUs) {
        onTime(nowUs);
        streams.finish();
    }

    MonitorReport report() {
        return new MonitorReport(
                packets,
                pids.seconds(lastUs),
                pids.bitrate(packets, lastUs),
                alarms.report(timeless),
                pids.report(lastUs),
                clocks.report(),
                streams.report());
    }

    private long begin(long nowUs) {
        lastUs = nowUs;
        long number = packets++;
        alarms.at(number);
        if (!started) {
            start(nowUs);
        }
        if (inLoss) {
            inLoss = false;
            alarms.end(Indicator.TS_SYNC_LOSS, nowUs);
        }
        if (nowUs >= sweepUs && number >= sweepPacket) {
            sweep(nowUs);
        }
        programs.follow(number, nowUs);
        return number;
    }

    private void start(long nowUs) {
        started = true;
        sweepUs = nowUs + LEAST_SWEEP_US;
        alarms.measure(Indicator.TS_SYNC_LOSS);
        alarms.measure(Indicator.SYNC_BYTE_ERROR);
        alarms.measure(Indicator.CONTINUITY_COUNT_ERROR);
        alarms.measure(Indicator.TRANSPORT_ERROR);
        checks.start(nowUs, policy.serviceInformation());
        pids.start(nowUs);
    }

    private void sweep(long nowUs) {
        long due = Math.min(checks.check(nowUs), pids.check(nowUs));
        due = Math.min(due, Math.min(clocks.check(nowUs), streams.check(nowUs)));
        alarms.expire(nowUs);
        sweepPacket = packets + pids.seen() / PIDS_A_PACKET;
        sweepUs = Math.max(nowUs + LEAST_SWEEP_US, Math.min(due, nowUs + MOST_SWEEP_US));
    }

    private void onDiscontinuity(int pid, int verdict, long nowUs) {
        pids.continuityErrors[pid]++;
        alarms.raise(Indicator.CONTINUITY_COUNT_ERROR, pid, nowUs);
        losses += verdict == ContinuityCheck.BROKEN ? 1 : 0;
    }

    private void onAdaptationField(ByteBuf data, int at, int header, int pid, long number, long nowUs) {
        if (AdaptationField.isDiscontinuity(data, at, header)) {
            clocks.onDiscontinuity(pid);
        }
        long pcr = AdaptationField.pcr(data, at, header);
        if (pcr != Pcr.NONE) {
            boolean stuffed = pids.packets[Pid.NULL] > 0;
            boolean continuous = clocks.onPcr(pid, number, pcr, stuffed, losses, nowUs);
            streams.onPcr(pid, number, pcr, continuous, nowUs);
        }
    }

    private void onTable(int pid, ByteBuf data, int at, int header, int verdict, long number, long nowUs) {
        if (programs.isTable(pid)) {
            programs.onPacket(data, at, header, verdict, number);
            programs.follow(number, nowUs);
        }
        checks.onPacket(pid, data, at, header, verdict, number, nowUs);
        programs.onConditionalAccess(checks.takeConditionalAccessChange());
    }
}
