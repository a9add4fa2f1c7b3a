// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.otlp;

import io.medicloud.service.config.OtlpConfig;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.logs.OtlpGrpcLogRecordExporter;
import io.opentelemetry.exporter.otlp.metrics.OtlpGrpcMetricExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.common.export.RetryPolicy;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;

/** Makes what speaks OTLP, over gRPC or HTTP. An attempt that fails for now is made again a few times. */
final class Exporters {
    static final int MOST_A_BATCH = 512;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final RetryPolicy AGAIN = RetryPolicy.getDefault();

    private final OtlpConfig config;
    private final String endpoint;

    Exporters(OtlpConfig config) {
        this.config = config;
        this.endpoint = config.endpoint().replaceFirst("/+$", "");
    }

    SpanExporter spans() {
        return config.isGrpc()
                ? OtlpGrpcSpanExporter.builder()
                        .setEndpoint(endpoint)
                        .setHeaders(config::headersByName)
                        .setTimeout(TIMEOUT)
                        .setRetryPolicy(AGAIN)
                        .build()
                : OtlpHttpSpanExporter.builder()
                        .setEndpoint(endpoint + "/v1/traces")
                        .setHeaders(config::headersByName)
                        .setTimeout(TIMEOUT)
                        .setRetryPolicy(AGAIN)
                        .build();
    }

    LogRecordExporter logs() {
        return config.isGrpc()
                ? OtlpGrpcLogRecordExporter.builder()
                        .setEndpoint(endpoint)
                        .setHeaders(config::headersByName)
                        .setTimeout(TIMEOUT)
                        .setRetryPolicy(AGAIN)
                        .build()
                : OtlpHttpLogRecordExporter.builder()
                        .setEndpoint(endpoint + "/v1/logs")
                        .setHeaders(config::headersByName)
                        .setTimeout(TIMEOUT)
                        .setRetryPolicy(AGAIN)
                        .build();
    }

    MetricExporter metrics() {
        return config.isGrpc()
                ? OtlpGrpcMetricExporter.builder()
                        .setEndpoint(endpoint)
                        .setHeaders(config::headersByName)
                        .setTimeout(TIMEOUT)
                        .setRetryPolicy(AGAIN)
                        .build()
                : OtlpHttpMetricExporter.builder()
                        .setEndpoint(endpoint + "/v1/metrics")
                        .setHeaders(config::headersByName)
                        .setTimeout(TIMEOUT)
                        .setRetryPolicy(AGAIN)
                        .build();
    }
}
