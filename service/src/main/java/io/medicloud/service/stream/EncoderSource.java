// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.pipeline.source.Source;
import io.medicloud.pipeline.source.SourceSink;
import io.medicloud.srt.RejectReason;
import io.medicloud.srt.SrtAdmission;
import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtListener;
import io.medicloud.srt.SrtRequest;
import io.medicloud.srt.SrtSink;
import io.medicloud.srt.SrtVerdict;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What encoders send to one stream's port. One at a time: while one is connected every other is turned away and counted. Lives on the SRT
 * stack's loop; {@link #close} may be called from any thread.
 */
final class EncoderSource implements Source, SrtAdmission {
    private static final Logger LOG = LoggerFactory.getLogger(EncoderSource.class);

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
    private final AtomicReference<State> state = new AtomicReference<>(State.NOT_STARTED);
    private final AtomicLong turnedAway = new AtomicLong();
    private volatile @Nullable SrtListener listener;
    private volatile @Nullable SourceSink sink;
    private volatile @Nullable SrtConnection encoder;

    EncoderSource(String liveId) {
        this.liveId = liveId;
    }

    /** The port is bound. Before {@link #start}. */
    void takeListener(SrtListener bound) {
        listener = bound;
    }

    /** Callers turned away: by the stack (a wrong passphrase), or because an encoder was connected already. */
    long rejectedCallers() {
        SrtListener bound = listener;
        long byStack = bound == null
                ? 0
                : bound.rejected().entrySet().stream()
                        .filter(entry -> !entry.getKey().isFromApplication())
                        .mapToLong(entry -> entry.getValue())
                        .sum();
        return byStack + turnedAway.get();
    }

    @Override
    public boolean canWait() {
        return false;
    }

    @Override
    public void start(SourceSink to) {
        sink = to;
        if (!state.compareAndSet(State.NOT_STARTED, State.IDLE)) {
            to.onEnd("closed before it began");
        }
    }

    @Override
    public SrtVerdict decide(SrtRequest request) {
        State now = state.get();
        if (now == State.IDLE) {
            return SrtVerdict.accept(new Encoder());
        }
        if (now == State.BUSY) {
            turnAway(request.peer());
            return SrtVerdict.reject(RejectReason.CONFLICT);
        }
        return SrtVerdict.reject(RejectReason.DOWN);
    }

    private void turnAway(Object peer) {
        turnedAway.incrementAndGet();
        LOG.info("{}: a second encoder at {} is turned away: one is connected already", liveId, peer);
    }

    @Override
    public void close() {
        SrtListener bound = listener;
        if (bound != null) {
            bound.close();
        }
        if (state.compareAndSet(State.NOT_STARTED, State.CLOSED)) {
            return;
        }
        if (state.compareAndSet(State.IDLE, State.CLOSED)) {
            end();
        } else if (state.compareAndSet(State.BUSY, State.CLOSING)) {
            SrtConnection connected = encoder;
            if (connected != null) {
                connected.close();
            }
        }
    }

    private void end() {
        SourceSink to = sink;
        if (to != null) {
            to.onEnd("closed");
        }
    }

    private static long nowUs() {
        return TimeUnit.NANOSECONDS.toMicros(System.nanoTime());
    }

    /** One encoder's connection; all on the loop. */
    private final class Encoder implements SrtSink {
        private @Nullable SourceSink to;

        @Override
        public void onConnected(SrtConnection connection) {
            SourceSink taking = sink;
            if (taking == null || !state.compareAndSet(State.IDLE, State.BUSY)) {
                // Two were admitted before either was connected.
                turnAway(connection.peer());
                connection.close();
                return;
            }
            to = taking;
            encoder = connection;
            taking.onConnected(String.valueOf(connection.peer()), nowUs());
            if (state.get() == State.CLOSING) {
                // Closed before it was known whom to disconnect.
                connection.close();
            }
        }

        @Override
        public void onPayload(ByteBuf payload, long nowUs) {
            if (to != null) {
                to.onData(payload, nowUs);
            }
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
                return;
            }
            to = null;
            encoder = null;
            from.onDisconnected(why.message(), nowUs());
            if (!state.compareAndSet(State.BUSY, State.IDLE)) {
                state.set(State.CLOSED);
                end();
            }
        }
    }
}
