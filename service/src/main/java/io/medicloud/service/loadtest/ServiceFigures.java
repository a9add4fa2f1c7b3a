// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

/** What the service and the harness use: from the system, or without a process of its own on this machine from the service's metrics. */
final class ServiceFigures implements Sampler.Figures {
    private static final String CPU = "process_cpu_seconds_total";

    private final TargetService target;
    private final LoadStreams streams;
    private final ProcessFigures service;
    private final ProcessFigures harness = ProcessFigures.own();
    private final double serviceBegan;
    private final double harnessBegan;
    private long mostResident;

    /** From this moment on. */
    ServiceFigures(TargetService target, LoadStreams streams) {
        this.target = target;
        this.streams = streams;
        service = new ProcessFigures(target.pid());
        serviceBegan = absoluteCpuSeconds();
        harnessBegan = harness.cpuSeconds();
    }

    private double absoluteCpuSeconds() {
        return target.pid() > 0
                ? service.cpuSeconds()
                : target.metrics().sum(CPU).orElse(Double.NaN);
    }

    @Override
    public int streams() {
        return streams.sending();
    }

    @Override
    public long sentBytes() {
        return streams.tally().sentBytes();
    }

    @Override
    public long storedBytes() {
        return streams.ledgers().stream().mapToLong(StreamLedger::rightBytes).sum();
    }

    @Override
    public double cpuSeconds() {
        return absoluteCpuSeconds() - serviceBegan;
    }

    @Override
    public double harnessCpuSeconds() {
        return harness.cpuSeconds() - harnessBegan;
    }

    @Override
    public long residentBytes() {
        long resident = target.pid() > 0 ? service.residentBytes() : 0;
        mostResident = Math.max(mostResident, resident);
        return resident;
    }

    /** The most so far, of all looks. */
    long mostResidentBytes() {
        return mostResident;
    }
}
