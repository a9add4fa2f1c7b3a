// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import com.linecorp.armeria.common.SerializationFormat;
import com.linecorp.armeria.common.grpc.GrpcSerializationFormats;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.grpc.GrpcService;
import io.grpc.BindableService;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.medicloud.service.config.Address;
import io.medicloud.service.config.SecurityConfig;
import io.medicloud.service.health.Readiness;
import io.medicloud.service.http.AsItComes;
import io.medicloud.service.http.Servers;
import io.medicloud.service.proto.LivestreamGrpc;
import io.medicloud.service.security.Authentication;
import io.medicloud.service.security.OwnPages;
import io.medicloud.service.security.PageGuard;
import java.io.IOException;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** The gRPC face: {@code livestream.Livestream}, the standard health service, and reflection. */
public final class GrpcFace implements AutoCloseable {
    private static final int LONGEST_REQUEST = 1 << 20;
    /** A start waits for the store and for the disk; everything else is short. */
    private static final int THREADS = 16;

    /** gRPC and gRPC-Web; JSON is the other face's, and making it ready takes a part of the start. */
    private static final Set<SerializationFormat> FORMATS = Set.of(
            GrpcSerializationFormats.PROTO,
            GrpcSerializationFormats.PROTO_WEB,
            GrpcSerializationFormats.PROTO_WEB_TEXT);

    private final Server server;

    /**
     * Begins to listen.
     *
     * @param tls null for none
     * @param authentication finds out who calls
     * @param connections guards and counts its connections
     * @param livestream guarded already
     * @param counting sees all calls
     * @param healthWatches how many one address may have open that proves nothing, asked each time
     * @throws IOException if the files of TLS cannot be used
     * @throws java.util.concurrent.CompletionException if it cannot
     */
    public GrpcFace(
            Address address,
            SecurityConfig.@Nullable Tls tls,
            Authentication authentication,
            Consumer<ServerBuilder> connections,
            BindableService livestream,
            ServerInterceptor counting,
            Readiness readiness,
            IntSupplier healthWatches)
            throws IOException {
        HealthStatusManager health = new HealthStatusManager();
        readiness.onChange(() -> {
            ServingStatus status = status(readiness.isReady());
            health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, status);
            health.setStatus(LivestreamGrpc.SERVICE_NAME, status);
            for (String component : Readiness.COMPONENTS) {
                health.setStatus(component, status(readiness.isWorking(component)));
            }
        });
        GrpcService grpc = GrpcService.builder()
                .addService(ServerInterceptors.intercept(livestream, counting))
                .addService(ServerInterceptors.intercept(
                        health.getHealthService(), new HealthWatches(healthWatches), counting))
                .maxRequestMessageLength(LONGEST_REQUEST)
                .useBlockingTaskExecutor(true)
                .supportedSerializationFormats(FORMATS)
                .build();
        GrpcService reflection = GrpcService.builder()
                .addService(ProtoReflectionServiceV1.newInstance())
                .maxRequestMessageLength(LONGEST_REQUEST)
                .useBlockingTaskExecutor(true)
                .supportedSerializationFormats(FORMATS)
                .build();
        // Older clients ask for it by its first name; on the wire both are the same.
        GrpcService oldReflection = GrpcService.builder()
                .addService("/grpc.reflection.v1alpha.ServerReflection", ProtoReflectionServiceV1.newInstance())
                .maxRequestMessageLength(LONGEST_REQUEST)
                .useBlockingTaskExecutor(true)
                .supportedSerializationFormats(FORMATS)
                .build();
        server = Servers.builder(address, THREADS, tls, authentication, connections)
                // A watch lasts as long as its stream; unary calls are bounded by their own limits.
                .requestTimeoutMillis(0)
                .service(grpc, OwnPages::guard, AsItComes::new)
                .service(reflection, GrpcFace::forKnown)
                .service(oldReflection, GrpcFace::forKnown)
                .build();
        server.start().join();
    }

    private static ServingStatus status(boolean isWorking) {
        return isWorking ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
    }

    private static HttpService forKnown(HttpService service) {
        return OwnPages.guard(service.decorate(new PageGuard()));
    }

    /** The port it listens on. */
    public int port() {
        return server.activeLocalPort();
    }

    @Override
    public void close() {
        Servers.close(server);
    }
}
