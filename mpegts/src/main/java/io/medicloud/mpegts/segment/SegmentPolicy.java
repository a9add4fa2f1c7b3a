// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.packet.TsPacket;
import java.time.Duration;

/**
 * How long segments are.
 *
 * @param target a segment ends at the first random access point at or after this; 100 ms to 1 hour
 * @param longest past this it ends at any picture, and the next one is not independent; at least {@code target}, at most 1 day
 * @param mostBytes it never holds more, tables in front included: it then ends at any packet; at least {@link #LEAST_BYTES}
 */
public record SegmentPolicy(Duration target, Duration longest, long mostBytes) {
    /** The target unless another is asked for. */
    public static final Duration DEFAULT_TARGET = Duration.ofSeconds(6);
    /** The most bytes unless another number is asked for: 64 MiB, a minute at 8.9 Mbit/s. */
    public static final long DEFAULT_MOST_BYTES = 64L << 20;
    /** The least that {@code mostBytes} may be: several times what is held back while a cut is decided. */
    public static final long LEAST_BYTES = 256L << 10;

    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST_TARGET = Duration.ofHours(1);
    private static final Duration LONGEST = Duration.ofDays(1);

    public SegmentPolicy {
        if (target.compareTo(SHORTEST) < 0 || target.compareTo(LONGEST_TARGET) > 0) {
            throw new IllegalArgumentException(
                    "segment duration " + target + " is not between " + SHORTEST + " and " + LONGEST_TARGET);
        }
        if (longest.compareTo(target) < 0 || longest.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "longest segment duration " + longest + " is not between " + target + " and " + LONGEST);
        }
        if (mostBytes < LEAST_BYTES) {
            throw new IllegalArgumentException("most bytes of a segment " + mostBytes + " is less than " + LEAST_BYTES);
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

    /** The same with another longest duration. */
    public SegmentPolicy withLongest(Duration longest) {
        return new SegmentPolicy(target, longest, mostBytes);
    }

    /** The same with another bound on bytes. */
    public SegmentPolicy withMostBytes(long mostBytes) {
        return new SegmentPolicy(target, longest, mostBytes);
    }

    long targetTicks() {
        return ticks(target);
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
