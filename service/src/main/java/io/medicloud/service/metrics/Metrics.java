// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.util.internal.PlatformDependent;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.tracer.common.SpanContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** What the process measures of itself, for Prometheus: its memory, threads and files beside what others register. Thread-safe. */
public final class Metrics implements AutoCloseable {
    /** The media type of {@link #text}. */
    public static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    /** The same with the exemplars of histograms, for who asks for it. */
    public static final String OPEN_MEDIA_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private final PrometheusMeterRegistry registry;
    private final JvmGcMetrics collections = new JvmGcMetrics();
    /** The registry itself would not keep them. */
    private final List<DoubleSupplier> counted = new CopyOnWriteArrayList<>();

    /** Begins to measure, without exemplars. */
    public Metrics() {
        this(null);
    }

    /** @param exemplars tells the trace that a value belongs to; null for none */
    public Metrics(@Nullable SpanContext exemplars) {
        registry = new PrometheusMeterRegistry(
                PrometheusConfig.DEFAULT, new PrometheusRegistry(), Clock.SYSTEM, exemplars);
        registry.config().meterFilter(new UsualNames());
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        collections.bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        gauge(MetricCatalog.MEMORY_DIRECT, PlatformDependent::usedDirectMemory);
        counter(MetricCatalog.PROCESS_CPU, new ProcessorTime()::seconds);
    }

    /** Where to register more. */
    public MeterRegistry registry() {
        return registry;
    }

    /** What is exported, as Prometheus' client has it. */
    public PrometheusRegistry collected() {
        return registry.getPrometheusRegistry();
    }

    /** Asks the collector, too, from now on. */
    void add(MultiCollector collector) {
        registry.getPrometheusRegistry().register(collector);
    }

    /** Adds what goes up and down. */
    void gauge(MetricFamily family, DoubleSupplier now, String... labels) {
        Gauge.builder(family.baseName(), now::getAsDouble)
                .description(family.help())
                .tags(tags(family, labels))
                .register(registry);
    }

    /** Adds what somebody else counts. */
    void counter(MetricFamily family, DoubleSupplier total, String... labels) {
        counted.add(total);
        FunctionCounter.builder(family.baseName(), total, DoubleSupplier::getAsDouble)
                .description(family.help())
                .tags(tags(family, labels))
                .register(registry);
    }

    /** A counter; the same one each time. */
    Counter counter(MetricFamily family, String... labels) {
        return Counter.builder(family.baseName())
                .description(family.help())
                .tags(tags(family, labels))
                .register(registry);
    }

    /**
     * A histogram; the same one each time.
     *
     * @param bounds of its ranges
     */
    DistributionSummary histogram(MetricFamily family, double[] bounds, String... labels) {
        return DistributionSummary.builder(family.baseName())
                .description(family.help())
                .serviceLevelObjectives(bounds)
                .tags(tags(family, labels))
                .register(registry);
    }

    private static List<Tag> tags(MetricFamily family, String... labels) {
        if (labels.length != family.labels().size()) {
            throw new IllegalArgumentException(family.name() + " has the labels " + family.labels());
        }
        List<Tag> tags = new ArrayList<>();
        for (int i = 0; i < labels.length; i++) {
            tags.add(Tag.of(family.labels().get(i), labels[i]));
        }
        return tags;
    }

    /**
     * All of it. May take some milliseconds for each stream.
     *
     * @param mediaType one of ours
     */
    public String text(String mediaType) {
        return registry.scrape(mediaType);
    }

    /** These alone, in the same formats. */
    static String text(MetricSnapshots snapshots, String mediaType) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try {
            ExpositionFormats.init().findWriter(mediaType).write(text, snapshots);
        } catch (IOException e) {
            throw new UncheckedIOException("nothing fails that is written to memory", e);
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        collections.close();
        registry.close();
    }
}
