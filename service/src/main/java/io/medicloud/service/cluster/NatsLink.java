// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import io.nats.client.Connection;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamOptions;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's connection to the servers of NATS, made as soon as one answers and again whenever it breaks. A server that is connected and
 * says nothing is left for another one. Thread-safe.
 */
public final class NatsLink implements AutoCloseable {
    /** How long a server has for an answer. */
    static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(NatsLink.class);
    private static final int THREADS = 3;
    private static final Duration CONNECT_EVERY = Duration.ofMillis(200);
    private static final Duration ANSWER_TO_PING = Duration.ofMillis(500);

    /** The parts of a connection. */
    record Open(Connection connection, JetStream jetStream, JetStreamManagement management) {}

    private final Options options;
    private final ScheduledThreadPoolExecutor threads;
    private volatile @Nullable Open open;
    private volatile String fault = "not connected yet";

    /**
     * Begins to connect.
     *
     * @param servers addresses such as {@code nats://10.0.0.1:4222}; with user and password if they ask for them, {@code tls://} for TLS
     * @param name as what the servers list this connection
     */
    public NatsLink(List<String> servers, String name) {
        options = Options.builder()
                .servers(servers.toArray(String[]::new))
                .connectionName(name)
                .connectionTimeout(PATIENCE)
                .maxReconnects(-1)
                .reconnectWait(Duration.ofMillis(100))
                .reconnectJitter(Duration.ofMillis(50))
                .pingInterval(Duration.ofSeconds(1))
                .maxPingsOut(2)
                .socketWriteTimeout(Duration.ofSeconds(2))
                // What cannot be sent now has failed: nobody wants an old renewal of a lease.
                .reconnectBufferSize(0)
                .requestCleanupInterval(PATIENCE)
                .errorListener(new NatsNoise())
                .build();
        threads = new ScheduledThreadPoolExecutor(THREADS, work -> {
            Thread thread = new Thread(work, "nats-tend");
            thread.setDaemon(true);
            return thread;
        });
        threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        every(CONNECT_EVERY, this::connect);
    }

    private void connect() {
        Open last = open;
        if (last != null && last.connection().getStatus() != Connection.Status.CLOSED) {
            return;
        }
        // The client gives a connection up for good that servers have refused twice for who it says to be.
        open = null;
        Connection connection = null;
        try {
            connection = Nats.connect(options);
            JetStreamOptions limits =
                    JetStreamOptions.builder().requestTimeout(PATIENCE).build();
            open = new Open(connection, connection.jetStream(limits), connection.jetStreamManagement(limits));
            LOG.info("NATS: connected to {}", shown(connection.getConnectedUrl()));
        } catch (IOException e) {
            fault = "NATS: " + shown(e.getMessage());
            close(connection);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** An address may hold a password. */
    static String shown(@Nullable String text) {
        return String.valueOf(text).replaceAll("://[^/@\\s]*@", "://***@");
    }

    /** The connection, which may be broken for a while; another one after one that was refused; null where there is none yet. */
    @Nullable
    Open open() {
        return open;
    }

    /** Makes what a node needs there. */
    interface Making {
        void make(Open open) throws IOException, JetStreamApiException;
    }

    /** Is a stream of JetStream there? Made if it is not, and if that can be done now; one that others made, perhaps otherwise, counts. Blocks. */
    boolean isMade(String stream, Making how) {
        Open now = open;
        if (now == null) {
            return false;
        }
        try {
            how.make(now);
            return true;
        } catch (JetStreamApiException e) {
            LOG.debug("NATS: {} is not made: {}", stream, e.getMessage());
            return isThere(now, stream);
        } catch (IOException | IllegalStateException e) {
            LOG.debug("NATS: {} is not there yet: {}", stream, e.toString());
            return false;
        }
    }

    private static boolean isThere(Open now, String stream) {
        try {
            now.management().getStreamInfo(stream);
            return true;
        } catch (IOException | JetStreamApiException | IllegalStateException e) {
            LOG.debug("NATS: {} is not there yet: {}", stream, e.toString());
            return false;
        }
    }

    /** Null if it is connected, otherwise one line that says why not. */
    public @Nullable String fault() {
        Open now = open;
        if (now == null) {
            return fault;
        }
        Connection.Status status = now.connection().getStatus();
        return status == Connection.Status.CONNECTED ? null : "NATS: the connection is " + status;
    }

    /** Runs it again and again, one run at a time, on a thread that may block. */
    @SuppressWarnings("FutureReturnValueIgnored") // runs until the end
    void every(Duration period, Runnable work) {
        threads.scheduleWithFixedDelay(() -> quietly(work), 0, period.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Runs it once, on a thread that may block. */
    void soon(Runnable work) {
        try {
            threads.execute(() -> quietly(work));
        } catch (RejectedExecutionException e) {
            LOG.debug("closed already", e);
        }
    }

    private static void quietly(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.warn("NATS: {}", shown(e.toString()));
        }
    }

    /** Nothing was heard for too long: a server that does not answer is left for another. Blocks. */
    void leaveIfDead() {
        Open now = open;
        if (now == null || now.connection().getStatus() != Connection.Status.CONNECTED) {
            return;
        }
        String server = shown(now.connection().getConnectedUrl());
        try {
            now.connection().flush(ANSWER_TO_PING);
        } catch (TimeoutException | IllegalStateException e) {
            LOG.warn("NATS: {} does not answer, another server is tried", server);
            reconnect(now.connection());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void reconnect(Connection connection) {
        try {
            connection.forceReconnect();
        } catch (IOException e) {
            LOG.debug("goes on by itself", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void close(@Nullable Connection connection) {
        if (connection != null) {
            try {
                connection.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        try {
            // A connection that is being made is to be closed, too.
            threads.awaitTermination(2 * PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Open now = open;
        close(now == null ? null : now.connection());
    }
}
