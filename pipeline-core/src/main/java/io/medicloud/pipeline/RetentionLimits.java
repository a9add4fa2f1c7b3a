// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.pipeline.record.StreamRetention;
import java.time.Duration;

/**
 * What each stream's segments in the store may be, unless it has other limits; zero where nothing is limited. The oldest go first, by whichever limit they are past.
 *
 * @param age how long ago a segment may have been stored
 * @param bytes how many bytes all of them may have
 * @param count how many there may be
 * @param every the time between looks
 */
public record RetentionLimits(Duration age, long bytes, long count, Duration every) {
    /** Segments stay for ever. */
    public static final RetentionLimits NONE = new RetentionLimits(Duration.ZERO, 0, 0, Duration.ofMinutes(1));

    /** @throws IllegalArgumentException if one is of no use; the message names it */
    public RetentionLimits {
        if (age.isNegative()) {
            throw new IllegalArgumentException("age is negative");
        }
        if (bytes < 0) {
            throw new IllegalArgumentException("bytes is negative");
        }
        if (count < 0) {
            throw new IllegalArgumentException("count is negative");
        }
        if (every.isNegative() || every.isZero()) {
            throw new IllegalArgumentException("every must be above 0");
        }
    }

    /** The same, but for what a stream has otherwise. */
    RetentionLimits with(StreamRetention own) {
        return new RetentionLimits(
                own.age().isZero() ? age : own.age(),
                own.bytes() == 0 ? bytes : own.bytes(),
                own.count() == 0 ? count : own.count(),
                every);
    }

    /** Is nothing limited? */
    public boolean isUnlimited() {
        return age.isZero() && bytes == 0 && count == 0;
    }
}
