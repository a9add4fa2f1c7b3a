// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

import io.medicloud.mpegts.packet.Pcr;
import org.jspecify.annotations.Nullable;

/**
 * The clock references of one PID: their intervals, their accuracy, and the indicators 2.3 and 2.4. Not thread-safe.
 *
 * <p>Accuracy is that of the position: whether the value stands where it should in a stream of constant rate. A stream whose rate is not constant, or of
 * which packets are missing, has no such place, and nothing is measured.
 */
final class PcrMeasurement {
    /** 2.3.a and 2.3.b: 100 ms in 27 MHz. */
    private static final long LONGEST_TICKS = 2_700_000;

    /** And 2 us, because the times of files are rounded. */
    private static final long LONGEST_US = 100_002;

    /** 2.4: 500 ns in 27 MHz. */
    private static final double ACCURACY_TICKS = 13.5;
    /** Among null packets, which make a rate constant, references lie within 1 ms of a line; without them within 25 us. */
    private static final double STUFFED_TICKS = 27_000;

    private static final double PACKED_TICKS = 675;

    private final int pid;
    private final Alarms alarms;
    private final Repetition repetition;
    private final RateLine line = new RateLine();
    private final @Nullable ArrivalClock arrival;

    private boolean inForce;
    private boolean known;
    private boolean announced;
    private long last;
    private long clock;
    private long lossesBefore;

    private long count;
    private long discontinuities;
    private long intervals;
    private long intervalSum;
    private long shortest = Long.MAX_VALUE;
    private long longest;
    private long measured;
    private double worstTicks;
    private double ticksPerPacket;

    /**
     * @param live whether times of arrival are of another clock than this one
     */
    PcrMeasurement(int pid, Alarms alarms, boolean live) {
        this.pid = pid;
        this.alarms = alarms;
        this.arrival = live ? new ArrivalClock() : null;
        this.repetition = new Repetition(alarms, pid, LONGEST_US, Indicator.PCR_ERROR, Indicator.PCR_REPETITION_ERROR);
    }

    /** Whether a program map names the PID as its clock: only then is it missed, or wrong. */
    void setInForce(boolean named, long nowUs) {
        if (named && !inForce) {
            repetition.start(nowUs);
            alarms.measure(Indicator.PCR_DISCONTINUITY_INDICATOR_ERROR);
        } else if (!named && inForce) {
            repetition.stop(nowUs);
        }
        inForce = named;
    }

    /** discontinuity_indicator is set on the PID: the next reference may be anything. */
    void onDiscontinuity() {
        announced = true;
    }

    int pid() {
        return pid;
    }

    boolean isSeen() {
        return count > 0;
    }

    /** Whether the next reference is announced to jump. */
    boolean isAnnounced() {
        return announced;
    }

    /**
     * A reference has come.
     *
     * @param packet the number of its packet
     * @param stuffed whether the stream has null packets
     * @param losses how often packets were missing so far, of whatever PID: positions before and after a loss tell nothing of each other
     */
    void onPcr(long packet, long pcr, boolean stuffed, long losses, long nowUs) {
        count++;
        if (losses != lossesBefore) {
            lossesBefore = losses;
            line.reset();
        }
        if (inForce) {
            repetition.seen(nowUs);
        }
        long difference = known ? Pcr.distance(last, pcr) : 0;
        boolean within = difference >= 0 && difference <= LONGEST_TICKS;
        if (!known || announced) {
            restart();
            discontinuities += known ? 1 : 0;
        } else if (!within) {
            restart();
            discontinuities++;
            if (inForce) {
                alarms.raise(Indicator.PCR_DISCONTINUITY_INDICATOR_ERROR, pid, nowUs);
                alarms.raise(Indicator.PCR_ERROR, pid, nowUs);
            }
        }
        if (known && !announced && difference > 0 && difference < Pcr.HZ * 10L) {
            intervals++;
            intervalSum += difference;
            shortest = Math.min(shortest, difference);
            longest = Math.max(longest, difference);
        }
        announced = false;
        known = true;
        last = pcr;
        clock += Math.max(0, difference);
        if (line.add(packet, clock) && line.widestTicks() <= (stuffed ? STUFFED_TICKS : PACKED_TICKS)) {
            accuracy(nowUs);
        }
        if (arrival != null) {
            arrival.add(clock, nowUs);
        }
    }

    private void restart() {
        line.reset();
        if (arrival != null) {
            arrival.reset();
        }
    }

    private void accuracy(long nowUs) {
        measured++;
        double off = Math.abs(line.offTicks());
        worstTicks = Math.max(worstTicks, off);
        ticksPerPacket = line.ticksPerPacket();
        if (inForce) {
            alarms.measure(Indicator.PCR_ACCURACY_ERROR);
            if (off > ACCURACY_TICKS) {
                alarms.raise(Indicator.PCR_ACCURACY_ERROR, pid, nowUs);
            }
        }
    }

    /** Raises if one is late; returns when one will be. */
    long check(long nowUs) {
        return repetition.check(nowUs);
    }

    MonitorReport.PcrReport report() {
        ArrivalClock compared = arrival;
        return new MonitorReport.PcrReport(
                pid,
                count,
                discontinuities,
                intervals == 0 ? null : milliseconds((double) shortest),
                intervals == 0 ? null : milliseconds((double) intervalSum / intervals),
                intervals == 0 ? null : milliseconds((double) longest),
                measured == 0 ? null : worstTicks / Pcr.HZ * 1e9,
                measured == 0 || ticksPerPacket <= 0 ? null : 188 * 8.0 * Pcr.HZ / ticksPerPacket,
                compared == null ? null : number(compared.jitterUs()),
                compared == null ? null : number(compared.offsetPpm()),
                compared == null ? null : number(compared.driftPpmPerHour()));
    }

    private static double milliseconds(double ticks) {
        return ticks * 1000 / Pcr.HZ;
    }

    private static @Nullable Double number(double value) {
        return Double.isNaN(value) ? null : (Double) value;
    }
}
