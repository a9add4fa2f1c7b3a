// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Counts the calls of one face of the API by method and status, those that were refused too. Methods are those that the API has: a name that a client makes up is none. */
public final class RpcMetrics implements ServerInterceptor {
    private static final double[] SECONDS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

    private final Metrics metrics;
    private final String face;

    /** @param face where the calls come: grpc or http */
    public RpcMetrics(Metrics metrics, String face) {
        this.metrics = metrics;
        this.face = face;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Counted counted = new Counted(
                call.getMethodDescriptor().getFullMethodName(),
                call.getMethodDescriptor().getType().serverSendsOneMessage());
        ServerCall<Q, A> counting = new SimpleForwardingServerCall<>(call) {
            @Override
            public void close(Status status, Metadata trailers) {
                counted.onEnd(status.getCode());
                super.close(status, trailers);
            }
        };
        return new SimpleForwardingServerCallListener<>(next.startCall(counting, headers)) {
            @Override
            public void onCancel() {
                counted.onEnd(Status.Code.CANCELLED);
                super.onCancel();
            }
        };
    }

    private final class Counted {
        private final String method;
        private final boolean isTimed;
        private final long beganNanos = System.nanoTime();
        private final AtomicBoolean isOver = new AtomicBoolean();

        Counted(String method, boolean isTimed) {
            this.method = method;
            this.isTimed = isTimed;
        }

        void onEnd(Status.Code code) {
            if (!isOver.compareAndSet(false, true)) {
                return;
            }
            metrics.counter(MetricCatalog.RPC_CALLS, face, method, code.name()).increment();
            if (isTimed) {
                long tookNanos = System.nanoTime() - beganNanos;
                metrics.histogram(MetricCatalog.RPC_SECONDS, SECONDS, face, method)
                        .record((double) tookNanos / TimeUnit.SECONDS.toNanos(1));
            }
        }
    }
}
