// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The figures of a load test: times, pauses, metrics, growth. */
final class FiguresTest {
    private static final double DIGITS = 0.001;

    @TempDir
    private Path directory;

    @Property(tries = 300)
    void percentilesAreThoseOfTheSortedTimesToThreeDigits(
            @ForAll @Size(min = 1, max = 300) List<@LongRange(min = 0, max = 3_600_000_000L) Long> times) {
        Latencies latencies = new Latencies();
        times.forEach(latencies::record);

        Percentiles told = latencies.percentiles();

        List<Long> sorted = new ArrayList<>(times);
        sorted.sort(null);
        assertThat(told.count()).isEqualTo(times.size());
        assertThat(told.p50()).satisfies(ms -> assertNear(ms, sorted, 50));
        assertThat(told.p99()).satisfies(ms -> assertNear(ms, sorted, 99));
        assertThat(told.max()).satisfies(ms -> assertNear(ms, sorted, 100));
    }

    private static void assertNear(double ms, List<Long> sorted, double percentile) {
        int rank = (int) Math.max(1, Math.ceil(percentile / 100 * sorted.size()));
        double right = sorted.get(rank - 1) / 1000.0;
        assertThat(ms).isCloseTo(right, within(right * DIGITS + 0.001));
    }

    @Test
    void timesArePassedOnOnceAndKeptAltogether() {
        Latencies latencies = new Latencies();
        latencies.record(1000);
        latencies.record(-5);
        assertThat(latencies.takeNew().getTotalCount()).isEqualTo(2);
        latencies.record(Long.MAX_VALUE);

        assertThat(latencies.takeNew().getTotalCount()).isEqualTo(1);
        assertThat(latencies.takeNew().getTotalCount()).isZero();
        assertThat(latencies.percentiles().count()).isEqualTo(3);
        assertThat(latencies.percentiles().max()).isCloseTo(3_600_000, within(3_600.0));
        assertThat(Percentiles.of(Latencies.empty())).isEqualTo(new Percentiles(0, 0, 0, 0, 0, 0));
    }

    @Test
    void pausesAreReadFromWhatTheJvmWrites() throws IOException {
        Path log = Files.writeString(directory.resolve("gc.log"), """
                [0.012s][info][gc] Using G1
                [1.234s][info][gc] GC(0) Pause Young (Normal) (G1 Evacuation Pause) 23M->4M(256M) 3.512ms
                [2.234s][info][gc] GC(1) Concurrent Mark Cycle
                [2.334s][info][gc] GC(1) Pause Remark 30M->30M(256M) 1.004ms
                [2.434s][info][gc] GC(1) Concurrent Mark Cycle 55.000ms
                """);

        Percentiles pauses = PauseLog.read(log);

        assertThat(pauses.count()).isEqualTo(2);
        assertThat(pauses.max()).isCloseTo(3.512, within(0.01));
        assertThat(pauses.p50()).isCloseTo(1.004, within(0.01));
    }

    @Test
    void metricsAreSummedOverTheirLabels() {
        MetricsText metrics = new MetricsText("""
                # HELP drops What was dropped.
                # TYPE drops counter
                drops{live_id="a b"} 3.0
                drops{live_id="c"} 4.0
                process_cpu_seconds_total 12.5
                nonsense
                """);

        assertThat(metrics.count("drops")).isEqualTo(7);
        assertThat(metrics.sum("process_cpu_seconds_total")).hasValue(12.5);
        assertThat(metrics.sum("nonsense")).isEmpty();
        assertThat(MetricsText.NONE.count("drops")).isZero();
    }

    @Test
    void growthIsToldOfWhatComesAfterTheFirstQuarter() {
        List<Sample> samples = new ArrayList<>();
        for (int second = 0; second < 400; second++) {
            // 100 MiB at once, and then one MiB an hour.
            double mib = second < 100 ? second : 100 + second / 3600.0;
            samples.add(new Sample(second, 1, 0, 0, 0, 0, 0, 0, 0, 0, (long) (mib * (1 << 20))));
        }

        assertThat(Trend.memoryMibPerHour(samples)).isCloseTo(1.0, within(0.01));
        assertThat(Trend.memoryMibPerHour(samples.subList(0, 2))).isNaN();
    }

    @Test
    void theSystemTellsWhatAProcessUses() {
        ProcessFigures own = ProcessFigures.own();

        assertThat(own.cpuSeconds()).isPositive();
        assertThat(own.residentBytes()).isGreaterThan(10 << 20);
        assertThat(new ProcessFigures(0).cpuSeconds()).isNaN();
        assertThat(new ProcessFigures(0).residentBytes()).isZero();
    }
}
