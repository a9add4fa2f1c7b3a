// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.pipeline.source.Source;
import io.medicloud.pipeline.source.SourceSink;
import io.medicloud.service.config.Secret;
import io.medicloud.service.log.LogFields;
import io.medicloud.service.security.AddressRanges;
import io.medicloud.service.security.CallerGate;
import io.medicloud.service.security.CallerRefusal;
import io.medicloud.srt.RejectReason;
import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtRequest;
import io.medicloud.srt.SrtSink;
import io.medicloud.srt.SrtStats;
import io.medicloud.srt.SrtVerdict;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What comes over SRT for one stream, from one connection at a time. While one is there another is turned away and counted; unless the one has
 * gone silent, as that of an encoder that was killed has, or newcomers are to win: then the one is closed, and the other takes its place. Lives
 * on the SRT stack's loops; {@link #close} and {@link #fail} may be called from any thread.
 */
final class SrtSource implements Source {
    private static final Logger LOG = LoggerFactory.getLogger(SrtSource.class);

    /** What a newcomer may bring until the other's connection is drained; past it that is closed, and past twice as much the newcomer's. */
    private static final int MOST_HELD = 512;

    /** Who may call the sink: only the loop while an encoder is there, only the one who closes while none is. */
    private enum State {
        /** The pipeline is not ready for encoders yet. */
        NOT_STARTED,
        /** Nobody is connected. */
        IDLE,
        /** An encoder is connected. */
        BUSY,
        /** An encoder is connected, and is being disconnected for good. */
        CLOSING,
        /** The sink has heard of the end. */
        CLOSED
    }

    private final String liveId;
    private final Secret passphrase;
    private final int latencyMs;
    private final Takeover takeover;
    private final AtomicReference<State> state = new AtomicReference<>(State.NOT_STARTED);
    private final AtomicLong rejected = new AtomicLong();
    private final RefusedCallers.Digest refused;
    private volatile AddressRanges allowFrom = AddressRanges.of("");
    private volatile @Nullable Feed feed;
    private volatile @Nullable SourceSink sink;
    private volatile @Nullable SrtConnection encoder;
    private volatile @Nullable Link link;
    /** What was told last of all connections. */
    private volatile SrtTotals totals = SrtTotals.NONE;

    private final Object countLock = new Object();

    private volatile String lastFailure = "";
    private volatile long lastPayloadUs;

    /**
     * Lets nobody in yet.
     *
     * @param isTakeoverFree a second encoder takes the place of the first, whatever that does
     * @param refused hears of callers that are turned away; closed with the way in
     */
    SrtSource(
            String liveId, Secret passphrase, Duration latency, boolean isTakeoverFree, RefusedCallers.Digest refused) {
        this.refused = refused;
        this.takeover = new Takeover(isTakeoverFree);
        this.liveId = liveId;
        this.passphrase = passphrase;
        this.latencyMs = Math.toIntExact(latency.toMillis());
    }

    /** How connections come. Before {@link #start}. */
    void takeFeed(Feed how) {
        feed = how;
    }

    /** From now on only those are let in that call from there; empty: from anywhere. Who is connected stays. */
    void setAllowFrom(AddressRanges ranges) {
        allowFrom = ranges;
    }

    /** From now on a second encoder takes the place of the first, whatever that does, or does not. */
    void setTakeoverFree(boolean isFree) {
        takeover.setFree(isFree);
    }

    /** Who hears of callers that are turned away. */
    CallerGate.Refusals refusals() {
        return refused;
    }

    /** Callers turned away: for a wrong passphrase or their address, or because an encoder was connected already. */
    long rejectedCallers() {
        return rejected.get();
    }

    /** Why the last connection did not come about; empty if none has failed. */
    String lastFailure() {
        return lastFailure;
    }

    /** The connection, or the last one; null before the first. */
    @Nullable
    SrtLink link() {
        Link last = link;
        if (last == null) {
            return null;
        }
        SrtStats stats = last.connection().stats();
        return new SrtLink(
                last.connection() == encoder, last.atMs(), last.connection().isEncrypted(), stats, count(last, stats));
    }

    private SrtTotals count(Link of, SrtStats stats) {
        SrtTotals now = of.before().plus(stats);
        synchronized (countLock) {
            totals = now.atLeast(totals);
            return totals;
        }
    }

    /**
     * The last connection; what it holds when it has ended is its statistics.
     *
     * @param atMs when it was made
     * @param before what was counted of those before it
     */
    private record Link(SrtConnection connection, long atMs, SrtTotals before) {}

    @Override
    public boolean canWait() {
        return false;
    }

    @Override
    public void start(SourceSink to) {
        sink = to;
        Feed from = feed;
        if (!state.compareAndSet(State.NOT_STARTED, State.IDLE)) {
            to.onEnd("closed before it began");
        } else if (from != null) {
            from.begin();
        }
    }

    /**
     * The verdict on a caller that wants this stream.
     *
     * @param caller is told what becomes of it
     */
    SrtVerdict decide(SrtRequest request, CallerGate.Caller caller) {
        AddressRanges allowed = allowFrom;
        if (!allowed.isEmpty() && !allowed.contains(request.peer())) {
            rejected.incrementAndGet();
            refused.onRefused(CallerRefusal.ADDRESS, request.peer());
            return SrtVerdict.reject(RejectReason.FORBIDDEN);
        }
        State now = state.get();
        if (now == State.IDLE) {
            return SrtVerdict.accept(new Encoder(caller, request), passphrase.reveal(), latencyMs);
        }
        if (now == State.BUSY) {
            return switch (askTakeover(request.peer())) {
                case YES -> SrtVerdict.accept(new Encoder(caller, request), passphrase.reveal(), latencyMs);
                case LATER -> SrtVerdict.later(RejectReason.CONFLICT, () -> turnAway(request.peer()));
                case NO -> {
                    turnAway(request.peer());
                    yield SrtVerdict.reject(RejectReason.CONFLICT);
                }
            };
        }
        return SrtVerdict.reject(RejectReason.DOWN);
    }

    private Takeover.Answer askTakeover(InetSocketAddress newcomer) {
        SrtConnection other = encoder;
        long nowUs = nowUs();
        // Not there: it is connected at this moment, or has just gone.
        return other == null ? Takeover.Answer.LATER : takeover.ask(newcomer, other, nowUs - lastPayloadUs, nowUs);
    }

    /** Takes what one connection has to say. */
    SrtSink newConnection() {
        return new Encoder(null, null);
    }

    private void turnAway(Object peer) {
        rejected.incrementAndGet();
        LOG.atInfo()
                .addKeyValue(LogFields.STREAM, liveId)
                .log("{}: a second encoder at {} is turned away: one is connected already", liveId, peer);
    }

    /** What has arrived is still delivered, each payload at its time: for one latency at the most. */
    @Override
    public void close() {
        closeFeed();
        State before = state.getAndUpdate(SrtSource::closed);
        SourceSink to = sink;
        SrtConnection connected = encoder;
        if (before == State.IDLE && to != null) {
            to.onEnd("closed");
        } else if (before == State.BUSY && connected != null) {
            connected.drain();
        }
    }

    /** What being closed makes of a state. */
    private static State closed(State before) {
        return before == State.BUSY || before == State.CLOSING ? State.CLOSING : State.CLOSED;
    }

    /** Gives up, unless somebody is connected. */
    void fail(String reason) {
        SourceSink to = sink;
        if (to != null && state.compareAndSet(State.IDLE, State.CLOSED)) {
            closeFeed();
            to.onFailure(reason);
        }
    }

    /** A call could not even begin. */
    void onCallFailed(String why) {
        lastFailure = why;
        onIdle(why);
    }

    private void closeFeed() {
        Feed from = feed;
        if (from != null) {
            from.close();
        }
        refused.close();
    }

    private void onIdle(String why) {
        Feed from = feed;
        if (from != null) {
            from.onIdle(why);
        }
    }

    private static long nowUs() {
        return TimeUnit.NANOSECONDS.toMicros(System.nanoTime());
    }

    /** One encoder's connection; all on the loop. */
    private final class Encoder implements SrtSink {
        private final Queue<ByteBuf> held = new ArrayDeque<>();
        private @Nullable SourceSink to;
        /** Not null while it waits for the other's end. */
        private @Nullable SrtConnection successor;
        /** Whose place it waits for. */
        private @Nullable SrtConnection predecessor;

        private boolean isTurnedAway;
        private boolean hasMedia;
        private final CallerGate.@Nullable Caller caller;
        private final @Nullable SrtRequest request;

        /** Both null if it is we who call. */
        Encoder(CallerGate.@Nullable Caller caller, @Nullable SrtRequest request) {
            this.caller = caller;
            this.request = request;
        }

        @Override
        public void onConnected(SrtConnection connection) {
            if (caller != null) {
                caller.onConnected();
            }
            if (begin(connection)) {
                return;
            }
            SrtConnection other = encoder;
            if (state.get() == State.BUSY && other != null && askTakeover(connection.peer()) == Takeover.Answer.YES) {
                LOG.atInfo()
                        .addKeyValue(LogFields.STREAM, liveId)
                        .log(
                                "{}: the encoder at {} takes the place of the one at {}",
                                liveId,
                                connection.peer(),
                                other.peer());
                successor = connection;
                predecessor = other;
                // What has arrived from the other is still delivered, each payload at its time.
                other.drain();
                return;
            }
            // Two were admitted before either was connected, or the stream has ended meanwhile.
            if (state.get() == State.BUSY) {
                turnAway(connection.peer());
            }
            leave(connection);
        }

        private void leave(SrtConnection connection) {
            isTurnedAway = true;
            connection.close();
        }

        /** False if it is not its turn. */
        private boolean begin(SrtConnection connection) {
            SourceSink taking = sink;
            if (taking == null || !state.compareAndSet(State.IDLE, State.BUSY)) {
                return false;
            }
            to = taking;
            encoder = connection;
            link = new Link(connection, System.currentTimeMillis(), totals);
            // What it sends from now on comes one latency later.
            lastPayloadUs = nowUs()
                    + TimeUnit.MILLISECONDS.toMicros(
                            connection.stats().instant().msRcvTsbPdDelay());
            taking.onConnected(String.valueOf(connection.peer()), nowUs());
            if (state.get() == State.CLOSING) {
                // Closed before it was known whom to disconnect.
                connection.drain();
            }
            return true;
        }

        /** The other may be gone by now; true if it is, and all that was held is passed on. */
        private boolean hasSucceeded(long nowUs) {
            SrtConnection waiting = successor;
            if (waiting == null || !begin(waiting)) {
                return false;
            }
            successor = null;
            for (ByteBuf payload = held.poll(); payload != null; payload = held.poll()) {
                pass(payload, nowUs);
                payload.release();
            }
            return true;
        }

        private void hold(SrtConnection waiting, ByteBuf payload) {
            State now = state.get();
            SrtConnection other = encoder;
            boolean isTaken = other != null && other != predecessor;
            if (held.size() == MOST_HELD && other != null && !isTaken) {
                // It takes too long.
                other.close();
            }
            if (isTaken || held.size() >= 2 * MOST_HELD || now == State.CLOSING || now == State.CLOSED) {
                if (isTaken) {
                    turnAway(waiting.peer());
                }
                releaseHeld();
                successor = null;
                leave(waiting);
            } else {
                held.add(payload.retainedSlice());
            }
        }

        private void releaseHeld() {
            held.forEach(ByteBuf::release);
            held.clear();
        }

        @Override
        public void onPayload(ByteBuf payload, long nowUs) {
            SrtConnection waiting = successor;
            if (waiting != null && !hasSucceeded(nowUs)) {
                hold(waiting, payload);
                return;
            }
            pass(payload, nowUs);
        }

        private void pass(ByteBuf payload, long nowUs) {
            SourceSink taking = to;
            if (taking == null) {
                return;
            }
            lastPayloadUs = nowUs;
            taking.onData(payload, nowUs);
            Feed from = feed;
            if (!hasMedia && from != null) {
                from.onMedia();
            }
            hasMedia = true;
        }

        @Override
        public void onBatchEnd(long nowUs) {
            hasSucceeded(nowUs);
            if (to != null) {
                to.onBatchEnd(nowUs);
            }
        }

        @Override
        public void onClosed(SrtCloseReason why) {
            if (hasSucceeded(nowUs())) {
                LOG.debug("{}: closed at the moment in which its turn came", liveId);
            }
            releaseHeld();
            successor = null;
            SourceSink from = to;
            if (from == null) {
                onNotTaken(why);
                return;
            }
            to = null;
            encoder = null;
            Link over = link;
            if (over != null) {
                // On its own loop: on another's it would have to wait for this one.
                count(over, over.connection().stats());
            }
            from.onDisconnected(why.message(), nowUs());
            if (state.compareAndSet(State.BUSY, State.IDLE)) {
                onIdle(why.message());
            } else {
                state.set(State.CLOSED);
                from.onEnd("closed");
            }
        }

        private void onNotTaken(SrtCloseReason why) {
            if (isTurnedAway) {
                return;
            }
            lastFailure = why.message();
            if (why.kind() == SrtCloseReason.Kind.REJECTED) {
                rejected.incrementAndGet();
                if (caller != null && request != null) {
                    caller.onFailed();
                    refused.onRefused(CallerRefusal.PASSPHRASE, request.peer());
                }
            }
            onIdle(why.message());
        }
    }
}
