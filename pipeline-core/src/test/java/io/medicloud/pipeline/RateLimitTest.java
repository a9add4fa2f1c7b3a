// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RateLimitTest {
    private static final int PIECE = 1316;

    /** What passes of so many seconds at a rate, in pieces of 1316 bytes. */
    private static long passed(RateLimit limit, long bytesPerSecond, int seconds) {
        long passed = 0;
        for (long sent = 0; sent < bytesPerSecond * seconds; sent += PIECE) {
            if (!limit.isOver(PIECE, sent * 1_000_000 / bytesPerSecond)) {
                passed += PIECE;
            }
        }
        return passed;
    }

    @Property(tries = 100)
    void whatStaysBelowPassesWhole(@ForAll @IntRange(min = 100_000, max = 2_000_000) int limit) {
        long rate = limit * 9L / 10;
        long sent = (rate * 20 + PIECE - 1) / PIECE * PIECE;

        assertThat(passed(new RateLimit(limit * 8L), rate, 20)).isEqualTo(sent);
    }

    @Property(tries = 100)
    void whatIsAboveIsHeldToTheLimitAndABurst(@ForAll @IntRange(min = 2, max = 20) int times) {
        long limit = 500_000;

        assertThat(passed(new RateLimit(limit * 8), limit * times, 20)).isBetween(limit * 8, limit * 22);
    }

    /** In steps in which not even a byte may come. */
    @Property(tries = 100)
    void ofALowRateEveryBitCounts(
            @ForAll @IntRange(min = 1, max = 100_000) int bitsPerSecond,
            @ForAll @IntRange(min = 1, max = 40) int stepUs) {
        RateLimit limit = new RateLimit(bitsPerSecond);
        int bytes = 1 + bitsPerSecond / 1000;
        long passed = 0;
        long steps = 20_000_000 / stepUs;
        for (long step = 0; step < steps; step++) {
            passed += limit.isOver(bytes, step * stepUs) ? 0 : 8L * bytes;
        }
        double allowed = (double) bitsPerSecond * ((steps - 1) * stepUs) / 1e6;

        assertThat((double) passed).isBetween(allowed - 8 * bytes, allowed + 2.0 * bitsPerSecond + 8 * bytes);
    }

    @Test
    void whatIsLongerThanTheBurstPassesNowAndThen() {
        RateLimit limit = new RateLimit(1000);
        long passed = 0;
        for (int second = 0; second < 1000; second++) {
            passed += limit.isOver(PIECE, second * 1_000_000L) ? 0 : 8 * PIECE;
        }
        assertThat(passed).isBetween(1_000_000L - 8 * PIECE, 1_000_000L + 2000 + 8 * PIECE);
    }

    @Test
    void withoutALimitAllPasses() {
        assertThat(new RateLimit(0).isOver(Integer.MAX_VALUE, 0)).isFalse();
    }
}
