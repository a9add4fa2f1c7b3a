// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.telemetry;

import io.grpc.ServerInterceptor;
import io.medicloud.pipeline.DeliverySink;
import io.medicloud.pipeline.event.EventSink;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.store.ObjectHeaders;
import io.medicloud.pipeline.store.SegmentStore;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.tracer.common.SpanContext;
import org.jspecify.annotations.Nullable;

/** Leaves everything as it is. */
final class NoTelemetry implements Telemetry {
    @Override
    public DeliverySink deliveries(DeliverySink next) {
        return next;
    }

    @Override
    public EventSink events(EventSink next) {
        return next;
    }

    @Override
    public SegmentStore attempts(SegmentStore store) {
        return store;
    }

    @Override
    public ObjectHeaders objectHeaders() {
        return ObjectHeaders.NONE;
    }

    @Override
    public ServerInterceptor calls(ServerInterceptor outer) {
        return outer;
    }

    @Override
    public Outgoing tell(StreamEvent event) {
        return Outgoing.NONE;
    }

    @Override
    public @Nullable SpanContext exemplars() {
        return null;
    }

    @Override
    public void sendMetrics(PrometheusRegistry registry) {}

    @Override
    public @Nullable Trace find(String streamId, long sequence) {
        return null;
    }

    @Override
    public void close() {}
}
