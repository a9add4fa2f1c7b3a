// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.bench;

import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.grpc.GrpcService;
import com.linecorp.armeria.server.healthcheck.HealthCheckService;
import io.medicloud.service.proto.LivestreamGrpc;
import java.util.concurrent.CountDownLatch;

/** Armeria with our service's rpcs, none of which does anything, and a page that says whether it is ready: what {@code tools/startup} compares {@code serve} with. */
public final class BareServer {
    private BareServer() {}

    /**
     * Serves until it is ended.
     *
     * @param args the port
     */
    public static void main(String[] args) throws InterruptedException {
        Server server = Server.builder()
                .http(Integer.parseInt(args[0]))
                .service(GrpcService.builder()
                        .addService(new LivestreamGrpc.LivestreamImplBase() {})
                        .build())
                .service("/readyz", HealthCheckService.of())
                .build();
        server.closeOnJvmShutdown();
        server.start().join();
        new CountDownLatch(1).await();
    }
}
