// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.otlp;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import java.util.Collection;

/** Counts what becomes of metrics. They do not wait: the next look has all that the one before had. */
record MetricOutlet(Outlet outlet, MetricExporter exporter) implements MetricExporter {
    @Override
    public CompletableResultCode export(Collection<MetricData> metrics) {
        CompletableResultCode sending = exporter.export(metrics);
        return sending.whenComplete(() -> outlet.onSent(metrics.size(), sending.isSuccess()));
    }

    @Override
    public CompletableResultCode flush() {
        return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
        return exporter.shutdown();
    }

    @Override
    public AggregationTemporality getAggregationTemporality(InstrumentType type) {
        return exporter.getAggregationTemporality(type);
    }
}
