// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.retry;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Exponential backoff with full jitter: a delay drawn evenly from nothing to a bound that doubles with every failure, so
 * that many who failed together do not come back together. Immutable, free of clocks and threads.
 *
 * @param first the bound of the first delay, at least 1 ms
 * @param most the bound that no delay passes, at least {@code first}
 */
public record Backoff(Duration first, Duration most) {
    /** What uploads use: from 250 ms to 30 s. */
    public static final Backoff DEFAULT = new Backoff(Duration.ofMillis(250), Duration.ofSeconds(30));

    private static final int MOST_DOUBLINGS = 30;

    /** @throws IllegalArgumentException if {@code first} is below 1 ms or above {@code most} */
    public Backoff {
        if (first.toMillis() < 1) {
            throw new IllegalArgumentException("first is " + first + ", at least 1 ms is needed");
        }
        if (most.compareTo(first) < 0) {
            throw new IllegalArgumentException("most is " + most + ", less than first, " + first);
        }
    }

    /**
     * The delay before the next attempt.
     *
     * @param failures how many attempts have failed in a row, from 1
     * @return milliseconds, from 0 to the bound of that many failures
     */
    public long delayMs(int failures, RandomGenerator random) {
        return random.nextLong(boundMs(failures) + 1);
    }

    /** The longest delay after so many failures in a row, in milliseconds. */
    public long boundMs(int failures) {
        int doublings = Math.min(Math.max(failures, 1) - 1, MOST_DOUBLINGS);
        long bound = first.toMillis();
        for (int i = 0; i < doublings && bound < most.toMillis(); i++) {
            bound <<= 1;
        }
        return Math.min(bound, most.toMillis());
    }
}
