// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.otlp;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.logs.LogRecordProcessor;
import io.opentelemetry.sdk.logs.ReadWriteLogRecord;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.logs.export.BatchLogRecordProcessor;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import java.time.Duration;
import java.util.Collection;

/** Sends log records in batches, through an {@link Outlet}. */
final class LogOutlet implements LogRecordProcessor {
    private final Outlet outlet;
    private final BatchLogRecordProcessor batches;

    LogOutlet(Outlet outlet, int most, Duration delay, LogRecordExporter exporter) {
        this.outlet = outlet;
        this.batches = BatchLogRecordProcessor.builder(new Watched(outlet, exporter))
                // All that the outlet lets in.
                .setMaxQueueSize(most)
                .setMaxExportBatchSize(Math.min(most, Exporters.MOST_A_BATCH))
                .setScheduleDelay(delay)
                .build();
    }

    @Override
    public void onEmit(Context context, ReadWriteLogRecord line) {
        if (outlet.tryEnter()) {
            batches.onEmit(context, line);
        }
    }

    @Override
    public CompletableResultCode shutdown() {
        return batches.shutdown();
    }

    @Override
    public CompletableResultCode forceFlush() {
        return batches.forceFlush();
    }

    private record Watched(Outlet outlet, LogRecordExporter exporter) implements LogRecordExporter {
        @Override
        public CompletableResultCode export(Collection<LogRecordData> lines) {
            return outlet.watch(lines.size(), exporter.export(lines));
        }

        @Override
        public CompletableResultCode flush() {
            return exporter.flush();
        }

        @Override
        public CompletableResultCode shutdown() {
            return exporter.shutdown();
        }
    }
}
