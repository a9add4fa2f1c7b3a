// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

import io.medicloud.mpegts.packet.Pcr;

/**
 * The buffers of the system target decoder for one video stream (ISO/IEC 13818-1, 2.4.2): packets enter the transport buffer TB, their payload leaks
 * into the multiplex buffer MB and from there, as long as there is room, into the elementary stream buffer EB, from which each access unit is taken
 * at its decoding time. Levels are computed as of liquids between two events; PES headers are not counted in MB and EB. Not thread-safe.
 */
final class TStdBuffer {
    /** Access units that wait for their decoding time; of a stream with more, the model starts anew. */
    static final int MOST_UNITS = 1024;

    /** How exact levels are: a byte. */
    private static final double EPSILON = 1;

    private final int pid;
    private final Alarms alarms;

    private TStdSizes sizes;
    private double inATick;
    private double leakATick;
    private double transport;
    private double transportPayload;
    private double multiplex;
    private double entered;
    private double removed;
    private double received;
    private long now;
    private boolean transportFull;
    private boolean multiplexFull;
    private long transportUsed;
    private long multiplexUsed;

    private final long[] unitDts = new long[MOST_UNITS];
    private final double[] unitEnd = new double[MOST_UNITS];
    private int firstUnit;
    private int units;
    private boolean open;
    private long openDts;
    private long openStart;
    private long lastArrival;

    private double mostTransport;
    private double mostMultiplex;
    private double mostElementary;
    private long mostDelay;
    private long overflows;
    private long underflows;

    TStdBuffer(int pid, TStdSizes sizes, Alarms alarms) {
        this.pid = pid;
        this.alarms = alarms;
        this.sizes = sizes;
        inATick = bytesATick(sizes.inBitrate());
        leakATick = bytesATick(sizes.leakBitrate());
        alarms.measure(Indicator.BUFFER_ERROR);
        alarms.measure(Indicator.EMPTY_BUFFER_ERROR);
        alarms.measure(Indicator.DATA_DELAY_ERROR);
    }

    /** Another sequence parameter set came into force. */
    void resize(TStdSizes newSizes) {
        sizes = newSizes;
        inATick = bytesATick(newSizes.inBitrate());
        leakATick = bytesATick(newSizes.leakBitrate());
    }

    private static double bytesATick(double bitrate) {
        return bitrate / Byte.SIZE / Pcr.HZ;
    }

    TStdSizes sizes() {
        return sizes;
    }

    /** All buffers are empty, as where decoding begins. */
    void restart() {
        transport = 0;
        transportPayload = 0;
        multiplex = 0;
        entered = 0;
        removed = 0;
        received = 0;
        transportFull = false;
        multiplexFull = false;
        firstUnit = 0;
        units = 0;
        open = false;
    }

    /** The time at which the model stands or, after {@link #restart}, from which it goes on, in 27 MHz. */
    void startAt(long ticks) {
        now = ticks;
        transportUsed = ticks;
        multiplexUsed = ticks;
    }

    /**
     * An access unit begins with the next packet.
     *
     * @param dts its decoding time in 27 MHz, on the clock of the arrivals
     * @param parts how many access units the one before it was: PES packets may hold several, which are taken to be of one size
     * @param nowUs for alarms
     */
    void onUnit(long arrival, long dts, int parts, long nowUs) {
        if (open) {
            endUnit(parts, dts, nowUs);
        }
        open = true;
        openDts = dts;
        openStart = arrival;
    }

    private void endUnit(int parts, long nextDts, long nowUs) {
        double from = units == 0 ? removed : unitEnd[(firstUnit + units - 1) % MOST_UNITS];
        for (int part = 1; part <= parts; part++) {
            if (units == MOST_UNITS) {
                restart();
                return;
            }
            int index = (firstUnit + units) % MOST_UNITS;
            unitEnd[index] = from + (received - from) * part / parts;
            unitDts[index] = openDts + (nextDts - openDts) / parts * (part - 1);
            units++;
            if (unitDts[index] < now) {
                late(index, openStart + (lastArrival - openStart) * part / parts, nowUs);
            }
        }
        long delay = openDts - openStart;
        mostDelay = Math.max(mostDelay, delay);
        if (delay / 27 > sizes.longestDelayUs()) {
            alarms.raise(Indicator.DATA_DELAY_ERROR, pid, nowUs);
        }
    }

    /** The time of an access unit whose end is known only now has passed: it was there if its last packet came before, else it was not. */
    private void late(int index, long arrival, long nowUs) {
        if (arrival > unitDts[index]) {
            underflow(nowUs);
        }
        unitDts[index] = Long.MIN_VALUE;
    }

    private void underflow(long nowUs) {
        underflows++;
        alarms.raise(Indicator.BUFFER_ERROR, pid, nowUs);
    }

    /**
     * A packet enters.
     *
     * @param arrival its time in 27 MHz
     * @param payload bytes of the elementary stream in it
     */
    void onPacket(long arrival, int payload, long nowUs) {
        advance(arrival, nowUs);
        lastArrival = arrival;
        transport += 188;
        transportPayload += payload;
        received += payload;
        mostTransport = Math.max(mostTransport, transport);
        boolean full = transport > TStdSizes.TRANSPORT_BYTES + EPSILON;
        if (full && !transportFull) {
            overflows++;
            alarms.raise(Indicator.BUFFER_ERROR, pid, nowUs);
        }
        transportFull = full;
    }

    private void advance(long to, long nowUs) {
        while (units > 0 && unitDts[firstUnit] <= to) {
            long dts = unitDts[firstUnit];
            if (dts > now) {
                flow(dts, nowUs);
            }
            double end = unitEnd[firstUnit];
            if (dts != Long.MIN_VALUE && entered < end - EPSILON) {
                underflow(nowUs);
            }
            removed = end;
            firstUnit = (firstUnit + 1) % MOST_UNITS;
            units--;
        }
        if (to > now) {
            flow(to, nowUs);
        }
    }

    private void flow(long to, long nowUs) {
        double ticks = to - now;
        double out = inATick * ticks;
        double leak = leakATick * ticks;
        double in;
        if (transport <= out) {
            in = transportPayload;
            transport = 0;
            transportPayload = 0;
            transportUsed = to;
        } else {
            in = transportPayload * out / transport;
            transport -= out;
            transportPayload -= in;
        }
        multiplex += in;
        double room = Math.max(0, sizes.elementaryBytes() - (entered - removed));
        double moved = Math.min(Math.min(multiplex, leak), room);
        multiplex -= moved;
        entered += moved;
        now = to;
        if (multiplex < EPSILON) {
            multiplexUsed = to;
        }
        mostMultiplex = Math.max(mostMultiplex, multiplex);
        mostElementary = Math.max(mostElementary, entered - removed);
        boolean full = multiplex > sizes.multiplexBytes() + EPSILON;
        if (full && !multiplexFull) {
            overflows++;
            alarms.raise(Indicator.BUFFER_ERROR, pid, nowUs);
        }
        multiplexFull = full;
        transportUsed = checkEmpty(transportUsed, nowUs);
        multiplexUsed = checkEmpty(multiplexUsed, nowUs);
    }

    /** TB, and MB from which data leak, are to be empty once a second (2.4.2.6; TR 101 290, 3.9). */
    private long checkEmpty(long usedSince, long nowUs) {
        if (now - usedSince <= Pcr.HZ) {
            return usedSince;
        }
        alarms.raise(Indicator.EMPTY_BUFFER_ERROR, pid, nowUs);
        return now;
    }

    /** Whether anything has entered. */
    boolean isUsed() {
        return mostTransport > 0;
    }

    MonitorReport.BufferReport report() {
        return new MonitorReport.BufferReport(
                TStdSizes.TRANSPORT_BYTES,
                Math.round(mostTransport),
                Math.round(sizes.multiplexBytes()),
                Math.round(mostMultiplex),
                Math.round(sizes.elementaryBytes()),
                Math.round(mostElementary),
                overflows,
                underflows,
                mostDelay * 1000.0 / Pcr.HZ);
    }
}
