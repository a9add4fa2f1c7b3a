// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

/**
 * Compares a program's clock with the clock of arrival: frequency offset, drift rate and overall jitter (TR 101 290, 5.3.2.5 to 5.3.2.7). Only as exact
 * as the times of arrival: those of a network's socket tell of the network, not of the multiplexer. Not thread-safe.
 */
final class ArrivalClock {
    private static final int BLOCKS = 64;
    private static final long BLOCK_US = 1_000_000;
    private static final double PER_MILLION = 1e6;

    private final double[] timesUs = new double[BLOCKS];
    private final double[] aheadUs = new double[BLOCKS];
    private int blocks;
    private int next;

    private boolean running;
    private long startUs;
    private long startClock;
    private long blockStartUs;
    private double blockTime;
    private double blockAhead;
    private int inBlock;
    private double jitterUs;

    private double offsetPpm = Double.NaN;
    private double driftPpm = Double.NaN;

    /** The clock starts anew. What was measured stands. */
    void reset() {
        running = false;
        blocks = 0;
        next = 0;
        inBlock = 0;
    }

    /** A reference of this value, in 27 MHz and unrolled, has arrived. */
    void add(long clock, long nowUs) {
        if (!running) {
            running = true;
            startUs = nowUs;
            startClock = clock;
            blockStartUs = nowUs;
        }
        double timeUs = nowUs - startUs;
        double ahead = (clock - startClock) / 27.0 - timeUs;
        if (blocks > 1) {
            double expected = mean(aheadUs, 0, blocks) + slope(0, blocks) * (timeUs - mean(timesUs, 0, blocks));
            jitterUs = Math.max(jitterUs, Math.abs(ahead - expected));
        }
        if (nowUs - blockStartUs >= BLOCK_US && inBlock > 0) {
            endBlock();
            blockStartUs = nowUs;
        }
        blockTime += timeUs;
        blockAhead += ahead;
        inBlock++;
    }

    private void endBlock() {
        timesUs[next] = blockTime / inBlock;
        aheadUs[next] = blockAhead / inBlock;
        next = (next + 1) % BLOCKS;
        blocks = Math.min(BLOCKS, blocks + 1);
        blockTime = 0;
        blockAhead = 0;
        inBlock = 0;
        if (blocks > 1) {
            offsetPpm = slope(0, blocks) * PER_MILLION;
        }
        if (blocks >= 8) {
            int half = blocks / 2;
            double hours = (mean(timesUs, half, blocks) - mean(timesUs, 0, half)) / 3.6e9;
            driftPpm = (slope(half, blocks) - slope(0, half)) * PER_MILLION / hours;
        }
    }

    /** Parts per million by which the program's clock is faster; not a number before it is known. */
    double offsetPpm() {
        return offsetPpm;
    }

    /** Parts per million an hour by which its frequency rises; not a number before it is known. */
    double driftPpmPerHour() {
        return driftPpm;
    }

    /** The farthest that a reference came early or late, of those that were expected at a time. */
    double jitterUs() {
        return jitterUs;
    }

    private int index(int fromOldest) {
        return blocks < BLOCKS ? fromOldest : (next + fromOldest) % BLOCKS;
    }

    private double mean(double[] values, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += values[index(i)];
        }
        return sum / (to - from);
    }

    private double slope(int from, int to) {
        double meanTime = mean(timesUs, from, to);
        double meanAhead = mean(aheadUs, from, to);
        double covariance = 0;
        double variance = 0;
        for (int i = from; i < to; i++) {
            double x = timesUs[index(i)] - meanTime;
            covariance += x * (aheadUs[index(i)] - meanAhead);
            variance += x * x;
        }
        return variance == 0 ? 0 : covariance / variance;
    }
}
