// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.PublishOptions;
import io.nats.client.api.DeliverPolicy;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The events of all nodes, in one durable order, in a stream of JetStream. A cursor is the sequence there. The newest are kept here, so
 * that many who follow the end ask the servers for nothing. Thread-safe; what reads or publishes blocks.
 */
public final class NatsEvents implements AutoCloseable {
    private static final int NO_MESSAGE = 10037;
    private static final int MOST_KEPT = 2048;
    private static final Duration MAKE_EVERY = Duration.ofMillis(300);
    private static final Duration REPEATS = Duration.ofMinutes(5);

    /**
     * One event of the stream.
     *
     * @param cursor above that of every event before it
     * @param text what its node published
     */
    public record Entry(long cursor, String text) {}

    private final NatsLink link;
    private final String stream;
    private final String subjects;
    private final int replicas;
    private final long most;
    private final NatsWatch watch;
    private final List<Runnable> tails = new CopyOnWriteArrayList<>();
    private final NavigableMap<Long, String> newest = new TreeMap<>();
    private volatile boolean isMade;
    private volatile boolean isClosed;

    /**
     * @param name of the cluster
     * @param replicas on how many servers it is kept, if it is to be made
     * @param most so many events are kept, of all nodes
     */
    public NatsEvents(NatsLink link, String name, int replicas, long most, LongSupplier clockNs) {
        this.link = link;
        this.stream = name + "-events";
        this.subjects = stream + '.';
        this.replicas = replicas;
        this.most = most;
        this.watch = new NatsWatch(
                link, stream, consumer -> consumer.deliverPolicy(DeliverPolicy.New), new Newest(), clockNs);
        link.every(MAKE_EVERY, this::make);
        watch.begin();
    }

    private void make() {
        if (!isMade && !isClosed) {
            isMade = link.isMade(
                    stream,
                    open -> open.management()
                            .addStream(StreamConfiguration.builder()
                                    .name(stream)
                                    .subjects(subjects + '>')
                                    .storageType(StorageType.File)
                                    .replicas(replicas)
                                    .maxMessages(most)
                                    .discardPolicy(DiscardPolicy.Old)
                                    .duplicateWindow(REPEATS)
                                    .build()));
        }
    }

    /** Is the stream there? */
    public boolean isMade() {
        return isMade;
    }

    private final class Newest implements NatsWatch.Sink {
        @Override
        public void onMessage(Message message) {
            synchronized (newest) {
                long sequence = message.metaData().streamSequence();
                if (!newest.isEmpty() && newest.lastKey() != sequence - 1) {
                    // What is missing in between is asked for.
                    newest.clear();
                }
                newest.put(sequence, new String(message.getData(), StandardCharsets.UTF_8));
                if (newest.size() > MOST_KEPT) {
                    newest.pollFirstEntry();
                }
            }
            tails.forEach(Runnable::run);
        }

        @Override
        public void onBegun() {
            tails.forEach(Runnable::run);
        }
    }

    /**
     * Publishes an event of a node; one that was published before, within five minutes, is there once all the same.
     *
     * @param id the event's place in the node's own log
     * @throws IOException if it is not known to be there: publish it again
     */
    public void publish(String nodeId, long id, String text) throws IOException {
        try {
            open().jetStream()
                    .publish(
                            subject(nodeId),
                            text.getBytes(StandardCharsets.UTF_8),
                            PublishOptions.builder()
                                    .messageId(nodeId + '-' + id)
                                    .build());
        } catch (JetStreamApiException | IllegalStateException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** The place in its own log of the last event that a node has published; 0 if there is none. */
    public long lastOf(String nodeId) throws IOException {
        try {
            MessageInfo last = open().management().getLastMessage(stream, subject(nodeId));
            String id = last.getHeaders() == null ? null : last.getHeaders().getFirst("Nats-Msg-Id");
            return id == null ? 0 : Long.parseLong(id.substring(nodeId.length() + 1));
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() == NO_MESSAGE) {
                return 0;
            }
            throw new IOException(e.getMessage(), e);
        } catch (IllegalStateException | NumberFormatException e) {
            throw new IOException(e.toString(), e);
        }
    }

    /** The events behind a cursor, oldest first, so many at the most. */
    public List<Entry> after(long cursor, int limit) throws IOException {
        List<Entry> found = kept(cursor, limit);
        if (found != null) {
            return found;
        }
        List<Entry> read = new ArrayList<>();
        try {
            for (long next = cursor + 1;
                    read.size() < limit;
                    next = read.get(read.size() - 1).cursor() + 1) {
                MessageInfo message = open().management().getNextMessage(stream, next, subjects + '>');
                read.add(new Entry(message.getSeq(), new String(message.getData(), StandardCharsets.UTF_8)));
            }
        } catch (JetStreamApiException e) {
            if (e.getApiErrorCode() != NO_MESSAGE) {
                throw new IOException(e.getMessage(), e);
            }
        } catch (IllegalStateException e) {
            throw new IOException(e.toString(), e);
        }
        return read;
    }

    /** Null if they are not all among those that are kept here. */
    private @Nullable List<Entry> kept(long cursor, int limit) {
        synchronized (newest) {
            if (newest.isEmpty() || newest.firstKey() > cursor + 1 || newest.lastKey() < cursor + 1) {
                return null;
            }
            List<Entry> found = new ArrayList<>();
            for (Map.Entry<Long, String> entry : newest.tailMap(cursor, false).entrySet()) {
                if (found.size() == limit) {
                    break;
                }
                found.add(new Entry(entry.getKey(), entry.getValue()));
            }
            return found;
        }
    }

    /** The cursor of the oldest event that is kept; 1 above {@link #last} if none is. */
    public long first() throws IOException {
        StreamState state = state();
        return state.getMsgCount() == 0 ? state.getLastSequence() + 1 : state.getFirstSequence();
    }

    /** The cursor of the newest event; 0 if there was none. */
    public long last() throws IOException {
        return state().getLastSequence();
    }

    private StreamState state() throws IOException {
        try {
            return open().management().getStreamInfo(stream).getStreamState();
        } catch (JetStreamApiException | IllegalStateException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * Has somebody woken when there is news; must not block.
     *
     * @return takes it off again
     */
    public Runnable addTail(Runnable tail) {
        tails.add(tail);
        return () -> tails.remove(tail);
    }

    private NatsLink.Open open() throws IOException {
        NatsLink.Open open = link.open();
        String fault = link.fault();
        if (open == null || fault != null) {
            throw new IOException(fault);
        }
        return open;
    }

    private String subject(String nodeId) {
        return subjects + nodeId.replace(".", "=2E");
    }

    @Override
    public void close() {
        isClosed = true;
        watch.close();
    }
}
