// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.http;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import io.medicloud.service.config.Address;
import io.medicloud.service.health.Readiness;
import io.medicloud.service.metrics.LimitMetrics;
import java.util.List;

/** The HTTP face: {@code /livez}, {@code /readyz} and {@code /metrics}, and what its parts serve. */
public final class HttpFace implements AutoCloseable {
    private static final MediaType PROMETHEUS = MediaType.parse("text/plain; version=0.0.4; charset=utf-8");

    private final Server server;

    /**
     * Begins to listen.
     *
     * @param parts what else is served; theirs to close
     * @throws java.util.concurrent.CompletionException if it cannot
     */
    public HttpFace(Address address, Readiness readiness, LimitMetrics metrics, List<HttpPart> parts) {
        ServerBuilder builder = Servers.builder(address)
                // What answers bounds itself: a stop waits for an upload, a watch lasts as long as its stream.
                .requestTimeoutMillis(0)
                .service("/livez", (ctx, request) -> text(HttpStatus.OK, "ok\n"))
                .service("/readyz", (ctx, request) -> readyz(readiness))
                .service("/metrics", (ctx, request) -> HttpResponse.of(HttpStatus.OK, PROMETHEUS, metrics.text()));
        parts.forEach(part -> part.addTo(builder));
        server = builder.build();
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

    @Override
    public void close() {
        Servers.close(server);
    }
}
