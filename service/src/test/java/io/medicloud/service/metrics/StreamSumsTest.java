// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Sums of streams' counters never fall. */
final class StreamSumsTest {
    private static final StreamSums.Series SERIES = new StreamSums.Series("bytes", "");

    private final StreamSums sums = new StreamSums();
    private final StreamSums.Run one = new StreamSums.Run("one", 1);

    private double count(StreamSums.Run run, double now) {
        sums.count(run, SERIES, now);
        return sums.totals().get(SERIES);
    }

    @Test
    void whatIsLookedAtAgainIsCountedOnce() {
        assertThat(count(one, 5)).isEqualTo(5);
        assertThat(count(one, 5)).isEqualTo(5);
        assertThat(count(one, 7)).isEqualTo(7);
    }

    @Test
    void aCounterThatBeginsAnewGoesOnFromWhereTheSumIs() {
        count(one, 5);

        assertThat(count(one, 2)).isEqualTo(7);
    }

    @Test
    void aStreamThatIsOverStaysInTheSumAndItsNextRunIsAdded() {
        count(one, 5);
        sums.end(one);

        assertThat(sums.totals()).isEqualTo(Map.of(SERIES, 5.0));
        assertThat(sums.runs()).isZero();
        assertThat(count(new StreamSums.Run("one", 2), 3)).isEqualTo(8);
    }

    @Test
    void ofRunsThatAreGoneNothingIsKept() {
        count(one, 5);
        sums.keep(List.of());

        assertThat(sums.runs()).isZero();
    }
}
