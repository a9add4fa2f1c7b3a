// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.rest;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.medicloud.service.security.ConnectionLimits;
import io.medicloud.service.security.RpcGuard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The rpcs with streams of answers as server-sent events, at their annotated paths. The service is called within the process, so that what it does for a client of gRPC
 * (limits, flow control, cancellation) it does for a browser.
 */
final class EventStreams implements AutoCloseable {
    private static final String CURSOR = "from_cursor";
    private static final String FROM_NOW = "from_now";

    private final RpcGuard guard;
    private final Server server;
    private final ManagedChannel channel;

    /**
     * @param guard lets calls through
     * @param executor may be held up: calls begin there
     */
    EventStreams(BindableService service, RpcGuard guard, Executor executor) {
        this.guard = guard;
        String name = InProcessServerBuilder.generateName();
        try {
            server = InProcessServerBuilder.forName(name)
                    .addService(service)
                    .executor(task -> executor.execute(withCaller(task)))
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("the name is generated, and cannot be taken", e);
        }
        channel = InProcessChannelBuilder.forName(name).directExecutor().build();
    }

    /** What the service does it does as of the request that is under way: it may have to ask another node in the caller's name. */
    private static Runnable withCaller(Runnable task) {
        ServiceRequestContext context = ServiceRequestContext.currentOrNull();
        return context == null ? task : context.makeContextAware(task);
    }

    /** What answers at the path of a route; the route has a stream of answers. */
    HttpService service(ApiRoutes.Route route) {
        MethodDescriptor<Message, Message> method = method(route);
        return (context, request) -> answer(context, request, route, method);
    }

    private HttpResponse answer(
            ServiceRequestContext context,
            HttpRequest request,
            ApiRoutes.Route route,
            MethodDescriptor<Message, Message> method) {
        DynamicMessage.Builder question =
                DynamicMessage.newBuilder(route.method().getInputType());
        try {
            Map<String, String> path = new LinkedHashMap<>();
            route.pathFields().forEach(name -> path.put(name, String.valueOf(context.pathParam(name))));
            QueryRequest.read(question, path, QueryParams.fromQueryString(context.query()));
            resume(question, request.headers().get("last-event-id"));
        } catch (IllegalArgumentException e) {
            return ApiError.response(Status.INVALID_ARGUMENT.withDescription(e.getMessage()));
        }
        Status refusal = guard.refusal(context, route.method().getName(), question.build());
        if (refusal != null) {
            return ApiError.response(refusal);
        }
        context.clearRequestTimeout();
        ConnectionLimits.setLasting(context);
        HttpResponseWriter response = HttpResponse.streaming();
        ClientCalls.asyncServerStreamingCall(
                channel.newCall(method, CallOptions.DEFAULT), question.build(), new EventStream(context, response));
        return response;
    }

    /** A browser that comes back says which event it had last; that goes before what its address said at first. */
    private static void resume(DynamicMessage.Builder question, @Nullable String lastId) {
        FieldDescriptor cursor = question.getDescriptorForType().findFieldByName(CURSOR);
        if (cursor != null && lastId != null && !lastId.isEmpty()) {
            try {
                question.setField(cursor, Long.parseUnsignedLong(lastId));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("Last-Event-ID: '" + lastId + "' is no cursor", e);
            }
            question.clearField(question.getDescriptorForType().findFieldByName(FROM_NOW));
        }
    }

    private MethodDescriptor<Message, Message> method(ApiRoutes.Route route) {
        return server.getServices().stream()
                .flatMap(service -> service.getMethods().stream())
                .map(found -> found.getMethodDescriptor())
                .filter(found -> found.getSchemaDescriptor() instanceof ProtoMethodDescriptorSupplier schema
                        && schema.getMethodDescriptor().equals(route.method()))
                .findFirst()
                .orElseThrow()
                .toBuilder(
                        ProtoUtils.marshaller((Message)
                                DynamicMessage.getDefaultInstance(route.method().getInputType())),
                        ProtoUtils.marshaller((Message)
                                DynamicMessage.getDefaultInstance(route.method().getOutputType())))
                .build();
    }

    @Override
    public void close() {
        channel.shutdownNow();
        server.shutdownNow();
    }
}
