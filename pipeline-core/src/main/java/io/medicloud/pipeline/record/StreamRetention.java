// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.record;

import java.time.Duration;

/**
 * What one stream may have in the store, also after it has ended; zero: as it is configured for all.
 *
 * @param age how long ago a segment may have been stored
 * @param bytes how many bytes all of its segments may have
 * @param count how many there may be
 */
public record StreamRetention(Duration age, long bytes, long count) {
    /** As it is configured for all. */
    public static final StreamRetention CONFIGURED = new StreamRetention(Duration.ZERO, 0, 0);

    /** @throws IllegalArgumentException if one is negative; the message names it */
    public StreamRetention {
        require("age", !age.isNegative());
        require("bytes", bytes >= 0);
        require("count", count >= 0);
    }

    private static void require(String name, boolean isGood) {
        if (!isGood) {
            throw new IllegalArgumentException(name + " is negative");
        }
    }
}
