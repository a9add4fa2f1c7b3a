// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** Times that were measured, to three digits, up to an hour; longer ones count as an hour, and those below nothing as nothing. Thread-safe. */
final class Latencies {
    private static final long LONGEST_US = TimeUnit.HOURS.toMicros(1);
    private static final int DIGITS = 3;

    private final Recorder recorder = new Recorder(LONGEST_US, DIGITS);
    private final Histogram all = empty();

    /** One that holds nothing. */
    static Histogram empty() {
        return new Histogram(LONGEST_US, DIGITS);
    }

    void record(long us) {
        recorder.recordValue(Math.max(0, Math.min(us, LONGEST_US)));
    }

    /** What came since the last call, which is the caller's. */
    synchronized Histogram takeNew() {
        Histogram fresh = recorder.getIntervalHistogram();
        all.add(fresh);
        return fresh;
    }

    /** All that came. */
    synchronized Percentiles percentiles() {
        takeNew();
        return Percentiles.of(all);
    }
}
