// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import java.util.List;

/** Whether something grows. */
final class Trend {
    private static final double SECONDS_AN_HOUR = 3600;
    private static final double MIB = 1 << 20;

    private Trend() {}

    /** MiB an hour that the service's memory grew by after the first quarter of the samples, by the line of least squares; NaN if there are too few. */
    static double memoryMibPerHour(List<Sample> samples) {
        List<Sample> late = samples.subList(samples.size() / 4, samples.size());
        if (late.size() < 3) {
            return Double.NaN;
        }
        double meanTime = late.stream().mapToDouble(Sample::seconds).average().orElseThrow();
        double meanBytes =
                late.stream().mapToDouble(Sample::residentBytes).average().orElseThrow();
        double both = 0;
        double times = 0;
        for (Sample sample : late) {
            double time = sample.seconds() - meanTime;
            both += time * (sample.residentBytes() - meanBytes);
            times += time * time;
        }
        return times == 0 ? Double.NaN : both / times * SECONDS_AN_HOUR / MIB;
    }
}
