// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.pipeline.source.Source;
import io.medicloud.pipeline.source.SourceSink;
import io.medicloud.service.config.Secret;
import io.medicloud.srt.RejectReason;
import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtRequest;
import io.medicloud.srt.SrtSink;
import io.medicloud.srt.SrtVerdict;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What comes over SRT for one stream, from one connection at a time: while one is there every other is turned away and counted. Lives on the
 * SRT stack's loop; {@link #close} and {@link #fail} may be called from any thread.
 */
final class SrtSource implements Source {
    private static final Logger LOG = LoggerFactory.getLogger(SrtSource.class);

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
    private final AtomicReference<State> state = new AtomicReference<>(State.NOT_STARTED);
    private final AtomicLong rejected = new AtomicLong();
    private volatile @Nullable Feed feed;
    private volatile @Nullable SourceSink sink;
    private volatile @Nullable SrtConnection encoder;
    private volatile String lastFailure = "";

    SrtSource(String liveId, Secret passphrase, Duration latency) {
        this.liveId = liveId;
        this.passphrase = passphrase;
        this.latencyMs = Math.toIntExact(latency.toMillis());
    }

    /** How connections come. Before {@link #start}. */
    void takeFeed(Feed how) {
        feed = how;
    }

    /** Callers turned away: for a wrong passphrase, or because an encoder was connected already. */
    long rejectedCallers() {
        return rejected.get();
    }

    /** Why the last connection did not come about; empty if none has failed. */
    String lastFailure() {
        return lastFailure;
    }

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

    /** The verdict on a caller that wants this stream. */
    SrtVerdict decide(SrtRequest request) {
        State now = state.get();
        if (now == State.IDLE) {
            return SrtVerdict.accept(newConnection(), passphrase.reveal(), latencyMs);
        }
        if (now == State.BUSY) {
            turnAway(request.peer());
            return SrtVerdict.reject(RejectReason.CONFLICT);
        }
        return SrtVerdict.reject(RejectReason.DOWN);
    }

    /** Takes what one connection has to say. */
    SrtSink newConnection() {
        return new Encoder();
    }

    private void turnAway(Object peer) {
        rejected.incrementAndGet();
        LOG.info("{}: a second encoder at {} is turned away: one is connected already", liveId, peer);
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
        private @Nullable SourceSink to;
        private boolean isTurnedAway;
        private boolean hasMedia;

        @Override
        public void onConnected(SrtConnection connection) {
            SourceSink taking = sink;
            if (taking == null || !state.compareAndSet(State.IDLE, State.BUSY)) {
                // Two were admitted before either was connected, or the stream has ended meanwhile.
                isTurnedAway = true;
                if (state.get() == State.BUSY) {
                    turnAway(connection.peer());
                }
                connection.close();
                return;
            }
            to = taking;
            encoder = connection;
            taking.onConnected(String.valueOf(connection.peer()), nowUs());
            if (state.get() == State.CLOSING) {
                // Closed before it was known whom to disconnect.
                connection.drain();
            }
        }

        @Override
        public void onPayload(ByteBuf payload, long nowUs) {
            if (to == null) {
                return;
            }
            to.onData(payload, nowUs);
            Feed from = feed;
            if (!hasMedia && from != null) {
                from.onMedia();
            }
            hasMedia = true;
        }

        @Override
        public void onBatchEnd(long nowUs) {
            if (to != null) {
                to.onBatchEnd(nowUs);
            }
        }

        @Override
        public void onClosed(SrtCloseReason why) {
            SourceSink from = to;
            if (from == null) {
                onNotTaken(why);
                return;
            }
            to = null;
            encoder = null;
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
            }
            onIdle(why.message());
        }
    }
}
