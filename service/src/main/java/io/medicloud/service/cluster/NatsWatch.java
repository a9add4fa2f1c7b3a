// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a stream of JetStream tells, in order. Where something is missing, or nothing is heard, not even that there is nothing, it is begun
 * again as a whole: with a consumer that its maker describes anew.
 */
final class NatsWatch {
    private static final Logger LOG = LoggerFactory.getLogger(NatsWatch.class);
    private static final Duration HEARTBEAT = Duration.ofMillis(500);
    private static final Duration TEND_EVERY = Duration.ofMillis(250);
    private static final long SILENCE_NS = Duration.ofMillis(1500).toNanos();
    private static final String LAST_SENT = "Nats-Last-Consumer";

    /** Is told each message, on a thread of the client's. */
    interface Sink {
        void onMessage(Message message);

        /** It begins, perhaps behind what came meanwhile. */
        default void onBegun() {}
    }

    private final NatsLink link;
    private final String stream;
    private final UnaryOperator<ConsumerConfiguration.Builder> consumer;
    private final Sink sink;
    private final LongSupplier clockNs;
    /** Whose dispatcher it is. */
    private @Nullable Connection connection;

    private @Nullable Dispatcher dispatcher;
    private @Nullable String inbox;
    private volatile Run run = new Run();
    private volatile boolean isClosed;

    /** From one beginning to the next; messages of those before are passed over. */
    private static final class Run {
        private volatile boolean isBroken;
        private volatile long heardNs;
        private long next = 1;
    }

    /** @param consumer says what it is to be told, each time it begins */
    NatsWatch(
            NatsLink link,
            String stream,
            UnaryOperator<ConsumerConfiguration.Builder> consumer,
            Sink sink,
            LongSupplier clockNs) {
        this.link = link;
        this.stream = stream;
        this.consumer = consumer;
        this.sink = sink;
        this.clockNs = clockNs;
        renew();
    }

    void begin() {
        link.every(TEND_EVERY, this::tend);
    }

    /** It is to begin again. */
    void renew() {
        run.isBroken = true;
    }

    private synchronized void tend() {
        NatsLink.Open open = link.open();
        if (isClosed || open == null) {
            return;
        }
        Run last = run;
        boolean isSilent = !last.isBroken && clockNs.getAsLong() - last.heardNs > SILENCE_NS;
        if (isSilent) {
            link.leaveIfDead();
        }
        if (isSilent || last.isBroken) {
            restart(open);
        }
    }

    private void restart(NatsLink.Open open) {
        Run fresh = new Run();
        fresh.heardNs = clockNs.getAsLong();
        run = fresh;
        try {
            Dispatcher to = dispatcher;
            if (to == null || !open.connection().equals(connection)) {
                inbox = null;
                to = open.connection().createDispatcher();
                dispatcher = to;
                connection = open.connection();
            }
            String old = inbox;
            String into = open.connection().createInbox();
            if (old != null) {
                inbox = null;
                to.unsubscribe(old);
            }
            to.subscribe(into, message -> onMessage(message, fresh));
            inbox = into;
            open.management()
                    .createConsumer(
                            stream,
                            consumer.apply(ConsumerConfiguration.builder()
                                            .deliverSubject(into)
                                            .ackPolicy(AckPolicy.None)
                                            .idleHeartbeat(HEARTBEAT)
                                            .memStorage(true)
                                            .numReplicas(1))
                                    .build());
            sink.onBegun();
        } catch (IOException | JetStreamApiException | IllegalStateException e) {
            LOG.debug("NATS: {} is not watched yet: {}", stream, e.toString());
            fresh.isBroken = true;
        }
    }

    private void onMessage(Message message, Run of) {
        if (!of.equals(run) || of.isBroken || isClosed) {
            return;
        }
        of.heardNs = clockNs.getAsLong();
        if (message.isStatusMessage()) {
            String sent =
                    message.getHeaders() == null ? null : message.getHeaders().getFirst(LAST_SENT);
            if (sent != null && Long.parseLong(sent) >= of.next) {
                of.isBroken = true;
            }
        } else if (message.metaData().consumerSequence() == of.next) {
            of.next++;
            sink.onMessage(message);
        } else {
            of.isBroken = true;
        }
    }

    synchronized void close() {
        isClosed = true;
        Connection of = connection;
        Dispatcher from = dispatcher;
        if (from != null && of != null) {
            try {
                of.closeDispatcher(from);
            } catch (IllegalStateException e) {
                LOG.debug("closed with its connection", e);
            }
        }
    }
}
