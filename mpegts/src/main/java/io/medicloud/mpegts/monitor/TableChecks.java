// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

import io.medicloud.mpegts.packet.Pid;
import io.medicloud.mpegts.psi.Cat;
import io.medicloud.mpegts.psi.Pat;
import io.medicloud.mpegts.psi.Pmt;
import io.netty.buffer.ByteBuf;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The indicators of program specific information, 1.3, 1.5, 2.2 and 2.6, and the sections that they and those of service information are measured at.
 * Tables are seen when a section of theirs is complete and its CRC right. Not thread-safe.
 */
final class TableChecks implements SectionWatch.Sink {
    private static final long PERIOD_US = 500_000;

    private final Alarms alarms;
    private final ServiceInformation information;
    private final @Nullable SectionWatch[] watches = new @Nullable SectionWatch[Pid.COUNT];
    private final @Nullable Repetition[] maps = new @Nullable Repetition[Pid.COUNT];
    private final BitSet mapPids = new BitSet(Pid.COUNT);
    private final Repetition patPackets;
    private final Repetition patSections;
    private final BitSet conditionalAccess = new BitSet(Pid.COUNT);
    private boolean conditionalAccessChanged;
    private boolean catSeen;
    private boolean scrambled;
    private long scrambledPackets;
    private long scrambledUs;

    TableChecks(Alarms alarms) {
        this.alarms = alarms;
        this.information = new ServiceInformation(alarms);
        patPackets = new Repetition(alarms, Pid.PAT, PERIOD_US, Indicator.PAT_ERROR);
        patSections = new Repetition(alarms, Pid.PAT, PERIOD_US, Indicator.PAT_ERROR_2);
        watches[Pid.PAT] = new SectionWatch(Pid.PAT, this);
        watches[Pid.CAT] = new SectionWatch(Pid.CAT, this);
        for (int pid = ServiceInformation.NIT; pid <= ServiceInformation.TDT; pid++) {
            watches[pid] = new SectionWatch(pid, this);
        }
    }

    /** The first packet of all has come. */
    void start(long nowUs, boolean serviceInformation) {
        patPackets.start(nowUs);
        patSections.start(nowUs);
        alarms.measure(Indicator.CRC_ERROR);
        alarms.measure(Indicator.CAT_ERROR);
        if (serviceInformation) {
            information.require(nowUs);
        }
    }

    /** Time does not run. */
    void setTimeless() {
        information.setTimeless();
    }

    /** Whether the PID carries sections that are looked at. */
    boolean isTable(int pid) {
        return watches[pid] != null;
    }

    /** The PIDs that the PAT names for program maps. Those that are new are waited for from here on. */
    void setMapPids(BitSet pids, long nowUs) {
        for (int pid = mapPids.nextSetBit(0); pid >= 0; pid = mapPids.nextSetBit(pid + 1)) {
            Repetition map = maps[pid];
            if (!pids.get(pid) && map != null) {
                map.stop(nowUs);
                maps[pid] = null;
                watches[pid] = pid > ServiceInformation.TDT ? null : watches[pid];
            }
        }
        for (int pid = pids.nextSetBit(0); pid >= 0; pid = pids.nextSetBit(pid + 1)) {
            if (maps[pid] == null) {
                Repetition map = new Repetition(alarms, pid, PERIOD_US, Indicator.PMT_ERROR, Indicator.PMT_ERROR_2);
                map.start(nowUs);
                maps[pid] = map;
                watches[pid] = watches[pid] == null ? new SectionWatch(pid, this) : watches[pid];
            }
        }
        mapPids.clear();
        mapPids.or(pids);
    }

    /** A packet in the clear, with payload, on a PID for which {@link #isTable} holds. */
    void onPacket(int pid, ByteBuf data, int at, int header, int continuity, long packet, long nowUs) {
        if (pid == Pid.PAT) {
            patPackets.seen(nowUs);
        }
        SectionWatch watch = watches[pid];
        if (watch != null) {
            watch.onPacket(data, at, header, continuity, packet, nowUs);
        }
    }

    /** A scrambled packet, of whatever PID. */
    void onScrambled(int pid, long nowUs) {
        if (pid == Pid.PAT) {
            alarms.raise(Indicator.PAT_ERROR, pid, nowUs);
            alarms.raise(Indicator.PAT_ERROR_2, pid, nowUs);
        } else if (maps[pid] != null) {
            alarms.raise(Indicator.PMT_ERROR, pid, nowUs);
            alarms.raise(Indicator.PMT_ERROR_2, pid, nowUs);
        }
        if (!scrambled) {
            scrambled = true;
            scrambledUs = nowUs;
        }
        scrambledPackets++;
    }

    /** Packets are missing, of whatever PID. */
    void abandonSections() {
        for (SectionWatch watch : watches) {
            if (watch != null) {
                watch.abandon();
            }
        }
    }

    /** PIDs of entitlement management messages, which the CAT names. */
    BitSet conditionalAccess() {
        return conditionalAccess;
    }

    /** Whether the CAT names others than when this was asked before. */
    boolean takeConditionalAccessChange() {
        boolean changed = conditionalAccessChanged;
        conditionalAccessChanged = false;
        return changed;
    }

    /** Raises for what is late; returns when something will be. */
    long check(long nowUs) {
        long due = Math.min(patPackets.check(nowUs), patSections.check(nowUs));
        due = Math.min(due, information.check(nowUs));
        for (int pid = mapPids.nextSetBit(0); pid >= 0; pid = mapPids.nextSetBit(pid + 1)) {
            Repetition map = maps[pid];
            if (map != null) {
                due = Math.min(due, map.check(nowUs));
            }
        }
        return Math.min(due, checkCat(nowUs));
    }

    /** A CAT is given half a second to come; then each half second in which scrambled packets came is an error. */
    private long checkCat(long nowUs) {
        if (!scrambled || catSeen) {
            return Long.MAX_VALUE;
        }
        if (nowUs - scrambledUs > PERIOD_US && scrambledPackets > 0) {
            alarms.raise(Indicator.CAT_ERROR, Pid.CAT, nowUs);
            scrambledUs = nowUs;
            scrambledPackets = 0;
        }
        return scrambledUs + PERIOD_US + 1;
    }

    @Override
    public void onSection(int pid, byte[] section, int length, long startUs, long endUs) {
        int table = section[0] & 0xFF;
        Repetition map = maps[pid];
        if (pid == Pid.PAT) {
            if (table == Pat.TABLE_ID) {
                patSections.seen(endUs);
            } else {
                alarms.raise(Indicator.PAT_ERROR, pid, endUs);
                alarms.raise(Indicator.PAT_ERROR_2, pid, endUs);
            }
        } else if (pid == Pid.CAT) {
            onCat(table, section, length, endUs);
        } else if (map != null && table == Pmt.TABLE_ID) {
            map.seen(endUs);
        }
        if (pid >= ServiceInformation.NIT && pid <= ServiceInformation.TDT) {
            information.onSection(pid, section, length, startUs, endUs);
        }
    }

    private void onCat(int table, byte[] section, int length, long nowUs) {
        Cat cat = Cat.parse(section, length);
        if (table != Cat.TABLE_ID || cat == null) {
            alarms.raise(Indicator.CAT_ERROR, Pid.CAT, nowUs);
            return;
        }
        catSeen = true;
        BitSet named = new BitSet(Pid.COUNT);
        cat.systems().forEach(system -> named.set(system.pid()));
        if (!named.equals(conditionalAccess)) {
            conditionalAccess.clear();
            conditionalAccess.or(named);
            conditionalAccessChanged = true;
        }
    }

    @Override
    public void onBadCrc(int pid, long nowUs) {
        // Of the tables on these PIDs the standard names all that have a CRC, but for private sections beside a program
        // map.
        alarms.raise(Indicator.CRC_ERROR, pid, nowUs);
    }
}
