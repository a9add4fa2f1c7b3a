// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.otlp;

import io.medicloud.pipeline.spool.SealedSegment;
import io.medicloud.service.telemetry.TraceFinder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The traces of the last segments. A stream's first segment belongs to the trace of the call that started it; every later one has a trace of its own, with a link to
 * that call. Thread-safe.
 */
final class SegmentTraces implements TraceFinder {
    /** Past it the oldest is forgotten, and ends where it is. */
    private static final int MOST_SEGMENTS = 8_192;
    /** As many as streams may be open. */
    private static final int MOST_STREAMS = 10_000;

    private final Tracer tracer;
    private final Map<Id, SegmentTrace> traces = new LinkedHashMap<>();
    private final Map<String, SegmentTrace> byKey = new HashMap<>();
    private final Map<String, Call> calls = new LinkedHashMap<>();

    private record Id(String streamId, long sequence) {}

    /** A call that started a stream, until its first segment has continued it. */
    private record Call(SpanContext span, boolean isContinued) {}

    SegmentTraces(Tracer tracer) {
        this.tracer = tracer;
    }

    /** A call has started a stream. */
    synchronized void onStarted(String streamId, SpanContext call) {
        calls.remove(streamId);
        calls.put(streamId, new Call(call, false));
        if (calls.size() > MOST_STREAMS) {
            calls.remove(calls.keySet().iterator().next());
        }
    }

    /** A segment is sealed: its trace begins, with what is over. */
    synchronized SegmentTrace begin(SealedSegment segment, Duration took) {
        SegmentTrace trace = new SegmentTrace(tracer, builder(segment.streamId()), segment, took);
        SegmentTrace before = traces.put(new Id(segment.streamId(), segment.sequence()), trace);
        if (before != null) {
            forget(before);
        }
        byKey.put(trace.key(), trace);
        if (traces.size() > MOST_SEGMENTS) {
            forget(traces.remove(traces.keySet().iterator().next()));
        }
        return trace;
    }

    private SpanBuilder builder(String streamId) {
        SpanBuilder builder = tracer.spanBuilder("segment").setNoParent();
        Call call = calls.get(streamId);
        if (call == null) {
            return builder;
        }
        if (call.isContinued()) {
            return builder.addLink(call.span());
        }
        calls.put(streamId, new Call(call.span(), true));
        return builder.setParent(Context.root().with(Span.wrap(call.span())));
    }

    private void forget(@Nullable SegmentTrace trace) {
        if (trace != null) {
            byKey.remove(trace.key(), trace);
            trace.end(null);
        }
    }

    /** Null if it is not followed. */
    synchronized @Nullable SegmentTrace of(String streamId, long sequence) {
        return traces.get(new Id(streamId, sequence));
    }

    /** The same, by where it goes in the store. */
    synchronized @Nullable SegmentTrace ofKey(String key) {
        return byKey.get(key);
    }

    /** Where something that concerns the stream, or one of its segments, belongs. */
    synchronized Context contextOf(String streamId, long sequence) {
        SegmentTrace trace = traces.get(new Id(streamId, sequence));
        if (trace != null) {
            return trace.context();
        }
        Call call = calls.get(streamId);
        return call == null ? Context.root() : Context.root().with(Span.wrap(call.span()));
    }

    @Override
    public @Nullable Trace find(String streamId, long sequence) {
        SegmentTrace trace = of(streamId, sequence);
        if (trace == null) {
            return null;
        }
        SpanContext span = Span.fromContext(trace.context()).getSpanContext();
        return new Trace(span.getTraceId(), span.getSpanId());
    }

    /** What is not over ends where it is. */
    void endAll() {
        List<SegmentTrace> all;
        synchronized (this) {
            all = List.copyOf(traces.values());
        }
        all.forEach(trace -> trace.end(null));
    }
}
