// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** Looks at everything about once a second, and keeps what it saw: second by second, and step by step. One thread. */
final class Sampler {
    private static final double US = 1e6;

    /** What is looked at, as it stands at a moment. */
    interface Figures {
        int streams();

        long sentBytes();

        long storedBytes();

        /** NaN if it is not known. */
        double cpuSeconds();

        double harnessCpuSeconds();

        long residentBytes();
    }

    private final Figures figures;
    private final Latencies latency;
    private final Latencies control;
    private final Latencies lateness;
    private final long beganUs;
    private final List<Sample> samples = new ArrayList<>();
    private final List<StepReport> steps = new ArrayList<>();
    private int mostStreams;
    private Histogram stepLatency = Latencies.empty();
    private long mostResident;
    private Mark last;
    private Mark step;

    private record Mark(long atUs, long sentBytes, long storedBytes, double cpuSeconds, double harnessCpuSeconds) {
        double seconds(Mark before) {
            return Math.max(1, atUs - before.atUs) / US;
        }

        double sentBits(Mark before) {
            return (sentBytes - before.sentBytes) * 8 / seconds(before);
        }

        double storedBits(Mark before) {
            return (storedBytes - before.storedBytes) * 8 / seconds(before);
        }

        double cores(Mark before) {
            return (cpuSeconds - before.cpuSeconds) / seconds(before);
        }

        double harnessCores(Mark before) {
            return (harnessCpuSeconds - before.harnessCpuSeconds) / seconds(before);
        }
    }

    Sampler(Figures figures, Latencies latency, Latencies control, Latencies lateness, long beganUs) {
        this.figures = figures;
        this.latency = latency;
        this.control = control;
        this.lateness = lateness;
        this.beganUs = beganUs;
        last = mark(beganUs);
        step = last;
    }

    private Mark mark(long atUs) {
        return new Mark(
                atUs, figures.sentBytes(), figures.storedBytes(), figures.cpuSeconds(), figures.harnessCpuSeconds());
    }

    /** Looks, and returns what it saw. */
    Sample look(long nowUs) {
        Mark now = mark(nowUs);
        Histogram fresh = latency.takeNew();
        stepLatency.add(fresh);
        Percentiles seen = Percentiles.of(fresh);
        long resident = figures.residentBytes();
        int streams = figures.streams();
        mostResident = Math.max(mostResident, resident);
        mostStreams = Math.max(mostStreams, streams);
        Sample sample = new Sample(
                (nowUs - beganUs) / US,
                streams,
                now.sentBits(last),
                now.storedBits(last),
                seen.p50(),
                seen.p99(),
                Percentiles.of(control.takeNew()).p99(),
                Percentiles.of(lateness.takeNew()).max(),
                now.cores(last),
                now.harnessCores(last),
                resident);
        samples.add(sample);
        last = now;
        return sample;
    }

    /** A step is over, at the last look. */
    void endStep() {
        if (last.atUs() == step.atUs()) {
            return;
        }
        steps.add(new StepReport(
                (step.atUs() - beganUs) / US,
                (last.atUs() - beganUs) / US,
                mostStreams,
                last.sentBits(step),
                last.storedBits(step),
                Percentiles.of(stepLatency),
                last.cores(step),
                mostResident));
        stepLatency = Latencies.empty();
        mostResident = 0;
        mostStreams = 0;
        step = last;
    }

    List<Sample> samples() {
        return List.copyOf(samples);
    }

    List<StepReport> steps() {
        return List.copyOf(steps);
    }
}
