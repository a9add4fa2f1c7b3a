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

/** Lets a call through to the service if {@link RpcPolicy} does, over gRPC, gRPC-Web and JSON alike, and takes from answers what the caller may not see. */
public final class RpcGuard implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        ServiceRequestContext context = ServiceRequestContext.current();
        Identity caller = Authentication.caller(context);
        String method = String.valueOf(call.getMethodDescriptor().getBareMethodName());
        Status refusal = RpcPolicy.refusal(caller, Authentication.fault(context), method);
        if (refusal != null) {
            call.close(refusal, new Metadata());
            return new ServerCall.Listener<>() {};
        }
        return caller == null ? next.startCall(call, headers) : guarded(caller, call, headers, next);
    }

    private static <Q, A> ServerCall.Listener<Q> guarded(
            Identity caller, ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        ServerCall<Q, A> filtered = new SimpleForwardingServerCall<>(call) {
            @Override
            public void sendMessage(A message) {
                super.sendMessage(Answers.visible(caller, message));
            }
        };
        return new SimpleForwardingServerCallListener<>(next.startCall(filtered, headers)) {
            private boolean isRefused;

            @Override
            public void onMessage(Q message) {
                Status refusal = message instanceof Message request ? RpcPolicy.refusal(caller, request) : null;
                if (refusal == null) {
                    super.onMessage(message);
                } else {
                    isRefused = true;
                    call.close(refusal, new Metadata());
                }
            }

            @Override
            public void onHalfClose() {
                if (!isRefused) {
                    super.onHalfClose();
                }
            }
        };
    }
}
