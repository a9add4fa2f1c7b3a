// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.http;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.server.Server;
import io.medicloud.service.config.Address;
import io.medicloud.service.health.Readiness;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** The HTTP face: {@code /livez} and {@code /readyz}. */
public final class HttpFace implements AutoCloseable {
    private static final long CLOSE_LIMIT_MS = 500;

    private final Server server;

    /**
     * Begins to listen.
     *
     * @throws java.util.concurrent.CompletionException if it cannot
     */
    public HttpFace(Address address, Readiness readiness) {
        server = Server.builder()
                // Each server counts for itself.
                .meterRegistry(new CompositeMeterRegistry())
                .port(new InetSocketAddress(address.host(), address.port()), SessionProtocol.HTTP)
                .service("/livez", (ctx, request) -> text(HttpStatus.OK, "ok\n"))
                .service("/readyz", (ctx, request) -> readyz(readiness))
                .gracefulShutdownTimeoutMillis(0, CLOSE_LIMIT_MS)
                .build();
        server.start().join();
    }

    /** The port it listens on. */
    public int port() {
        return server.activeLocalPort();
    }

    private static HttpResponse readyz(Readiness readiness) {
        return readiness.isReady()
                ? text(HttpStatus.OK, "ready\n")
                : text(HttpStatus.SERVICE_UNAVAILABLE, String.join("\n", readiness.reasons()) + "\n");
    }

    private static HttpResponse text(HttpStatus status, String text) {
        return HttpResponse.of(status, MediaType.PLAIN_TEXT_UTF_8, HttpData.ofUtf8(text));
    }

    /** Closes the port and the connections; threads that linger are not waited for. */
    @Override
    public void close() {
        server.stop()
                .completeOnTimeout(null, CLOSE_LIMIT_MS, TimeUnit.MILLISECONDS)
                .join();
    }
}
