// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Property
    void everyDelayLiesWithinTheBoundOfItsFailures(
            @ForAll @LongRange(min = 1, max = 10_000) long first,
            @ForAll @LongRange(min = 0, max = 100_000) long more,
            @ForAll @IntRange(min = 1, max = 100) int failures,
            @ForAll long seed) {
        Backoff backoff = new Backoff(Duration.ofMillis(first), Duration.ofMillis(first + more));

        long delay = backoff.delayMs(failures, new Random(seed));

        assertThat(delay).isBetween(0L, backoff.boundMs(failures));
        assertThat(backoff.boundMs(failures)).isBetween(first, first + more);
    }

    @Test
    void theBoundDoublesUntilTheMost() {
        Backoff backoff = new Backoff(Duration.ofMillis(250), Duration.ofSeconds(30));

        assertThat(backoff.boundMs(1)).isEqualTo(250);
        assertThat(backoff.boundMs(2)).isEqualTo(500);
        assertThat(backoff.boundMs(7)).isEqualTo(16_000);
        assertThat(backoff.boundMs(8)).isEqualTo(30_000);
        assertThat(backoff.boundMs(Integer.MAX_VALUE)).isEqualTo(30_000);
    }

    @Test
    void delaysAreSpreadOverTheWholeBound() {
        Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(1));
        Random random = new Random(7);

        double mean = random.ints(10_000)
                .mapToLong(i -> backoff.delayMs(1, random))
                .average()
                .orElseThrow();

        assertThat(mean).isBetween(480.0, 520.0);
    }

    @Test
    void aBoundBelowAMillisecondOrBelowTheFirstIsRefused() {
        assertThatThrownBy(() -> new Backoff(Duration.ZERO, Duration.ofSeconds(1)))
                .hasMessageContaining("first");
        assertThatThrownBy(() -> new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .hasMessageContaining("most");
    }
}
