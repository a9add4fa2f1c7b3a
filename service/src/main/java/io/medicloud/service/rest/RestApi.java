// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.rest;

import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.util.JsonFormat;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.grpc.GrpcJsonMarshaller;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Route;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.grpc.GrpcService;
import com.linecorp.armeria.server.grpc.HttpJsonTranscodingOptions;
import com.linecorp.armeria.server.grpc.UnframedGrpcErrorHandler;
import io.grpc.BindableService;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.protobuf.ProtoServiceDescriptorSupplier;
import io.medicloud.service.http.AsItComes;
import io.medicloud.service.http.HttpPart;
import io.medicloud.service.security.CallLimits;
import io.medicloud.service.security.OwnPages;
import io.medicloud.service.security.PageGuard;
import io.medicloud.service.security.RpcGuard;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The API over HTTP below {@code /api/v1}, of the same service that gRPC has: JSON, with server-sent events where there is a stream of answers, at the paths that the proto's
 * annotations name; its description at {@code /api/openapi.json}. gRPC and gRPC-Web are answered too.
 */
public final class RestApi implements HttpPart, AutoCloseable {
    private static final int LONGEST_REQUEST = 1 << 20;
    private static final int THREADS = 4;
    private static final int MOST_WAITING = 1024;

    /** As events are written, by reflection: Armeria's own makes classes for every message at the start. */
    private static final GrpcJsonMarshaller JSON = GrpcJsonMarshaller.builderForGson()
            .jsonPrinterCustomizer((JsonFormat.Printer unused) -> EventStream.JSON)
            .build();

    private final BindableService livestream;
    private final RpcGuard guard;
    private final ServerInterceptor counting;
    private final ServiceDescriptor descriptor;
    private final EventStreams streams;
    private final ExecutorService executor = new ThreadPoolExecutor(
            THREADS, THREADS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MOST_WAITING), work -> {
                Thread thread = new Thread(work, "rest-streams");
                thread.setDaemon(true);
                return thread;
            });

    /**
     * @param livestream generated from a proto with annotations
     * @param guard lets calls through
     * @param counting sees them all
     */
    public RestApi(BindableService livestream, RpcGuard guard, ServerInterceptor counting) {
        this.counting = counting;
        this.livestream = livestream;
        this.guard = guard;
        Object schema = livestream.bindService().getServiceDescriptor().getSchemaDescriptor();
        this.descriptor = ((ProtoServiceDescriptorSupplier) Objects.requireNonNull(schema)).getServiceDescriptor();
        this.streams = new EventStreams(livestream, guard, executor);
    }

    @Override
    public void addTo(ServerBuilder server) {
        List<ApiRoutes.Route> routes = ApiRoutes.of(descriptor);
        GrpcService calls = GrpcService.builder()
                .addService(ServerInterceptors.intercept(livestream, guard, counting))
                .maxRequestMessageLength(LONGEST_REQUEST)
                .useBlockingTaskExecutor(true)
                // What is zero is told, too.
                .jsonMarshallerFactory(service -> JSON)
                .enableHttpJsonTranscoding(HttpJsonTranscodingOptions.builder()
                        .errorHandler(UnframedGrpcErrorHandler.ofJson())
                        .build())
                .build();
        server.service(calls, CallLimits::tellingWhen, RestApi::forOwnPages, AsItComes::new);
        for (ApiRoutes.Route route : routes) {
            if (route.isStream()) {
                server.service(
                        Route.builder()
                                .methods(HttpMethod.valueOf(route.verb()))
                                .path(route.path())
                                .build(),
                        forOwnPages(CallLimits.tellingWhen(streams.service(route))));
            }
        }
        HttpData document = HttpData.ofUtf8(new OpenApi(descriptor, routes).json());
        HttpService openApi = (context, request) -> HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, document);
        server.service("/api/openapi.json", forOwnPages(openApi.decorate(new PageGuard())));
    }

    private static HttpService forOwnPages(HttpService service) {
        return service.decorate((delegate, context, request) -> {
            String fault = OwnPages.fault(context, request);
            return fault == null
                    ? delegate.serve(context, request)
                    : ApiError.response(Status.PERMISSION_DENIED.withDescription(fault));
        });
    }

    @Override
    public void close() {
        streams.close();
        executor.shutdownNow();
    }
}
