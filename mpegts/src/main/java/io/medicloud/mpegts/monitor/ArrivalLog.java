// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

import io.medicloud.mpegts.packet.Pcr;
import io.medicloud.mpegts.packet.Pts;
import java.util.Arrays;

/**
 * Gives the packets of a video stream the times at which they enter the system target decoder: between two clock references of the program the rate is
 * constant (ISO/IEC 13818-1, 2.4.2.2), so a packet waits here for the reference behind it. Nothing is allocated once the log is as long as it
 * gets. Not thread-safe.
 */
final class ArrivalLog {
    /** The most packets that wait; with more of them, the model starts anew at the next reference. */
    static final int MOST = 1 << 14;

    private static final int LEAST = 1 << 8;
    private static final long LONGEST_INTERVAL = 10L * Pcr.HZ;
    private static final long NO_UNIT = Long.MIN_VALUE;
    private static final int PAYLOAD = 0xFF;
    private static final int UNIT = 0x100;
    private static final int NUMBER_SHIFT = 9;
    private static final long NUMBER = (1L << 39) - 1;
    private static final int RUN_SHIFT = 48;

    /**
     * Runs of packets with as much payload each, one behind the other: from below the payload (8 bits), whether an access unit begins with the first,
     * packets since the last reference (39), and how many.
     */
    private long[] entries = new long[LEAST];

    private int count;
    private int waiting;
    private long[] units = new long[LEAST];
    private int[] parts = new int[LEAST];
    private int unitCount;

    private boolean known;
    private long lastPacket;
    private long lastPcr;
    private long clock;
    private boolean started;
    private long pendingUnit = NO_UNIT;
    private int pendingParts = 1;

    /**
     * The next packet begins an access unit.
     *
     * @param dts as sent
     * @param partsBefore see {@link TStdBuffer#onUnit}
     */
    void onUnit(long dts, int partsBefore) {
        pendingUnit = dts;
        pendingParts = partsBefore;
    }

    /** Packets of the stream, one behind the other in the input, with so many bytes of payload each. */
    void onPackets(long packet, int run, int payload, TStdBuffer buffer) {
        if (!known) {
            pendingUnit = NO_UNIT;
            return;
        }
        if (waiting + run > MOST || packet - lastPacket > NUMBER) {
            reset(buffer);
            return;
        }
        waiting += run;
        if (count == entries.length) {
            entries = Arrays.copyOf(entries, count * 2);
        }
        long entry = (long) run << RUN_SHIFT | (packet - lastPacket) << NUMBER_SHIFT | payload;
        if (pendingUnit != NO_UNIT) {
            entry |= UNIT;
            addUnit();
        }
        entries[count++] = entry;
    }

    private void addUnit() {
        if (unitCount == units.length) {
            units = Arrays.copyOf(units, unitCount * 2);
            parts = Arrays.copyOf(parts, unitCount * 2);
        }
        units[unitCount] = pendingUnit;
        parts[unitCount] = pendingParts;
        unitCount++;
        pendingUnit = NO_UNIT;
    }

    /**
     * A reference of the program's clock has come.
     *
     * @param continuous whether it is of the same time base as the one before it
     */
    void onPcr(long packet, long pcr, boolean continuous, TStdBuffer buffer, long nowUs) {
        long difference = known ? Pcr.distance(lastPcr, pcr) : 0;
        if (known && continuous && difference > 0 && difference <= LONGEST_INTERVAL) {
            drain(packet, difference, buffer, nowUs);
            clock += difference;
        } else {
            reset(buffer);
        }
        known = true;
        lastPcr = pcr;
        lastPacket = packet;
    }

    /** Times before and after this do not belong together. */
    void reset(TStdBuffer buffer) {
        count = 0;
        waiting = 0;
        unitCount = 0;
        known = false;
        started = false;
        pendingUnit = NO_UNIT;
        buffer.restart();
    }

    private void drain(long toPacket, long ticks, TStdBuffer buffer, long nowUs) {
        double ticksPerPacket = (double) ticks / Math.max(1, toPacket - lastPacket);
        int unit = 0;
        for (int i = 0; i < count; i++) {
            long entry = entries[i];
            long number = (entry >>> NUMBER_SHIFT) & NUMBER;
            long time = clock + (long) (ticksPerPacket * number);
            if ((entry & UNIT) != 0) {
                if (!started) {
                    started = true;
                    buffer.startAt(time);
                }
                long ahead = Pts.distance(Pcr.base(lastPcr), units[unit]) * 300;
                buffer.onUnit(time, clock + ahead, parts[unit], nowUs);
                unit++;
            }
            if (started) {
                int payload = (int) entry & PAYLOAD;
                int run = (int) (entry >>> RUN_SHIFT);
                buffer.onPacket(time, payload, nowUs);
                for (int j = 1; j < run; j++) {
                    buffer.onPacket(clock + (long) (ticksPerPacket * (number + j)), payload, nowUs);
                }
            }
        }
        count = 0;
        waiting = 0;
        unitCount = 0;
    }
}
