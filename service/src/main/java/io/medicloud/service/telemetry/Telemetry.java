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

/**
 * Follows segments and calls, for a receiver elsewhere. What it puts around sinks, stores and interceptors tells them all that it hears. Thread-safe; blocks
 * nobody; called on no thread that media come on.
 */
public interface Telemetry extends TraceFinder, AutoCloseable {
    /** Follows nothing, and costs nothing. */
    Telemetry OFF = new NoTelemetry();

    /** Follows segments to their end; {@code next} is told within the trace of the segment. */
    DeliverySink deliveries(DeliverySink next);

    /** Hears what becomes of segments; {@code next} is told within the trace of the segment, if there is one. */
    EventSink events(EventSink next);

    /** Follows attempts at uploads. */
    SegmentStore attempts(SegmentStore store);

    /** Carries the trace of the attempt that is under way to the store. */
    ObjectHeaders objectHeaders();

    /** Follows calls, with the context that they come with; {@code outer} is told of them first, and of their end within the trace. */
    ServerInterceptor calls(ServerInterceptor outer);

    /** A request begins that tells somebody of an event. */
    Outgoing tell(StreamEvent event);

    /** What histograms ask for the trace that a value belongs to; null if there are none. */
    @Nullable
    SpanContext exemplars();

    /** Sends what is exported, too, if that is wanted. */
    void sendMetrics(PrometheusRegistry registry);

    /** Sends what waits, as far as that goes within some seconds. */
    @Override
    void close();
}
