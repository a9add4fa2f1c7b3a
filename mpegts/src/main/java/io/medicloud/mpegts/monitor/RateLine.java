// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

/**
 * The straight line through the last {@link #SIZE} clock references by their positions, as it is in a stream of constant rate, and how far the one in the
 * middle lies off it: PCR accuracy by position (TR 101 290, 5.3.2.4 and annex I). The line is laid through all others, so that a reference is not
 * compared with itself. Not thread-safe.
 */
final class RateLine {
    /** Clock references on the line. */
    static final int SIZE = 65;

    private static final int HALF = SIZE / 2;

    private final long[] positions = new long[SIZE];
    private final long[] clocks = new long[SIZE];
    private int count;
    private int next;

    private double offTicks;
    private double widestTicks;
    private double ticksPerPacket;

    /** The references before and behind this point do not belong to one line. */
    void reset() {
        count = 0;
        next = 0;
    }

    /**
     * Takes the next reference.
     *
     * @param position its packet's number
     * @param clock its value in 27 MHz, unrolled
     * @return whether there are enough for a line
     */
    boolean add(long position, long clock) {
        positions[next] = position;
        clocks[next] = clock;
        next = next + 1 == SIZE ? 0 : next + 1;
        count = Math.min(SIZE, count + 1);
        if (count < SIZE) {
            return false;
        }
        fit();
        return true;
    }

    /** How far the middle reference lies after the line, in 27 MHz. */
    double offTicks() {
        return offTicks;
    }

    /** How far any of them lies off the line. */
    double widestTicks() {
        return widestTicks;
    }

    /** The clock's ticks per packet along the line. */
    double ticksPerPacket() {
        return ticksPerPacket;
    }

    private void fit() {
        int middle = (next + HALF) % SIZE;
        long position0 = positions[middle];
        long clock0 = clocks[middle];
        double sumX = 0;
        double sumY = 0;
        double sumXx = 0;
        double sumXy = 0;
        for (int i = 0; i < SIZE; i++) {
            double x = positions[i] - position0;
            double y = clocks[i] - clock0;
            sumX += x;
            sumY += y;
            sumXx += x * x;
            sumXy += x * y;
        }
        // The middle reference is the origin: leaving it out changes the count alone.
        double n = SIZE - 1;
        double spread = n * sumXx - sumX * sumX;
        ticksPerPacket = spread == 0 ? 0 : (n * sumXy - sumX * sumY) / spread;
        double atMiddle = (sumY - ticksPerPacket * sumX) / n;
        offTicks = -atMiddle;
        widestTicks = 0;
        for (int i = 0; i < SIZE; i++) {
            double line = atMiddle + ticksPerPacket * (positions[i] - position0);
            widestTicks = Math.max(widestTicks, Math.abs(clocks[i] - clock0 - line));
        }
    }
}
