// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import org.HdrHistogram.AbstractHistogram;

/**
 * How times are spread, in milliseconds; all 0 if there are none.
 *
 * @param count how many times there are
 * @param p50 half of them are not above this
 * @param max the longest
 */
public record Percentiles(long count, double p50, double p90, double p99, double p999, double max) {
    private static final double US_PER_MS = 1000;

    static Percentiles of(AbstractHistogram times) {
        return new Percentiles(
                times.getTotalCount(),
                at(times, 50),
                at(times, 90),
                at(times, 99),
                at(times, 99.9),
                times.getTotalCount() == 0 ? 0 : times.getMaxValue() / US_PER_MS);
    }

    private static double at(AbstractHistogram times, double percentile) {
        return times.getTotalCount() == 0 ? 0 : times.getValueAtPercentile(percentile) / US_PER_MS;
    }
}
