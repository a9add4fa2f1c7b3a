// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class RateTableTest {
    private static final CallRate RATE = new CallRate(10, 5);
    private static final long S = TimeUnit.SECONDS.toNanos(1);
    /** Clocks of nanoseconds begin anywhere, and may turn over. */
    private static final long START = Long.MAX_VALUE - S;

    private final RateTable table = new RateTable(100);

    private int taken(String client, int times, long nowNs) {
        int taken = 0;
        for (int i = 0; i < times; i++) {
            taken += table.take(client, RATE, nowNs) == 0 ? 1 : 0;
        }
        return taken;
    }

    @Test
    void aClientHasItsBurstAndThenItsRate() {
        assertThat(taken("one", 20, START)).isEqualTo(5);
        assertThat(taken("another", 20, START)).isEqualTo(5);
        for (int second = 1; second <= 10; second++) {
            int taken = 0;
            for (int tenth = 0; tenth < 20; tenth++) {
                taken += taken("one", 1, START + second * S + tenth * S / 20);
            }
            assertThat(taken).as("second %d", second).isBetween(10, 15);
        }
    }

    @Test
    void whoIsTooEarlyIsToldWhenToComeAgain() {
        taken("one", 5, START);

        long wait = table.take("one", RATE, START);

        assertThat(wait).isEqualTo(S / 10);
        assertThat(table.take("one", RATE, START + wait - 1)).isEqualTo(1);
        assertThat(table.take("one", RATE, START + wait)).isZero();
    }

    @Test
    void withoutARateAllMay() {
        assertThat(table.take("one", new CallRate(0, 1), START)).isZero();
        assertThat(table.size()).isZero();
    }

    @Test
    void whoHasManyAddressesNeitherMakesItGrowNorDrivesOthersOutNorGetsMore() {
        taken("known", 5, START);
        int taken = 0;
        for (int i = 0; i < 100_000; i++) {
            taken += taken("address " + i, 1, START);
        }

        assertThat(table.size()).isLessThanOrEqualTo(101);
        assertThat(taken).isLessThanOrEqualTo(99 + RATE.burst());
        assertThat(taken("known", 1, START)).isZero();
        assertThat(taken("after a rest", 10, START + S)).isEqualTo(5);
    }
}
