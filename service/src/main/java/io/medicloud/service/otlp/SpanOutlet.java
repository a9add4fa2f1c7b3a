// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.otlp;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.Collection;

/** Sends spans in batches, through an {@link Outlet}. */
final class SpanOutlet implements SpanProcessor {
    private final Outlet outlet;
    private final BatchSpanProcessor batches;

    SpanOutlet(Outlet outlet, int most, Duration delay, SpanExporter exporter) {
        this.outlet = outlet;
        this.batches = BatchSpanProcessor.builder(new Watched(outlet, exporter))
                // All that the outlet lets in.
                .setMaxQueueSize(most)
                .setMaxExportBatchSize(Math.min(most, Exporters.MOST_A_BATCH))
                .setScheduleDelay(delay)
                .build();
    }

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {}

    @Override
    public boolean isStartRequired() {
        return false;
    }

    @Override
    public void onEnd(ReadableSpan span) {
        if (span.getSpanContext().isSampled() && outlet.tryEnter()) {
            batches.onEnd(span);
        }
    }

    @Override
    public boolean isEndRequired() {
        return true;
    }

    @Override
    public CompletableResultCode shutdown() {
        return batches.shutdown();
    }

    @Override
    public CompletableResultCode forceFlush() {
        return batches.forceFlush();
    }

    private record Watched(Outlet outlet, SpanExporter exporter) implements SpanExporter {
        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            return outlet.watch(spans.size(), exporter.export(spans));
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
