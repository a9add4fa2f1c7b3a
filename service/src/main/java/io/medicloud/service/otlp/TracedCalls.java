// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.otlp;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.medicloud.service.log.LogFields;
import io.medicloud.service.proto.StartPullStreamRequest;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.function.Supplier;
import org.slf4j.MDC;

/** Follows the calls that come to a face of the API; their log lines name the trace. Thread-safe. */
final class TracedCalls implements ServerInterceptor {
    private static final int LONGEST_ID = 128;

    private final Tracer tracer;
    private final SegmentTraces traces;

    /** @param traces is told which call has started which stream */
    TracedCalls(Tracer tracer, SegmentTraces traces) {
        this.tracer = tracer;
        this.traces = traces;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String method = call.getMethodDescriptor().getFullMethodName();
        Context parent = Carrier.read(ServiceRequestContext.current().request().headers());
        Span span = tracer.spanBuilder(method)
                .setParent(parent)
                .setSpanKind(SpanKind.SERVER)
                .setAttribute(Keys.RPC_SYSTEM, "grpc")
                .setAttribute(Keys.RPC_METHOD, method)
                .startSpan();
        Traced<Q, A> traced = new Traced<>(call, span, parent.with(span));
        return traced.listener(headers, next);
    }

    private final class Traced<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private final Span span;
        private final Context context;
        private volatile String started = "";

        Traced(ServerCall<Q, A> call, Span span, Context context) {
            super(call);
            this.span = span;
            this.context = context;
        }

        ServerCall.Listener<Q> listener(Metadata headers, ServerCallHandler<Q, A> next) {
            return new TracedListener<>(this, within(() -> next.startCall(this, headers)));
        }

        void onRequest(Object request) {
            if (request instanceof StartPullStreamRequest start
                    && start.getLiveId().length() <= LONGEST_ID) {
                started = start.getLiveId();
                span.setAttribute(Keys.STREAM, started);
            }
        }

        @Override
        public void close(Status status, Metadata trailers) {
            if (status.isOk() && !started.isEmpty()) {
                traces.onStarted(started, span.getSpanContext());
            }
            run(() -> super.close(status, trailers));
            end(status);
        }

        void end(Status status) {
            span.setAttribute(Keys.RPC_STATUS, status.getCode().name());
            if (!status.isOk()) {
                span.setAttribute(Keys.ERROR, status.getCode().name());
                if (isOurFault(status.getCode())) {
                    span.setStatus(StatusCode.ERROR);
                }
            }
            span.end();
        }

        void run(Runnable work) {
            Object unused = within(() -> {
                work.run();
                return this;
            });
        }

        private <T> T within(Supplier<T> work) {
            MDC.put(LogFields.TRACE_ID, span.getSpanContext().getTraceId());
            MDC.put(LogFields.SPAN_ID, span.getSpanContext().getSpanId());
            try {
                return context.wrapSupplier(work).get();
            } finally {
                MDC.remove(LogFields.TRACE_ID);
                MDC.remove(LogFields.SPAN_ID);
            }
        }
    }

    /** By OpenTelemetry's conventions these are errors of a server; others are the client's. */
    private static boolean isOurFault(Status.Code code) {
        return switch (code) {
            case UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS -> true;
            default -> false;
        };
    }

    private static final class TracedListener<Q, A> extends ServerCall.Listener<Q> {
        private final Traced<Q, A> call;
        private final ServerCall.Listener<Q> next;

        TracedListener(Traced<Q, A> call, ServerCall.Listener<Q> next) {
            this.call = call;
            this.next = next;
        }

        @Override
        public void onMessage(Q message) {
            call.onRequest(message);
            call.run(() -> next.onMessage(message));
        }

        @Override
        public void onHalfClose() {
            call.run(next::onHalfClose);
        }

        @Override
        public void onCancel() {
            call.run(next::onCancel);
            call.end(Status.CANCELLED);
        }

        @Override
        public void onComplete() {
            call.run(next::onComplete);
        }

        @Override
        public void onReady() {
            call.run(next::onReady);
        }
    }
}
