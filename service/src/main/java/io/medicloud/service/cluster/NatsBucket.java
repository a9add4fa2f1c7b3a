// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nats.client.Message;
import io.nats.client.api.DeliverPolicy;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.StorageType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A bucket of NATS JetStream, as its own tools know it ({@code nats kv}); made if it is not there. How it writes: {@link NatsWrites}. */
public final class NatsBucket implements Bucket {
    private static final Logger LOG = LoggerFactory.getLogger(NatsBucket.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration MAKE_EVERY = Duration.ofMillis(300);
    private static final Duration SWEEP_EVERY = Duration.ofMillis(100);

    private final NatsLink link;
    private final String name;
    private final String stream;
    private final int replicas;
    private final Executor protocol;
    private final LongSupplier clockNs;
    private final NatsWrites writes;
    private final NatsWatch watch;
    private volatile @Nullable EntrySink news;
    private volatile boolean isMade;
    private volatile boolean isClosed;

    /**
     * @param name of the bucket
     * @param replicas on how many servers it is kept, if it is to be made: 1, 3 or 5
     * @param protocol the protocol's one thread
     * @param clockNs this node's monotonic time
     */
    public NatsBucket(NatsLink link, String name, int replicas, Executor protocol, LongSupplier clockNs) {
        this.link = link;
        this.name = name;
        this.stream = "KV_" + name;
        this.replicas = replicas;
        this.protocol = protocol;
        this.clockNs = clockNs;
        this.writes = new NatsWrites(link, subject(""), clockNs);
        this.watch = new NatsWatch(
                link,
                stream,
                consumer -> consumer.deliverPolicy(DeliverPolicy.LastPerSubject).filterSubject(subject(">")),
                this::onMessage,
                clockNs);
        link.every(MAKE_EVERY, this::make);
        watch.begin();
        link.every(SWEEP_EVERY, this::sweep);
    }

    private void sweep() {
        if (!isClosed) {
            writes.pump();
        }
    }

    private void make() {
        if (!isMade && !isClosed) {
            isMade = link.isMade(
                    stream,
                    open -> open.connection()
                            .keyValueManagement()
                            .create(KeyValueConfiguration.builder()
                                    .name(name)
                                    .maxHistoryPerKey(1)
                                    .replicas(replicas)
                                    .storageType(StorageType.File)
                                    .build()));
        }
    }

    /** Is the bucket there? */
    public boolean isMade() {
        return isMade;
    }

    @Override
    public void watch(EntrySink sink) {
        news = sink;
        // What was told before there was a sink is told again.
        watch.renew();
    }

    private void onMessage(Message message) {
        String key = message.getSubject().substring(subject("").length());
        long sequence = message.metaData().streamSequence();
        tell(new BucketEntry(key, new String(message.getData(), StandardCharsets.UTF_8), sequence));
        writes.onSeen(key, sequence);
    }

    private void tell(BucketEntry entry) {
        EntrySink sink = news;
        if (sink != null) {
            run(() -> sink.onEntry(entry, clockNs.getAsLong()));
        }
    }

    @Override
    public void write(String key, String value, long expectedRevision, WriteSink sink) {
        writes.add(
                key,
                value,
                expectedRevision,
                BucketKeys.isNode(key),
                end -> run(() -> sink.onEnd(end, clockNs.getAsLong())));
    }

    @Override
    public void read(String key, ReadSink sink) {
        NatsLink.Open open = link.open();
        if (open == null || link.fault() != null) {
            run(() -> sink.onRead(clockNs.getAsLong()));
            return;
        }
        byte[] request = JSON.createObjectNode()
                .put("last_by_subj", subject(key))
                .toString()
                .getBytes(StandardCharsets.UTF_8);
        var unused = ask(open, "$JS.API.STREAM.MSG.GET." + stream, request)
                .orTimeout(NatsLink.PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((answer, failure) -> {
                    BucketEntry entry = failure == null ? entry(key, answer) : null;
                    if (entry != null) {
                        tell(entry);
                    }
                    run(() -> sink.onRead(clockNs.getAsLong()));
                });
    }

    private static CompletableFuture<Message> ask(NatsLink.Open open, String subject, byte[] request) {
        try {
            return open.connection().request(subject, request);
        } catch (IllegalStateException e) {
            // Closed since: who reads must be told of the end all the same.
            return CompletableFuture.failedFuture(e);
        }
    }

    private static @Nullable BucketEntry entry(String key, Message answer) {
        try {
            JsonNode message = JSON.readTree(answer.getData()).path("message");
            if (message.isMissingNode()) {
                return null;
            }
            byte[] value = Base64.getDecoder().decode(message.path("data").asText());
            return new BucketEntry(
                    key,
                    new String(value, StandardCharsets.UTF_8),
                    message.path("seq").asLong());
        } catch (IOException | IllegalArgumentException e) {
            return null;
        }
    }

    private String subject(String key) {
        return "$KV." + name + '.' + key;
    }

    private void run(Runnable work) {
        if (isClosed) {
            return;
        }
        try {
            protocol.execute(() -> {
                if (!isClosed) {
                    work.run();
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("closed already", e);
        }
    }

    @Override
    public void close() {
        isClosed = true;
        watch.close();
    }
}
