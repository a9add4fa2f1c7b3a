// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.libsrt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class HeartbeatTest {
    private static final long SECOND = 1_000_000;

    private final Heartbeat heart = new Heartbeat(10_000);

    @Test
    void aTurnThatDoesNotComeShowsWhileItDoesNot() {
        assertThat(heart.waitUs(5 * SECOND)).isZero();
        heart.beat(5 * SECOND);
        assertThat(heart.waitUs(5 * SECOND + 10_000)).isZero();
        assertThat(heart.waitUs(7 * SECOND + 10_000)).isEqualTo(2 * SECOND);
        heart.beat(8 * SECOND);
        assertThat(heart.waitUs(8 * SECOND)).isZero();
    }

    @Test
    void aLoopThatHasNothingToDoIsNotLate() {
        heart.beat(SECOND);
        heart.rest();
        assertThat(heart.waitUs(99 * SECOND)).isZero();
        heart.beat(99 * SECOND);
        assertThat(heart.delayUs()).isZero();
    }

    @Test
    void theWorstOfASecondIsToldAfterIt() {
        heart.beat(SECOND);
        heart.beat(SECOND + 500_000);
        heart.beat(SECOND + 505_000);
        heart.beat(2 * SECOND);
        assertThat(heart.delayUs()).isEqualTo(490_000);
        heart.beat(2 * SECOND + 5000);
        for (long nowUs = 2 * SECOND + 5000; nowUs <= 3 * SECOND; nowUs += 5000) {
            heart.beat(nowUs);
        }
        assertThat(heart.delayUs()).isZero();
    }
}
