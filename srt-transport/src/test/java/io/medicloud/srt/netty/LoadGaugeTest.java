// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.netty;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class LoadGaugeTest {
    private static final long TICK_US = 2_000;

    private final LoadGauge gauge = new LoadGauge();
    private long nowUs = 10_000_000;
    private long runUs;

    LoadGaugeTest() {
        gauge.onTick(nowUs, nowUs, 0);
        gauge.onWindow(0, 0, nowUs);
    }

    /** One second of ticks, each busy for so long and with so many datagrams, of which the system discarded some. */
    private void second(long busyUs, int datagrams, long discarded) {
        second(busyUs, busyUs, datagrams, discarded);
    }

    /** In which of the time that a tick took it had a processor for so long. */
    private void second(long busyUs, long runningUs, int datagrams, long discarded) {
        boolean isOver = false;
        while (!isOver) {
            isOver = gauge.onTick(nowUs, nowUs + busyUs, datagrams);
            nowUs += Math.max(busyUs, TICK_US);
            runUs += runningUs;
        }
        gauge.onWindow(discarded, runUs, nowUs);
    }

    @Test
    void aLoopThatIsBusyForTwoSecondsIsOverloadedUntilOneIsNot() {
        second(1_950, 10, 0);
        assertThat(gauge.isOverloaded()).isFalse();
        second(1_950, 10, 0);
        assertThat(gauge.isOverloaded()).isTrue();
        second(1_000, 10, 0);
        assertThat(gauge.isOverloaded()).isFalse();
    }

    @Test
    void aLoopThatOthersKeepFromRunningIsNotOverloaded() {
        for (int i = 0; i < 5; i++) {
            second(1_950, 900, 10, 0);
            assertThat(gauge.isOverloaded()).isFalse();
        }
        second(1_950, 1_100, 10, 0);
        second(1_950, 1_100, 10, 0);
        assertThat(gauge.isOverloaded()).isTrue();
    }

    @Test
    void aLoopWhoseSocketOverflowsInTwoSecondsOfFiveIsOverloaded() {
        second(500, 100, 600);
        assertThat(gauge.isOverloaded()).isFalse();
        second(500, 100, 0);
        second(500, 100, 600);
        for (int i = 0; i < 3; i++) {
            assertThat(gauge.isOverloaded()).isTrue();
            second(500, 100, 0);
        }
        assertThat(gauge.isOverloaded()).isFalse();
    }

    @Test
    void aSocketThatOverflowedOnceIsForgottenAfterFiveSeconds() {
        second(500, 100, 600);
        for (int i = 0; i < 4; i++) {
            second(500, 100, 0);
        }
        second(500, 100, 600);
        assertThat(gauge.isOverloaded()).isFalse();
    }

    @Test
    void aFewDiscardedDatagramsAreNoOverload() {
        for (int i = 0; i < 3; i++) {
            second(500, 100, 20);
            assertThat(gauge.isOverloaded()).isFalse();
        }
        for (int i = 0; i < 3; i++) {
            second(100, 1, 200);
            assertThat(gauge.isOverloaded()).isFalse();
        }
    }
}
