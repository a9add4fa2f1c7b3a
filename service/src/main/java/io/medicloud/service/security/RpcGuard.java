// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.security;

import com.google.protobuf.Message;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Lets a call through to the service if {@link RpcPolicy} and {@link CallLimits} do, over gRPC, gRPC-Web and JSON alike, takes from answers what the caller may not see, and has calls
 * written to the {@link AuditLog}.
 */
public final class RpcGuard implements ServerInterceptor {
    private final CallLimits limits;
    private final AuditLog audit;

    public RpcGuard(CallLimits limits, AuditLog audit) {
        this.limits = limits;
        this.audit = audit;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        ServiceRequestContext context = ServiceRequestContext.current();
        Identity caller = Authentication.caller(context);
        String method = String.valueOf(call.getMethodDescriptor().getBareMethodName());
        AuditLog.Call entry = audit.begin(context, caller, method);
        StatusRuntimeException refusal = refusal(context, caller, method);
        if (refusal != null) {
            entry.onEnd(refusal.getStatus());
            call.close(refusal.getStatus(), Objects.requireNonNullElseGet(refusal.getTrailers(), Metadata::new));
            return new ServerCall.Listener<>() {};
        }
        if (caller != null && !call.getMethodDescriptor().getType().serverSendsOneMessage()) {
            UntakenAnswers.setLasting(context);
        }
        return caller == null
                ? next.startCall(call, headers)
                : guarded(context, caller, new Audited<>(call, caller, entry), headers, next);
    }

    /** The same for a call that comes another way: null if it may be made. */
    public @Nullable Status refusal(ServiceRequestContext context, String method, Message request) {
        Identity caller = Authentication.caller(context);
        AuditLog.Call entry = audit.begin(context, caller, method);
        entry.onRequest(request);
        StatusRuntimeException refusal = refusal(context, caller, method);
        Status status =
                refusal != null ? refusal.getStatus() : caller == null ? null : RpcPolicy.refusal(caller, request);
        if (status != null) {
            entry.onEnd(status);
        }
        return status;
    }

    private @Nullable StatusRuntimeException refusal(
            ServiceRequestContext context, @Nullable Identity caller, String method) {
        StatusRuntimeException tooMany = RpcPolicy.needed(method) == null ? null : limits.refusal(context, caller);
        if (tooMany != null) {
            return tooMany;
        }
        Status refusal = RpcPolicy.refusal(caller, Authentication.fault(context), method);
        return refusal == null ? null : refusal.asRuntimeException();
    }

    /** Shows what the caller may see, and tells how the call ended. */
    private static final class Audited<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private final Identity caller;
        private final AuditLog.Call entry;
        private volatile boolean isExpired;
        private boolean isClosed;

        Audited(ServerCall<Q, A> call, Identity caller, AuditLog.Call entry) {
            super(call);
            this.caller = caller;
            this.entry = entry;
        }

        @Override
        public void sendMessage(A message) {
            A shown = Answers.visible(caller, message);
            synchronized (this) {
                if (!isClosed) {
                    super.sendMessage(shown);
                }
            }
        }

        @Override
        public void close(Status status, Metadata trailers) {
            synchronized (this) {
                if (isClosed) {
                    return;
                }
                isClosed = true;
            }
            entry.onEnd(status);
            super.close(status, trailers);
        }

        /** Whether it ends by that. */
        boolean expire(Status why) {
            synchronized (this) {
                if (isClosed) {
                    return false;
                }
            }
            isExpired = true;
            close(why, new Metadata());
            return true;
        }

        @Override
        public boolean isReady() {
            return !isExpired && super.isReady();
        }

        @Override
        public boolean isCancelled() {
            return isExpired || super.isCancelled();
        }
    }

    private static <Q, A> ServerCall.Listener<Q> guarded(
            ServiceRequestContext context,
            Identity caller,
            Audited<Q, A> call,
            Metadata headers,
            ServerCallHandler<Q, A> next) {
        return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
            private boolean isRefused;

            @Override
            public void onMessage(Q message) {
                if (message instanceof Message request) {
                    call.entry.onRequest(request);
                    Status refusal = RpcPolicy.refusal(caller, request);
                    if (refusal != null) {
                        isRefused = true;
                        call.close(refusal, new Metadata());
                        return;
                    }
                }
                super.onMessage(message);
            }

            @Override
            public void onHalfClose() {
                if (isRefused) {
                    return;
                }
                try {
                    super.onHalfClose();
                    if (!call.getMethodDescriptor().getType().serverSendsOneMessage()) {
                        // Not before it has begun: what is to be done at its end is known by now.
                        ProofEnd.whenOver(context, this::expire);
                    }
                } catch (RuntimeException e) {
                    call.entry.onEnd(Status.fromThrowable(e));
                    throw e;
                }
            }

            /** To the service it is as if the client were gone. */
            private void expire(Status why) {
                if (call.expire(why)) {
                    super.onCancel();
                }
            }

            @Override
            public void onComplete() {
                if (!call.isExpired) {
                    super.onComplete();
                }
            }

            /** Who does not wait for the answer may have changed something all the same. */
            @Override
            public void onCancel() {
                call.entry.onEnd(Status.CANCELLED);
                if (!call.isExpired) {
                    super.onCancel();
                }
            }
        };
    }
}
