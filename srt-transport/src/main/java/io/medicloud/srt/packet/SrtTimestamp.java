// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.packet;

/** The 32-bit microsecond timestamp of every packet (draft 3), which wraps every 71 minutes and 35 seconds. */
public final class SrtTimestamp {
    /** One turn of the clock, in microseconds. */
    public static final long TURN = 1L << 32;

    private SrtTimestamp() {}

    /** The timestamp of the instant {@code elapsedUs} microseconds after the sender's start. */
    public static int of(long elapsedUs) {
        return (int) elapsedUs;
    }

    /** The 64-bit time nearest to {@code nearUs} whose low 32 bits are {@code timestamp}. */
    public static long unwrap(int timestamp, long nearUs) {
        return nearUs + (timestamp - (int) nearUs);
    }

    /** Microseconds from one timestamp to another, negative if {@code to} is earlier; right up to half a turn. */
    public static int distance(int from, int to) {
        return to - from;
    }
}
