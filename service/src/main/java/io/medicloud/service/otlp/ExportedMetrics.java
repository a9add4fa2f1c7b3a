// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.otlp;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.DoublePointData;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.SummaryPointData;
import io.opentelemetry.sdk.metrics.export.MetricProducer;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableDoublePointData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableGaugeData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableHistogramData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableHistogramPointData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableMetricData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableSumData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableSummaryData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableSummaryPointData;
import io.opentelemetry.sdk.resources.Resource;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Label;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** All that is exported to Prometheus, under the same names, as OTLP has it. Thread-safe. */
final class ExportedMetrics implements MetricProducer {
    private static final InstrumentationScopeInfo SCOPE = InstrumentationScopeInfo.create("io.medicloud.service");

    private final PrometheusRegistry registry;
    private final long sinceNs = epochNs();

    ExportedMetrics(PrometheusRegistry registry) {
        this.registry = registry;
    }

    @Override
    public Collection<MetricData> produce(Resource resource) {
        long nowNs = epochNs();
        List<MetricData> all = new ArrayList<>();
        registry.scrape().forEach(snapshot -> {
            MetricData data = data(resource, snapshot, nowNs);
            if (data != null) {
                all.add(data);
            }
        });
        return all;
    }

    private static long epochNs() {
        Instant now = Instant.now();
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }

    /** Null for a kind that we have none of. */
    private @Nullable MetricData data(Resource resource, MetricSnapshot snapshot, long nowNs) {
        String name = snapshot.getMetadata().getPrometheusName();
        String help = String.valueOf(snapshot.getMetadata().getHelp());
        if (snapshot instanceof CounterSnapshot counter) {
            List<DoublePointData> points = counter.getDataPoints().stream()
                    .map(point -> ImmutableDoublePointData.create(sinceNs, nowNs, labels(point), point.getValue()))
                    .toList();
            return ImmutableMetricData.createDoubleSum(
                    resource,
                    SCOPE,
                    name + "_total",
                    help,
                    "",
                    ImmutableSumData.create(true, AggregationTemporality.CUMULATIVE, points));
        } else if (snapshot instanceof GaugeSnapshot gauge) {
            List<DoublePointData> points = gauge.getDataPoints().stream()
                    .map(point -> ImmutableDoublePointData.create(sinceNs, nowNs, labels(point), point.getValue()))
                    .toList();
            return ImmutableMetricData.createDoubleGauge(
                    resource, SCOPE, name, help, "", ImmutableGaugeData.create(points));
        } else if (snapshot instanceof HistogramSnapshot histogram) {
            List<HistogramPointData> points = histogram.getDataPoints().stream()
                    .map(point -> histogramPoint(point, nowNs))
                    .toList();
            return ImmutableMetricData.createDoubleHistogram(
                    resource,
                    SCOPE,
                    name,
                    help,
                    "",
                    ImmutableHistogramData.create(AggregationTemporality.CUMULATIVE, points));
        } else if (snapshot instanceof SummarySnapshot summary) {
            List<SummaryPointData> points = summary.getDataPoints().stream()
                    .map(point -> (SummaryPointData) ImmutableSummaryPointData.create(
                            sinceNs, nowNs, labels(point), point.getCount(), point.getSum(), List.of()))
                    .toList();
            return ImmutableMetricData.createDoubleSummary(
                    resource, SCOPE, name, help, "", ImmutableSummaryData.create(points));
        }
        return null;
    }

    private HistogramPointData histogramPoint(HistogramSnapshot.HistogramDataPointSnapshot point, long nowNs) {
        ClassicHistogramBuckets buckets = point.getClassicBuckets();
        List<Double> bounds = new ArrayList<>();
        List<Long> counts = new ArrayList<>();
        for (int i = 0; i < buckets.size(); i++) {
            counts.add(buckets.getCount(i));
            // Above the last bound lies what OTLP has no bound for.
            if (!Double.isInfinite(buckets.getUpperBound(i))) {
                bounds.add(buckets.getUpperBound(i));
            }
        }
        return ImmutableHistogramPointData.create(
                sinceNs, nowNs, labels(point), point.getSum(), false, 0, false, 0, bounds, counts);
    }

    private static Attributes labels(DataPointSnapshot point) {
        AttributesBuilder attributes = Attributes.builder();
        for (Label label : point.getLabels()) {
            attributes.put(label.getName(), label.getValue());
        }
        return attributes.build();
    }
}
