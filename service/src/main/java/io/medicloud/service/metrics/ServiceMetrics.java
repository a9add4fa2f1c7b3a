// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import com.linecorp.armeria.common.CommonPools;
import com.linecorp.armeria.server.ServerBuilder;
import io.grpc.ServerInterceptor;
import io.medicloud.pipeline.PipelineState;
import io.medicloud.pipeline.Pipelines;
import io.medicloud.pipeline.event.EventSink;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.service.config.OtlpConfig;
import io.medicloud.service.health.Readiness;
import io.medicloud.service.security.CallerGate;
import io.medicloud.service.security.Identity;
import io.medicloud.service.stream.StreamDetail;
import io.medicloud.service.stream.StreamRegistry;
import io.medicloud.service.telemetry.RecordCounts;
import io.medicloud.service.telemetry.Telemetry;
import io.medicloud.srt.SrtStack;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** All that is measured in the service, put together. Thread-safe. */
public final class ServiceMetrics implements EventSink, AutoCloseable {
    private final Telemetry telemetry;
    private final Metrics metrics;
    private final LimitMetrics limits;
    private final ConfigReloads reloads;
    private final SegmentSizes sizes = new SegmentSizes();
    private final SegmentMetrics segments;
    private final KernelDrops kernel = new KernelDrops();
    private final PortDrops portDrops = new PortDrops(kernel);
    private final LoopDelays delays = new LoopDelays(CommonPools.workerGroup());
    private volatile @Nullable StreamMetrics each;
    private final EventSink within;
    /** Hear events, too. */
    private final List<EventSink> more = new CopyOnWriteArrayList<>();

    /**
     * Begins to measure the process.
     *
     * @param telemetry what belongs to a trace is counted within it
     * @param sent what became of what telemetry has sent
     */
    public ServiceMetrics(Telemetry telemetry, RecordCounts sent) {
        this.telemetry = telemetry;
        metrics = new Metrics(telemetry.exemplars());
        limits = new LimitMetrics(metrics);
        reloads = new ConfigReloads(metrics);
        segments = new SegmentMetrics(metrics);
        within = telemetry.events(this::count);
        for (OtlpConfig.Signal signal : OtlpConfig.Signal.values()) {
            for (RecordCounts.Result result : RecordCounts.Result.values()) {
                metrics.counter(
                        MetricCatalog.OTLP_RECORDS, () -> sent.count(signal, result), word(signal), word(result));
            }
        }
        metrics.gauge(MetricCatalog.LOOP_DELAY, delays::longestSeconds, "control");
        metrics.counter(MetricCatalog.UDP_DROPS, kernel::total);
    }

    /**
     * All of it for who sees every stream; for others the series of the streams that they see, and nothing else: what is told of all together would tell of the rest.
     *
     * @param mediaType {@link Metrics#MEDIA_TYPE} or {@link Metrics#OPEN_MEDIA_TYPE}
     */
    public String text(Identity reader, String mediaType) {
        if (reader.seesAll()) {
            return metrics.text(mediaType);
        }
        StreamMetrics ofEach = each;
        return ofEach == null ? "" : Metrics.text(ofEach.collectOf(reader::sees), mediaType);
    }

    /** What is exported. */
    public Metrics exported() {
        return metrics;
    }

    /** What is told of limits. */
    public LimitMetrics limits() {
        return limits;
    }

    /** Counts how often the configuration was read anew. */
    public ConfigReloads reloads() {
        return reloads;
    }

    /** How large segments are. */
    public SegmentSizes segmentSizes() {
        return sizes;
    }

    /** Adds what the streams, and what becomes of them, are measured by. */
    public void add(Pipelines pipelines, StreamRegistry streams, CallerGate gate, Readiness readiness) {
        CallerMetrics.add(metrics, gate);
        UploadMetrics.add(metrics, pipelines);
        pipelines.setDeliveries(telemetry.deliveries(segments));
        metrics.gauge(MetricCatalog.READY, () -> readiness.isReady() ? 1 : 0);
        metrics.gauge(MetricCatalog.EVENTS_WAITING, () -> pipelines.ledger().waiting());
        for (PipelineState state : PipelineState.values()) {
            if (!state.isFinal()) {
                metrics.gauge(
                        MetricCatalog.STREAMS, () -> streams.figures().states().getOrDefault(state, 0), word(state));
            }
        }
        StreamMetrics ofEach = new StreamMetrics(streams, kernel);
        each = ofEach;
        more.add(ofEach);
        metrics.add(ofEach);
    }

    /** For how long something has waited by now for an event loop of the API, in ns. */
    public long loopWaitNanos() {
        return delays.waitingNanos();
    }

    /** What the kernel discarded at a stream's own port; null if it has none, or that is not known. */
    public @Nullable Long kernelDrops(StreamDetail stream) {
        return portDrops.of(stream, TimeUnit.NANOSECONDS.toMicros(System.nanoTime()));
    }

    /** Adds the event loops that media come on, if the stack has any that it can tell of. */
    public void add(SrtStack stack) {
        if (stack.loopDelayUs() >= 0) {
            metrics.gauge(MetricCatalog.LOOP_DELAY, () -> stack.loopDelayUs() / 1e6, "srt");
        }
    }

    /**
     * Adds a reader of the log of events.
     *
     * @param lag how many events it is behind
     */
    public void addReader(String name, LongSupplier lag) {
        metrics.gauge(MetricCatalog.EVENTS_LAG, lag::getAsLong, name);
    }

    /** Counts, and follows, the calls that come to a face of the API: grpc or http. */
    public ServerInterceptor calls(String face) {
        return telemetry.calls(new RpcMetrics(metrics, face));
    }

    /** What {@code guard} does with a server's connections, and counts what comes and goes on them, of a face: grpc or http. */
    public Consumer<ServerBuilder> connections(String face, Consumer<ServerBuilder> guard) {
        return guard.andThen(new Traffic(metrics, face)::watch);
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void onEvent(StreamEvent event) {
        within.onEvent(event);
    }

    private void count(StreamEvent event) {
        limits.onEvent(event);
        sizes.onEvent(event);
        segments.onEvent(event);
        more.forEach(sink -> sink.onEvent(event));
    }

    @Override
    public void close() {
        delays.close();
        metrics.close();
    }
}
