// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.otlp;

import io.grpc.ServerInterceptor;
import io.medicloud.pipeline.DeliverySink;
import io.medicloud.pipeline.event.EventSink;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.store.ObjectHeaders;
import io.medicloud.pipeline.store.SegmentStore;
import io.medicloud.service.config.OtlpConfig;
import io.medicloud.service.config.OtlpConfig.Signal;
import io.medicloud.service.log.LogOutput;
import io.medicloud.service.telemetry.EventSegments;
import io.medicloud.service.telemetry.Outgoing;
import io.medicloud.service.telemetry.RecordCounts;
import io.medicloud.service.telemetry.Telemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.tracer.common.SpanContext;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Follows segments and calls, and sends that, log lines and metrics to a receiver of OTLP, as far as the configuration wants each. Thread-safe. */
public final class OtlpTelemetry implements Telemetry {
    /** It says in many lines, and again and again, what {@link Outlet} says in one. Held, for it is forgotten else. */
    private static final Logger LIBRARY = Logger.getLogger("io.opentelemetry");

    private static final String SCOPE = "io.medicloud.service";
    private static final Duration DELAY = Duration.ofSeconds(1);
    private static final int CLOSE_LIMIT_S = 3;

    private final OtlpConfig config;
    private final RecordCounts counts;
    private final Exporters exporters;
    private final Resource resource = resource();
    private final Tracer tracer;
    private final SegmentTraces traces;
    private final TracedStore.Attempts attempts = new TracedStore.Attempts();
    /** What ends it all, the last first. */
    private final Deque<Supplier<CompletableResultCode>> ends = new ArrayDeque<>();

    /** Begins to send; the receiver need not be there. */
    public OtlpTelemetry(OtlpConfig config, RecordCounts counts) {
        LIBRARY.setLevel(Level.OFF);
        this.config = config;
        this.counts = counts;
        this.exporters = new Exporters(config);
        this.tracer = tracer();
        this.traces = new SegmentTraces(tracer);
        if (config.signals().contains(Signal.LOGS)) {
            sendLogs();
        }
    }

    private static Resource resource() {
        String version = OtlpTelemetry.class.getPackage().getImplementationVersion();
        return Resource.getDefault().toBuilder()
                .put("service.name", "medicloud")
                .put("service.version", Objects.requireNonNullElse(version, "unknown"))
                .put("service.instance.id", UUID.randomUUID().toString())
                .build();
    }

    private Outlet outlet(Signal signal) {
        return new Outlet(signal, config.endpoint(), config.queue(), counts);
    }

    private Tracer tracer() {
        boolean isSent = config.signals().contains(Signal.TRACES);
        var provider = SdkTracerProvider.builder()
                .setResource(resource)
                // Who calls within a trace finds it again at the store and the webhook, also if we send nothing of it.
                .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(isSent ? config.sampling() : 0)));
        if (isSent) {
            provider.addSpanProcessor(new SpanOutlet(outlet(Signal.TRACES), config.queue(), DELAY, exporters.spans()));
        }
        SdkTracerProvider built = provider.build();
        ends.push(built::shutdown);
        return built.get(SCOPE);
    }

    private void sendLogs() {
        SdkLoggerProvider provider = SdkLoggerProvider.builder()
                .setResource(resource)
                .addLogRecordProcessor(new LogOutlet(outlet(Signal.LOGS), config.queue(), DELAY, exporters.logs()))
                .build();
        ends.push(provider::shutdown);
        OtlpAppender appender = new OtlpAppender(provider);
        LogOutput.add(appender);
        ends.push(() -> {
            LogOutput.remove(appender);
            return CompletableResultCode.ofSuccess();
        });
    }

    @Override
    public synchronized void sendMetrics(PrometheusRegistry registry) {
        if (!config.signals().contains(Signal.METRICS)) {
            return;
        }
        SdkMeterProvider provider = SdkMeterProvider.builder()
                .setResource(resource)
                .registerMetricProducer(new ExportedMetrics(registry))
                .registerMetricReader(
                        PeriodicMetricReader.builder(new MetricOutlet(outlet(Signal.METRICS), exporters.metrics()))
                                .setInterval(config.metricsEvery())
                                .build())
                .build();
        ends.push(provider::shutdown);
    }

    @Override
    public DeliverySink deliveries(DeliverySink next) {
        return new FollowedDeliveries(traces, next);
    }

    @Override
    public EventSink events(EventSink next) {
        return event -> {
            SegmentTrace trace = traces.of(event.streamId(), EventSegments.sequence(event));
            if (trace == null) {
                next.onEvent(event);
                return;
            }
            trace.context().wrap(() -> next.onEvent(event)).run();
            if (event instanceof StreamEvent.SegmentLost lost) {
                trace.end(lost.reason());
            } else if (event instanceof StreamEvent.UploadFailed failed && !failed.retried()) {
                trace.end(failed.reason());
            }
        };
    }

    @Override
    public SegmentStore attempts(SegmentStore store) {
        return new TracedStore(store, tracer, traces, attempts);
    }

    @Override
    public ObjectHeaders objectHeaders() {
        return attempts;
    }

    @Override
    public ServerInterceptor calls(ServerInterceptor outer) {
        TracedCalls inner = new TracedCalls(tracer, traces);
        return new ServerInterceptor() {
            @Override
            public <Q, A> io.grpc.ServerCall.Listener<Q> interceptCall(
                    io.grpc.ServerCall<Q, A> call, io.grpc.Metadata headers, io.grpc.ServerCallHandler<Q, A> next) {
                return outer.interceptCall(
                        call, headers, (within, metadata) -> inner.interceptCall(within, metadata, next));
            }
        };
    }

    @Override
    public Outgoing tell(StreamEvent event) {
        Context parent = traces.contextOf(event.streamId(), EventSegments.sequence(event));
        Span span = tracer.spanBuilder("webhook")
                .setParent(parent)
                .setSpanKind(SpanKind.CLIENT)
                .setAttribute(Keys.STREAM, event.streamId())
                .setAttribute(Keys.EVENT, event.getClass().getSimpleName())
                .startSpan();
        Map<String, String> headers = Carrier.write(parent.with(span));
        return new Outgoing() {
            @Override
            public Map<String, String> headers() {
                return headers;
            }

            @Override
            public void end(@Nullable String fault) {
                if (fault != null) {
                    span.setStatus(StatusCode.ERROR, fault);
                }
                span.end();
            }
        };
    }

    @Override
    public SpanContext exemplars() {
        return new CurrentSpan();
    }

    @Override
    public @Nullable Trace find(String streamId, long sequence) {
        return traces.find(streamId, sequence);
    }

    @Override
    public synchronized void close() {
        traces.endAll();
        List<CompletableResultCode> ending = new ArrayList<>();
        while (!ends.isEmpty()) {
            ending.add(ends.pop().get());
        }
        CompletableResultCode.ofAll(ending).join(CLOSE_LIMIT_S, TimeUnit.SECONDS);
    }
}
