// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import java.time.Duration;

/**
 * How streams are cut.
 *
 * @param duration a segment ends at the first random access point from here on
 * @param maxDuration it ends here in any case; zero stands for twice the duration
 * @param minDuration no choice of ours ends it before this
 * @param maxBytes it ends before it grows past this
 * @param atClock whether it ends at the multiples of its duration of the time of day
 * @param atSplices whether it ends also at splice points (SCTE 35)
 * @param repeatParameterSets whether random access points without parameter sets get the last ones in front
 */
public record SegmentConfig(
        Duration duration,
        Duration maxDuration,
        Duration minDuration,
        long maxBytes,
        boolean atClock,
        boolean atSplices,
        boolean repeatParameterSets) {
    /** As it is without these options. */
    public SegmentConfig(Duration duration, Duration maxDuration, long maxBytes) {
        this(duration, maxDuration, Duration.ZERO, maxBytes, false, false, false);
    }
}
