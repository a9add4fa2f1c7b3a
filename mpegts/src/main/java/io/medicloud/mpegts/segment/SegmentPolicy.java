// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.packet.TsPacket;
import java.time.Duration;

/**
 * How long segments are, and what they are cut by.
 *
 * @param target a segment ends at the first random access point at or after this; 100 ms to 1 hour
 * @param shortest nothing but a discontinuity, a change of streams or {@code mostBytes} ends a segment before this; 0 to {@code target}
 * @param longest past this it ends at any picture, and the next one is not independent; at least {@code target}, at most 1 day
 * @param mostBytes it never holds more, tables in front included: it then ends at any packet; at least {@link #LEAST_BYTES}
 * @param program program_number of the program whose stream times segments; {@link #FIRST_PROGRAM} for the first one
 * @param wallClockUs if it is not {@link #NO_WALL_CLOCK}, segments end at the multiples of {@code target} of the time of day, instead of that long after their
 *     start: what {@code nowUs} of 0 is in µs since 1970
 * @param atSplices whether segments end also at the first random access point at or after a splice point (SCTE 35)
 * @param repeatParameterSets whether a random access point without its parameter sets gets the last ones in front, so that the segment is independent
 */
public record SegmentPolicy(
        Duration target,
        Duration shortest,
        Duration longest,
        long mostBytes,
        int program,
        long wallClockUs,
        boolean atSplices,
        boolean repeatParameterSets) {
    /** The target unless another is asked for. */
    public static final Duration DEFAULT_TARGET = Duration.ofSeconds(6);
    /** The most bytes unless another number is asked for: 64 MiB, a minute at 8.9 Mbit/s. */
    public static final long DEFAULT_MOST_BYTES = 64L << 20;
    /** The least that {@code mostBytes} may be: several times what is held back while a cut is decided. */
    public static final long LEAST_BYTES = 256L << 10;
    /** Segments know no time of day. */
    public static final long NO_WALL_CLOCK = Long.MIN_VALUE;
    /** The PAT's first program that has video or audio. */
    public static final int FIRST_PROGRAM = 0;

    private static final Duration LEAST_TARGET = Duration.ofMillis(100);
    private static final Duration MOST_TARGET = Duration.ofHours(1);
    private static final Duration MOST_LONGEST = Duration.ofDays(1);
    private static final int MOST_PROGRAM = 0xFFFF;

    public SegmentPolicy {
        require(target, LEAST_TARGET, MOST_TARGET, "segment duration");
        require(shortest, Duration.ZERO, target, "shortest segment duration");
        require(longest, target, MOST_LONGEST, "longest segment duration");
        if (mostBytes < LEAST_BYTES) {
            throw new IllegalArgumentException("most bytes of a segment " + mostBytes + " is less than " + LEAST_BYTES);
        }
        if (program < 0 || program > MOST_PROGRAM) {
            throw new IllegalArgumentException("program number " + program + " is not between 1 and " + MOST_PROGRAM);
        }
    }

    /** A policy without options: no shortest duration, the first program, cut by the target alone. */
    public SegmentPolicy(Duration target, Duration longest, long mostBytes) {
        this(target, Duration.ZERO, longest, mostBytes, FIRST_PROGRAM, NO_WALL_CLOCK, false, false);
    }

    private static void require(Duration value, Duration least, Duration most, String what) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(what + " " + value + " is not between " + least + " and " + most);
        }
    }

    /** 6 s, at most 12 s, at most 64 MiB. */
    public static SegmentPolicy defaults() {
        return ofTarget(DEFAULT_TARGET);
    }

    /** This target; at most twice that, and at most 64 MiB. */
    public static SegmentPolicy ofTarget(Duration target) {
        return new SegmentPolicy(target, target.multipliedBy(2), DEFAULT_MOST_BYTES);
    }

    /** The same with another shortest duration. */
    public SegmentPolicy withShortest(Duration shortest) {
        return new SegmentPolicy(
                target, shortest, longest, mostBytes, program, wallClockUs, atSplices, repeatParameterSets);
    }

    /** The same with another longest duration. */
    public SegmentPolicy withLongest(Duration longest) {
        return new SegmentPolicy(
                target, shortest, longest, mostBytes, program, wallClockUs, atSplices, repeatParameterSets);
    }

    /** The same with another bound on bytes. */
    public SegmentPolicy withMostBytes(long mostBytes) {
        return new SegmentPolicy(
                target, shortest, longest, mostBytes, program, wallClockUs, atSplices, repeatParameterSets);
    }

    /** The same for another program. */
    public SegmentPolicy withProgram(int program) {
        return new SegmentPolicy(
                target, shortest, longest, mostBytes, program, wallClockUs, atSplices, repeatParameterSets);
    }

    /** The same, cut by the time of day: {@code wallClockUs} is µs since 1970 when {@code nowUs} is 0. */
    public SegmentPolicy withWallClock(long wallClockUs) {
        return new SegmentPolicy(
                target, shortest, longest, mostBytes, program, wallClockUs, atSplices, repeatParameterSets);
    }

    /** The same, cut at splice points too. */
    public SegmentPolicy withSplices(boolean atSplices) {
        return new SegmentPolicy(
                target, shortest, longest, mostBytes, program, wallClockUs, atSplices, repeatParameterSets);
    }

    /** The same, with parameter sets in front of random access points that lack them. */
    public SegmentPolicy withParameterSets(boolean repeat) {
        return new SegmentPolicy(target, shortest, longest, mostBytes, program, wallClockUs, atSplices, repeat);
    }

    /** Whether segments are cut by the time of day. */
    public boolean isAtWallClock() {
        return wallClockUs != NO_WALL_CLOCK;
    }

    long targetTicks() {
        return ticks(target);
    }

    long shortestTicks() {
        return ticks(shortest);
    }

    long longestTicks() {
        return ticks(longest);
    }

    long mostPackets() {
        return mostBytes / TsPacket.SIZE;
    }

    private static long ticks(Duration duration) {
        return duration.toNanos() / 1000 * Pts.HZ / 1_000_000;
    }
}
