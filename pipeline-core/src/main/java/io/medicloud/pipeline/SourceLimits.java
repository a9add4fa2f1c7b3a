// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import java.time.Duration;

/**
 * What is expected of a stream's source; zero where nothing is.
 *
 * @param noMedia how long it may take until the first media comes before the stream fails
 * @param stall how long a connected source may bring nothing before that is told
 * @param longest how long the stream may run before it is ended
 * @param mostBitsPerSecond what it may bring, over two seconds; what is above is dropped, counted and told
 */
public record SourceLimits(Duration noMedia, Duration stall, Duration longest, long mostBitsPerSecond) {
    /** Nothing is expected. */
    public static final SourceLimits NONE = new SourceLimits(Duration.ZERO, Duration.ZERO, Duration.ZERO, 0);

    /** @throws IllegalArgumentException if one is negative; the message names it */
    public SourceLimits {
        require("noMedia", !noMedia.isNegative());
        require("stall", !stall.isNegative());
        require("longest", !longest.isNegative());
        require("mostBitsPerSecond", mostBitsPerSecond >= 0);
    }

    private static void require(String name, boolean isGood) {
        if (!isGood) {
            throw new IllegalArgumentException(name + " is negative");
        }
    }
}
