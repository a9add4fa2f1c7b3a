// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** What the comparisons rest on. */
class LossGridTest {
    private static final double NOTHING = 1e-9;

    @Test
    void theChanceIsThatOfTossedCoins() {
        assertThat(LossGrid.chance(0, 0)).isCloseTo(1, within(NOTHING));
        assertThat(LossGrid.chance(0, 9)).isCloseTo(1, within(NOTHING));
        assertThat(LossGrid.chance(1, 0)).isCloseTo(0.5, within(NOTHING));
        assertThat(LossGrid.chance(3, 1)).isCloseTo(5 / 16.0, within(NOTHING));
        assertThat(LossGrid.chance(10, 0)).isCloseTo(1 / 1024.0, within(NOTHING));
    }

    @Test
    void manyLossesAreNoReasonForAVerdict() {
        assertThat(LossGrid.chance(5000, 5000)).isBetween(0.5, 0.51);
        assertThat(LossGrid.chance(782, 1025)).isGreaterThan(0.999);
        assertThat(LossGrid.chance(1025, 782)).isLessThan(1e-6);
    }
}
