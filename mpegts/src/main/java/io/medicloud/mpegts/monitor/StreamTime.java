// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

import io.medicloud.mpegts.packet.AdaptationField;
import io.medicloud.mpegts.packet.Pcr;
import io.medicloud.mpegts.packet.Pid;
import io.medicloud.mpegts.packet.TsPacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Gives packets the time of a program's clock: holds copies of them until the next reference, then hands them on, each with its time. Not thread-safe.
 */
final class StreamTime {
    /** The most bytes that wait for a reference. */
    static final int MOST_BYTES = 8 << 20;

    private static final int MOST = MOST_BYTES / TsPacket.SIZE;
    private static final int LEAST = 1 << 10;
    private static final double TICKS_A_US = 27;
    /** References that lie farther apart than this are of two time bases. */
    private static final long LONGEST_STEP = 2L * Pcr.HZ;

    private final MonitorCore core;
    private byte[] bytes = new byte[LEAST * TsPacket.SIZE];
    private ByteBuf held = Unpooled.wrappedBuffer(bytes);
    private int count;
    private final BitSet damaged = new BitSet();
    private final BitSet lost = new BitSet();

    private final long[] candidates = new long[Pid.COUNT];
    private int clockPid = Pid.NONE;
    private int clockAt;
    private long lastPcr;
    private boolean announced;
    private double nowUs;
    private double usAPacket;
    private double lastStepUs;

    StreamTime(MonitorCore core) {
        this.core = core;
        Arrays.fill(candidates, Pcr.NONE);
    }

    /**
     * The next places for packets, one behind the other: takes those up to the first without its sync byte; those behind the last reference among them are
     * copied. Returns how many.
     */
    int onPlaces(ByteBuf data, int start, int most) {
        int end = start + most * TsPacket.SIZE;
        int from = start;
        for (int at = start; at < end; at += TsPacket.SIZE) {
            int header = data.getInt(at);
            if (!TsPacket.isInSync(header)) {
                end = at;
                break;
            }
            if ((header & (TsPacket.ADAPTATION | TsPacket.TRANSPORT_ERROR)) == TsPacket.ADAPTATION) {
                if (clockPid == Pid.NONE || count + (at - from) / TsPacket.SIZE > MOST) {
                    hold(data, from, (at - from) / TsPacket.SIZE);
                    from = at;
                }
                from = look(data, from, at, header) ? at : from;
            }
        }
        hold(data, from, (end - from) / TsPacket.SIZE);
        return (end - start) / TsPacket.SIZE;
    }

    /** The next packet, without its sync byte. */
    void onDamagedPacket(ByteBuf data, int at) {
        if (count == MOST) {
            release();
        }
        damaged.set(count);
        hold(data, at, 1);
    }

    /** Packets may be missing before the next one. */
    void onSyncLoss() {
        lost.set(count);
    }

    /** Nothing comes behind what is held. */
    void finish() {
        if (clockPid == Pid.NONE && nowUs == 0) {
            core.setTimeless();
        }
        // Behind the last reference no more time passes than between the two before it: how long its packets took
        // nothing tells.
        flush(Math.min(usAPacket, lastStepUs / Math.max(1, count)), held, 0, 0);
        if (lost.get(0)) {
            core.onSyncLoss(Math.round(nowUs));
        }
        core.finish(Math.round(nowUs));
    }

    /** Returns whether the packets up to this one, held or in this piece, have been handed on. */
    private boolean look(ByteBuf data, int from, int at, int header) {
        int pid = TsPacket.pid(header);
        if (pid == clockPid && AdaptationField.isDiscontinuity(data, at, header)) {
            announced = true;
        }
        long pcr = AdaptationField.pcr(data, at, header);
        if (pcr == Pcr.NONE) {
            return false;
        }
        if (clockPid == Pid.NONE) {
            long before = candidates[pid];
            candidates[pid] = pcr;
            if (before == Pcr.NONE) {
                return false;
            }
            choose(pid, before);
        }
        if (pid != clockPid) {
            return false;
        }
        onReference(pcr, data, from, (at - from) / TsPacket.SIZE);
        return true;
    }

    /** This PID's references are time. Where its first one was is found among the packets held. */
    private void choose(int pid, long first) {
        clockPid = pid;
        lastPcr = first;
        clockAt = 0;
        for (int i = count - 1; i >= 0; i--) {
            int header = held.getInt(i * TsPacket.SIZE);
            if (TsPacket.pid(header) == pid
                    && !damaged.get(i)
                    && AdaptationField.pcr(held, i * TsPacket.SIZE, header) == first) {
                clockAt = i;
                break;
            }
        }
    }

    private void onReference(long pcr, ByteBuf data, int from, int packets) {
        long step = Pcr.distance(lastPcr, pcr);
        lastPcr = pcr;
        boolean continuous = !announced && step > 0 && step <= LONGEST_STEP;
        announced = false;
        if (continuous) {
            lastStepUs = step / TICKS_A_US;
            usAPacket = lastStepUs / Math.max(1, count + packets - clockAt);
        }
        flush(usAPacket, data, from, packets);
        clockAt = 0;
    }

    /** Hands on what is held, and the packets behind it, which lie in a piece. */
    private void flush(double step, ByteBuf data, int from, int packets) {
        if (lost.isEmpty() && damaged.isEmpty()) {
            core.onPackets(held, 0, count, 0, nowUs, step);
            core.onPackets(data, from, packets, count, nowUs, step);
            nowUs += step * (count + packets);
            count = 0;
            return;
        }
        for (int i = 0; i < count; i++) {
            long timeUs = Math.round(nowUs + step * i);
            if (lost.get(i)) {
                core.onSyncLoss(timeUs);
            }
            if (damaged.get(i)) {
                core.onDamagedPacket(timeUs);
            } else {
                core.onPacket(held, i * TsPacket.SIZE, timeUs);
            }
        }
        boolean lossAhead = lost.get(count);
        for (int i = 0; i < packets; i++) {
            long timeUs = Math.round(nowUs + step * (count + i));
            if (lossAhead) {
                core.onSyncLoss(timeUs);
                lossAhead = false;
            }
            core.onPacket(data, from + i * TsPacket.SIZE, timeUs);
        }
        nowUs += step * (count + packets);
        count = 0;
        damaged.clear();
        lost.clear();
        lost.set(0, lossAhead);
    }

    private void hold(ByteBuf data, int start, int packets) {
        int at = start;
        int rest = packets;
        while (rest > 0) {
            if (count == MOST) {
                release();
            }
            int taken = Math.min(rest, MOST - count);
            int needed = (count + taken) * TsPacket.SIZE;
            if (needed > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.min(MOST * TsPacket.SIZE, Math.max(needed, 2 * bytes.length)));
                held = Unpooled.wrappedBuffer(bytes);
            }
            TsPacket.copy(data, at, bytes, count * TsPacket.SIZE, taken * TsPacket.SIZE);
            count += taken;
            rest -= taken;
            at += taken * TsPacket.SIZE;
        }
    }

    /** The clock has stopped: what waits is as fast as what came before it, and another clock is looked for. */
    private void release() {
        flush(usAPacket, held, 0, 0);
        clockPid = Pid.NONE;
        Arrays.fill(candidates, Pcr.NONE);
    }
}
