// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.http;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import io.medicloud.service.config.Address;
import io.medicloud.service.config.SecurityConfig;
import io.medicloud.service.health.Readiness;
import io.medicloud.service.metrics.Metrics;
import io.medicloud.service.security.Authentication;
import io.medicloud.service.security.Identity;
import io.medicloud.service.security.OwnPages;
import io.medicloud.service.security.PageGuard;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The HTTP face: {@code /livez}, {@code /readyz} and {@code /metrics}, and what its parts serve. */
public final class HttpFace implements AutoCloseable {
    private static final String OPEN_METRICS = "application/openmetrics-text";

    /** What is played may have to be fetched from the store. */
    private static final int THREADS = 16;

    private final Server server;

    /**
     * Begins to listen.
     *
     * @param parts what else is served; theirs to close
     * @param tls null for none
     * @param authentication finds out who calls
     * @param connections guards and counts its connections
     * @param metrics what somebody is told of them, in a format ({@link Metrics#MEDIA_TYPE} or {@link Metrics#OPEN_MEDIA_TYPE}); may take some milliseconds for each stream
     * @throws IOException if the files of TLS cannot be used
     * @throws java.util.concurrent.CompletionException if it cannot
     */
    public HttpFace(
            Address address,
            SecurityConfig.@Nullable Tls tls,
            Authentication authentication,
            Consumer<ServerBuilder> connections,
            Readiness readiness,
            BiFunction<Identity, String, String> metrics,
            List<HttpPart> parts)
            throws IOException {
        ServerBuilder builder = Servers.builder(address, THREADS, tls, authentication, connections)
                // What answers bounds itself: a stop waits for an upload, a watch lasts as long as its stream.
                .requestTimeoutMillis(0)
                // Unless an answer says otherwise: it is no page, shown nowhere, and of the type that it says.
                .setHeader("content-security-policy", "default-src 'none'; frame-ancestors 'none'")
                .setHeader(HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
                .setHeader(HttpHeaderNames.REFERRER_POLICY, "no-referrer")
                .service("/livez", (ctx, request) -> text(HttpStatus.OK, "ok\n"))
                .service("/readyz", (ctx, request) -> readyz(readiness))
                .service(
                        "/metrics",
                        // It asks each stream's loop, and so must not be on one of ours.
                        OwnPages.guard(((HttpService) (ctx, request) -> HttpResponse.of(
                                        () -> metrics(
                                                metrics,
                                                Objects.requireNonNull(Authentication.caller(ctx)),
                                                request.headers().get(HttpHeaderNames.ACCEPT, "")),
                                        ctx.blockingTaskExecutor()))
                                .decorate(new PageGuard())));
        parts.forEach(part -> part.addTo(builder));
        server = builder.build();
        server.start().join();
    }

    /** The port it listens on. */
    public int port() {
        return server.activeLocalPort();
    }

    /** Prometheus says that it takes OpenMetrics, which has exemplars. */
    private static HttpResponse metrics(
            BiFunction<Identity, String, String> metrics, Identity reader, String accepted) {
        String type = accepted.contains(OPEN_METRICS) ? Metrics.OPEN_MEDIA_TYPE : Metrics.MEDIA_TYPE;
        return HttpResponse.of(HttpStatus.OK, MediaType.parse(type), metrics.apply(reader, type));
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
