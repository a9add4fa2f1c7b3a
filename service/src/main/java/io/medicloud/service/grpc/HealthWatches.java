// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.medicloud.service.health.Readiness;
import io.medicloud.service.proto.LivestreamGrpc;
import io.medicloud.service.security.Authentication;
import io.medicloud.service.security.ClientAddress;
import io.medicloud.service.security.Identity;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntSupplier;

/**
 * Keeps watches of the standard health service, which anybody may open and which last as long as their caller likes, to a number: of callers that prove nothing so many in all, and from one
 * address. Of what is not there {@code SERVICE_UNKNOWN} is told, and nothing more, as that does not change; nothing is kept of its name. Thread-safe.
 */
final class HealthWatches implements ServerInterceptor {
    static final int MOST = 256;

    private static final HealthCheckResponse UNKNOWN = HealthCheckResponse.newBuilder()
            .setStatus(ServingStatus.SERVICE_UNKNOWN)
            .build();

    private final IntSupplier mostOfAddress;
    private final Map<String, Integer> byAddress = new HashMap<>();
    private int open;

    /**
     * @param mostOfAddress asked each time
     */
    HealthWatches(IntSupplier mostOfAddress) {
        this.mostOfAddress = mostOfAddress;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String method = call.getMethodDescriptor().getFullMethodName();
        if (!method.equals(HealthGrpc.getWatchMethod().getFullMethodName())) {
            return next.startCall(call, headers);
        }
        ServiceRequestContext context = ServiceRequestContext.current();
        Identity caller = Authentication.caller(context);
        if (caller == null || caller.equals(Identity.ANYBODY)) {
            String address = ClientAddress.of(context);
            if (!take(address)) {
                call.close(
                        Status.RESOURCE_EXHAUSTED.withDescription(
                                "as many watches of health are open as " + mostOfAddress.getAsInt()
                                        + " from one address, or " + MOST + " in all, of unknown callers"),
                        new Metadata());
                return new ServerCall.Listener<>() {};
            }
            var unused = context.log().whenComplete().thenRun(() -> giveBack(address));
        }
        return ofKnownServices(call, headers, next);
    }

    private static <Q, A> ServerCall.Listener<Q> ofKnownServices(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
            private boolean isUnknown;

            @Override
            public void onMessage(Q message) {
                if (message instanceof HealthCheckRequest request && !isThere(request.getService())) {
                    isUnknown = true;
                    call.sendHeaders(new Metadata());
                    @SuppressWarnings("unchecked") // that is what the method answers
                    A answer = (A) UNKNOWN;
                    call.sendMessage(answer);
                } else {
                    super.onMessage(message);
                }
            }

            @Override
            public void onHalfClose() {
                if (!isUnknown) {
                    super.onHalfClose();
                }
            }
        };
    }

    private static boolean isThere(String service) {
        return service.isEmpty()
                || service.equals(LivestreamGrpc.SERVICE_NAME)
                || Readiness.COMPONENTS.contains(service);
    }

    private synchronized boolean take(String address) {
        int others = byAddress.getOrDefault(address, 0);
        if (open >= MOST || others >= mostOfAddress.getAsInt()) {
            return false;
        }
        open++;
        byAddress.put(address, others + 1);
        return true;
    }

    private synchronized void giveBack(String address) {
        open--;
        byAddress.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
    }
}
