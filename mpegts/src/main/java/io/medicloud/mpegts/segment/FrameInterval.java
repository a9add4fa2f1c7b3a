// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.packet.Pts;

/** Estimates how long a picture is shown: the smallest distance between times that come close to each other. In 90 kHz. */
final class FrameInterval {
    private static final int REMEMBERED = 16;
    /** Distances below 1/300 s are jitter, not pictures. */
    private static final long SHORTEST = Pts.HZ / 300;

    /** Distances beyond are gaps, not pictures. */
    private static final long LONGEST = 5L * Pts.HZ;

    private static final long DEFAULT = Pts.HZ / 25;

    private final long[] times = new long[REMEMBERED];
    private int count;
    private long smallest = Long.MAX_VALUE;

    void add(long time) {
        for (int i = 0; i < Math.min(count, REMEMBERED); i++) {
            long distance = Math.abs(time - times[i]);
            if (distance >= SHORTEST && distance < smallest) {
                smallest = distance;
            }
        }
        times[count % REMEMBERED] = time;
        count = count == 2 * REMEMBERED - 1 ? REMEMBERED : count + 1;
    }

    /** The estimate; 1/25 s as long as there is none. */
    long ticks() {
        return smallest <= LONGEST ? smallest : DEFAULT;
    }

    void reset() {
        count = 0;
        smallest = Long.MAX_VALUE;
    }
}
