// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.service.Http1;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What {@code /readyz} promises to those who wait for it before they call. */
@Execution(ExecutionMode.CONCURRENT)
class ReadyIT {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    @TempDir
    private Path directory;

    @Test
    void whoeverIsToldReadyFindsTheApiThere() throws Exception {
        int grpcPort = Ports.freeTcp();
        int httpPort = Ports.freeTcp();
        Map<String, String> ports =
                Map.of("GRPC_PORT", Integer.toString(grpcPort), "HTTP_PORT", Integer.toString(httpPort));
        CompletableFuture<ServiceProcess> start = CompletableFuture.supplyAsync(() -> {
            try {
                return ServiceProcess.launch(directory, ports, Ports.freeUdp(2), 2);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        try {
            Awaitility.await("readiness")
                    .atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> isReady(httpPort));

            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), grpcPort)) {
                assertThat(socket.isConnected()).isTrue();
            }
        } finally {
            start.get(LIMIT.toSeconds(), TimeUnit.SECONDS).close();
        }
    }

    private static boolean isReady(int httpPort) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + "/readyz"))
                .build();
        try {
            return Http1.client()
                            .send(request, HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false; // It does not listen yet.
        }
    }
}
