// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.http;

import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.util.BlockingTaskExecutor;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import io.medicloud.service.config.Address;
import io.medicloud.service.config.SecurityConfig;
import io.medicloud.service.security.Authentication;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the control faces have in common. */
public final class Servers {
    private static final String THREADS = "control";
    private static final long CLOSE_LIMIT_MS = 500;
    private static final int MOST_CALLS_A_CONNECTION = 256;
    private static final int LONGEST_REQUEST = (1 << 20) + 16;

    private Servers() {}

    /**
     * A server of HTTP/1 and HTTP/2.
     *
     * @param tls null for plain TCP
     * @param authentication finds out who calls
     * @param connections guards and counts its connections
     * @throws IOException if the files of TLS cannot be used; the message says why
     * @param threads how many calls at once may wait for something; those beyond wait for their turn
     */
    public static ServerBuilder builder(
            Address address,
            int threads,
            SecurityConfig.@Nullable Tls tls,
            Authentication authentication,
            Consumer<ServerBuilder> connections)
            throws IOException {
        ServerBuilder server = Server.builder()
                .port(
                        new InetSocketAddress(address.host(), address.port()),
                        tls == null ? SessionProtocol.HTTP : SessionProtocol.HTTPS)
                .decorator(authentication)
                // The connections' limits end what rests.
                .idleTimeoutMillis(0)
                .http2MaxStreamsPerConnection(MOST_CALLS_A_CONNECTION)
                .maxRequestLength(LONGEST_REQUEST)
                // Each server counts for itself.
                .meterRegistry(new CompositeMeterRegistry())
                .blockingTaskExecutor(
                        BlockingTaskExecutor.builder()
                                .numThreads(threads)
                                .threadNamePrefix(THREADS)
                                .build(),
                        true)
                .gracefulShutdownTimeoutMillis(0, CLOSE_LIMIT_MS);
        connections.accept(server);
        if (tls != null) {
            TlsFiles.encrypt(server, tls);
            // Browsers that were here once come by TLS from then on (RFC 6797).
            server.setHeader("strict-transport-security", "max-age=31536000");
        }
        return server;
    }

    /** Closes the port and the connections; the quiet time of the threads behind them is not waited for. */
    public static void close(Server server) {
        try {
            server.stop().get(CLOSE_LIMIT_MS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // The port is closed, which is what was asked for; what is left ends by itself.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
