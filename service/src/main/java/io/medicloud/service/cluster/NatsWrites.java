// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import io.nats.client.JetStreamApiException;
import io.nats.client.PublishOptions;
import io.nats.client.api.PublishAck;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A bucket's writes that compare and set, one at a time. Clusters of nats-server before 2.10 compare a key's revision before they agree
 * on a write and not when it takes effect, so that several that expect the same one may all do (its issue 4320). What they do compare then is the
 * sequence of the whole stream. So a write names that, as of which this node has seen every key: it takes effect only if
 * nothing at all was written since, and the key's revision is compared here. Thread-safe.
 */
final class NatsWrites {
    private static final int WRONG_SEQUENCE = 10071;
    private static final Pattern SEQUENCE = Pattern.compile("last sequence: (\\d+)");

    private static final class Write {
        private final String key;
        private final String value;
        private final long expected;
        private final Consumer<WriteEnd> sink;
        private final long untilNs;
        /** Up to where all keys must have been seen before it can be sent. */
        private long needed;

        Write(String key, String value, long expected, Consumer<WriteEnd> sink, long untilNs) {
            this.key = key;
            this.value = value;
            this.expected = expected;
            this.sink = sink;
            this.untilNs = untilNs;
            this.needed = expected;
        }
    }

    private final NatsLink link;
    private final String prefix;
    private final LongSupplier clockNs;
    private final Map<String, Long> revisions = new HashMap<>();
    private final Deque<Write> waiting = new ArrayDeque<>();
    private long seen;
    private boolean isSending;

    /** @param prefix of subjects, in front of keys */
    NatsWrites(NatsLink link, String prefix, LongSupplier clockNs) {
        this.link = link;
        this.prefix = prefix;
        this.clockNs = clockNs;
    }

    /**
     * Writes it if the key's revision is the expected one.
     *
     * @param isUrgent before those that wait
     * @param sink told once, on any thread
     */
    void add(String key, String value, long expected, boolean isUrgent, Consumer<WriteEnd> sink) {
        Write write = new Write(key, value, expected, sink, clockNs.getAsLong() + NatsLink.PATIENCE.toNanos());
        synchronized (this) {
            if (isUrgent) {
                waiting.addFirst(write);
            } else {
                waiting.addLast(write);
            }
        }
        pump();
    }

    /** All keys were seen up to that sequence, which is the revision of this one. */
    void onSeen(String key, long sequence) {
        synchronized (this) {
            seen = Math.max(seen, sequence);
            revisions.merge(key, sequence, Math::max);
        }
        pump();
    }

    /** Does what can be done: ends what has waited for too long or cannot succeed, and sends the next one. To be called now and then, too. */
    void pump() {
        List<Runnable> ends = new ArrayList<>();
        Write next = null;
        long last;
        synchronized (this) {
            String fault = link.fault();
            waiting.removeIf(write -> {
                WriteEnd end = endOf(write, fault);
                if (end != null) {
                    ends.add(() -> write.sink.accept(end));
                }
                return end != null;
            });
            last = seen;
            if (!isSending) {
                next = waiting.stream()
                        .filter(write -> write.needed <= seen)
                        .findFirst()
                        .orElse(null);
                if (next != null) {
                    waiting.remove(next);
                    isSending = true;
                }
            }
        }
        ends.forEach(Runnable::run);
        if (next != null) {
            send(next, last);
        }
    }

    /** Of one that is not sent; null if it can still be. */
    private @Nullable WriteEnd endOf(Write write, @Nullable String fault) {
        long revision = revisions.getOrDefault(write.key, Bucket.ABSENT);
        if (revision > write.expected
                || (revision < write.expected && seen >= write.expected)
                || clockNs.getAsLong() - write.untilNs >= 0) {
            return new WriteEnd.Conflict();
        }
        return fault == null ? null : new WriteEnd.Unknown(fault);
    }

    private void send(Write write, long last) {
        NatsLink.Open open = link.open();
        long leftMs = TimeUnit.NANOSECONDS.toMillis(write.untilNs - clockNs.getAsLong());
        if (open == null) {
            end(write, new WriteEnd.Unknown("not connected"));
            return;
        }
        PublishOptions options =
                PublishOptions.builder().expectedLastSequence(last).build();
        try {
            var unused = open.jetStream()
                    .publishAsync(prefix + write.key, write.value.getBytes(StandardCharsets.UTF_8), options)
                    .orTimeout(Math.max(1, leftMs), TimeUnit.MILLISECONDS)
                    .whenComplete((ack, failure) -> onAnswer(write, ack, failure));
        } catch (RuntimeException e) {
            // The client throws what it likes where the connection breaks meanwhile.
            end(write, new WriteEnd.Unknown(e.toString()));
        }
    }

    private void onAnswer(Write write, @Nullable PublishAck ack, @Nullable Throwable failure) {
        if (failure == null && ack != null) {
            synchronized (this) {
                isSending = false;
            }
            write.sink.accept(new WriteEnd.Written(ack.getSeqno()));
            onSeen(write.key, ack.getSeqno());
            return;
        }
        JetStreamApiException refusal = refusal(failure);
        Matcher told = SEQUENCE.matcher(refusal == null ? "" : String.valueOf(refusal.getMessage()));
        if (!told.find()) {
            end(write, refusal == null ? new WriteEnd.Unknown(String.valueOf(failure)) : new WriteEnd.Conflict());
            return;
        }
        synchronized (this) {
            isSending = false;
            write.needed = Math.max(write.needed, Long.parseLong(told.group(1)));
            waiting.addFirst(write);
        }
        pump();
    }

    private void end(Write write, WriteEnd end) {
        synchronized (this) {
            isSending = false;
        }
        write.sink.accept(end);
        pump();
    }

    private static @Nullable JetStreamApiException refusal(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof JetStreamApiException refusal && refusal.getApiErrorCode() == WRONG_SEQUENCE) {
                return refusal;
            }
        }
        return null;
    }
}
