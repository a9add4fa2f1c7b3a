// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtSink;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStats;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One encoder: calls, sends each packet when it is due, hangs up and calls again as planned, and calls again by itself when its connection breaks. Moves
 * when {@link #tick} is called, on one thread; {@link #stop} may be called by any.
 */
final class LoadEncoder {
    private static final int MESSAGE_PACKETS = 7;
    private static final int MESSAGE = MESSAGE_PACKETS * TsPacket.SIZE;
    /** Nobody is held up for longer by a stream that is behind. */
    private static final int MOST_MESSAGES = 64;

    private static final long LOOK_EVERY_US = 10_000;
    private static final long LONGEST_DRAIN_US = 5_000_000;
    private static final long LONGEST_CLOSE_US = 6_000_000;
    private static final long CALL_AGAIN_US = 500_000;
    /** Our good-bye is to be there before our next call: until then the service takes us for a second encoder. */
    private static final long HANG_UP_US = 200_000;
    /** What has arrived waits for its time, and then has its way to go. */
    private static final long SETTLE_US = 50_000;

    /** Where it is in its life. */
    enum State {
        CALLING,
        SENDING,
        /** Has sent what it had to, and waits until it has arrived. */
        DRAINING,
        CLOSING,
        /** Has no connection, and will call. */
        AWAY,
        ENDED
    }

    /** Counts what encoders see; of all together. */
    interface Tally {
        void onSent(int bytes, long latenessUs);

        /** A connection that did not come about, or that ended before we ended it. */
        void onBroken(String why);

        /** A connection has ended, with what it had to tell. */
        void onStats(SrtStats stats);
    }

    private final SrtStack stack;
    private final InetSocketAddress remote;
    private final SrtOptions options;
    private final SentStream stream;
    private final long endUs;
    private final ArrayDeque<Long> hangUpsUs;
    private final Tally tally;
    private final byte[] message = new byte[MESSAGE];
    private State state = State.AWAY;
    private long callAtUs;
    private long waitUntilUs;
    private long lookAtUs;
    private boolean isDelivered;
    private @Nullable Call call;
    private @Nullable ByteBuf pending;
    private volatile boolean isStopped;

    /**
     * @param remote whom to call
     * @param endUs when it ends, on the clock of {@link #tick}
     * @param hangUpsUs when it ends its connection and calls again, in order
     */
    LoadEncoder(
            SrtStack stack,
            InetSocketAddress remote,
            SrtOptions options,
            SentStream stream,
            long endUs,
            List<Long> hangUpsUs,
            Tally tally) {
        this.stack = stack;
        this.remote = remote;
        this.options = options;
        this.stream = stream;
        this.endUs = endUs;
        this.hangUpsUs = new ArrayDeque<>(hangUpsUs);
        this.tally = tally;
    }

    /** Does what is due. */
    void tick(long nowUs) {
        switch (state) {
            case AWAY -> callIfDue(nowUs);
            case CALLING -> onCalling(nowUs);
            case SENDING -> onSending(nowUs);
            case DRAINING -> onDraining(nowUs);
            case CLOSING -> onClosing(nowUs);
            case ENDED -> {}
        }
    }

    /** Ends it soon; what was sent still arrives. */
    void stop() {
        isStopped = true;
    }

    /** Nobody moves it any more. */
    void abandon() {
        forgetPending();
    }

    State state() {
        return state;
    }

    SentStream stream() {
        return stream;
    }

    private boolean isOver(long nowUs) {
        return isStopped || nowUs >= endUs;
    }

    private void callIfDue(long nowUs) {
        if (isOver(nowUs)) {
            end();
        } else if (nowUs >= callAtUs) {
            Call fresh = new Call();
            try {
                fresh.connection = stack.connect(remote, options, fresh);
                call = fresh;
                state = State.CALLING;
            } catch (IOException e) {
                tally.onBroken(String.valueOf(e.getMessage()));
                callAtUs = nowUs + CALL_AGAIN_US;
            }
        }
    }

    private void onCalling(long nowUs) {
        Call current = current();
        if (current.closed != null) {
            onBreak(current, nowUs);
        } else if (current.isConnected) {
            stream.resume(nowUs);
            state = State.SENDING;
            onSending(nowUs);
        } else if (isOver(nowUs)) {
            close(nowUs);
        }
    }

    private void onSending(long nowUs) {
        Call current = current();
        if (current.closed != null) {
            onBreak(current, nowUs);
            return;
        }
        boolean isHangUpDue = !hangUpsUs.isEmpty() && nowUs >= hangUpsUs.peek();
        if (isOver(nowUs) || isHangUpDue) {
            state = State.DRAINING;
            waitUntilUs = nowUs + LONGEST_DRAIN_US;
            isDelivered = false;
            return;
        }
        send(current.connection, nowUs);
    }

    private void send(SrtConnection to, long nowUs) {
        for (int i = 0; i < MOST_MESSAGES; i++) {
            long first = stream.sentPackets();
            // A message is complete when its last packet is.
            long dueUs = stream.dueUs(first + MESSAGE_PACKETS - 1);
            if (dueUs > nowUs) {
                return;
            }
            ByteBuf payload = pending == null ? message(first) : pending;
            pending = payload;
            // Counted first: what is sent may be looked for at once.
            stream.sent(MESSAGE_PACKETS);
            if (!to.send(payload)) {
                stream.sent(-MESSAGE_PACKETS);
                return;
            }
            pending = null;
            tally.onSent(MESSAGE, nowUs - dueUs);
        }
    }

    private ByteBuf message(long first) {
        stream.write(first, MESSAGE_PACKETS, message);
        return PooledByteBufAllocator.DEFAULT.directBuffer(MESSAGE, MESSAGE).writeBytes(message);
    }

    private void onDraining(long nowUs) {
        Call current = current();
        if (current.closed != null) {
            onBreak(current, nowUs);
            return;
        }
        if (nowUs < lookAtUs) {
            return;
        }
        lookAtUs = nowUs + LOOK_EVERY_US;
        if (isDelivered) {
            if (nowUs >= waitUntilUs) {
                close(nowUs);
            }
            return;
        }
        SrtStats.Instant instant = current.connection.stats().instant();
        if ((instant.pktSndBuf() == 0 && pending == null) || nowUs >= waitUntilUs) {
            isDelivered = true;
            waitUntilUs = nowUs + instant.msSndTsbPdDelay() * 1000L + SETTLE_US;
        }
    }

    private void close(long nowUs) {
        Call current = current();
        tally.onStats(current.connection.stats());
        current.connection.close();
        state = State.CLOSING;
        waitUntilUs = nowUs + LONGEST_CLOSE_US;
    }

    private void onClosing(long nowUs) {
        if (current().closed == null && nowUs < waitUntilUs) {
            return;
        }
        forgetPending();
        hangUpsUs.removeIf(due -> due <= nowUs);
        callAtUs = nowUs + HANG_UP_US;
        state = State.AWAY;
    }

    private void onBreak(Call current, long nowUs) {
        tally.onStats(current.connection.stats());
        tally.onBroken(String.valueOf(current.closed));
        forgetPending();
        callAtUs = nowUs + CALL_AGAIN_US;
        state = State.AWAY;
    }

    private void end() {
        forgetPending();
        state = State.ENDED;
    }

    private void forgetPending() {
        if (pending != null) {
            pending.release();
            pending = null;
        }
    }

    private Call current() {
        Call current = call;
        if (current == null) {
            throw new IllegalStateException("no call in state " + state);
        }
        return current;
    }

    /** What one connection says, on its own thread. */
    private static final class Call implements SrtSink {
        @SuppressWarnings("NullAway.Init") // before anybody sees it
        private SrtConnection connection;

        private volatile boolean isConnected;
        private volatile @Nullable String closed;

        @Override
        public void onConnected(SrtConnection made) {
            isConnected = true;
        }

        @Override
        public void onPayload(ByteBuf payload, long nowUs) {
            // Nothing is asked of the service here.
        }

        @Override
        public void onClosed(SrtCloseReason why) {
            closed = why.message();
        }
    }
}
