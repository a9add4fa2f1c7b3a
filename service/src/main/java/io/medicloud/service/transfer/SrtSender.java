// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.transfer;

import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtSink;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStats;
import io.medicloud.srt.SrtUri;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Sends messages over one SRT connection, and waits where the connection has no room. One thread sends; any may close. */
public final class SrtSender implements AutoCloseable {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final SrtLink link;
    private @Nullable SrtConnection connected;
    private @Nullable SrtCloseReason closed;
    private boolean isStopped;
    private long writableSignals;

    /** Begins to call, or to wait for a caller. */
    public SrtSender(SrtStack stack, SrtUri uri) throws IOException {
        link = SrtLink.open(stack, uri, new Signals());
    }

    /** The port that is listened on, 0 if this is no listener. */
    public int listeningPort() {
        return link.listeningPort();
    }

    /**
     * Waits for the connection.
     *
     * @return false if it was stopped before
     * @throws IOException if there will be none; the message says why
     */
    public boolean awaitConnected() throws IOException {
        lock.lock();
        try {
            while (connected == null && closed == null && !isStopped) {
                changed.awaitUninterruptibly();
            }
            if (connected == null && closed != null && !isStopped) {
                throw new IOException("no connection: " + closed.message());
            }
            return connected != null;
        } finally {
            lock.unlock();
        }
    }

    /** How long a message may be: whole packets that fit one payload. */
    public int messageSize() {
        SrtConnection connection = link.connection();
        int most = connection == null ? 7 * TsPacket.SIZE : connection.payloadSize();
        return Math.max(1, most / TsPacket.SIZE) * TsPacket.SIZE;
    }

    /**
     * Sends one message, and waits for room.
     *
     * @param message given
     * @return false if the connection has ended, and the message did not go
     */
    public boolean send(ByteBuf message) {
        while (true) {
            SrtConnection connection;
            long seen;
            lock.lock();
            try {
                if (closed != null || isStopped || connected == null) {
                    message.release();
                    return false;
                }
                connection = connected;
                seen = writableSignals;
            } finally {
                lock.unlock();
            }
            if (connection.send(message)) {
                return true;
            }
            awaitWritable(seen);
        }
    }

    /**
     * Waits until everything sent has arrived, and has had the time to be delivered.
     *
     * @param limit the longest wait for the acknowledgements
     */
    public void drain(Duration limit) {
        long endNs = System.nanoTime() + limit.toNanos();
        int latencyMs = 0;
        while (System.nanoTime() < endNs && !isOver()) {
            SrtStats.Instant now = stats().instant();
            latencyMs = now.msSndTsbPdDelay();
            if (now.pktSndBuf() == 0) {
                break;
            }
            pause(10);
        }
        // A receiver that stops reading at the good-bye would lose what still waits for its time.
        if (!isOver()) {
            pause(latencyMs + 20);
        }
    }

    /** The connection's statistics, all zero while there is none. */
    public SrtStats stats() {
        SrtConnection connection = link.connection();
        return connection == null ? SrtStats.NONE : connection.stats();
    }

    /** Why the connection ended; null while it has not. */
    public @Nullable SrtCloseReason closed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** Ends whatever waits here; what was sent still arrives. */
    public void stop() {
        lock.lock();
        try {
            isStopped = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the connection and waits until it has ended. */
    @Override
    public void close() {
        stop();
        link.close();
        if (link.connection() == null) {
            return;
        }
        lock.lock();
        try {
            long leftNs = TimeUnit.SECONDS.toNanos(5);
            while (closed == null && leftNs > 0) {
                leftNs = changed.awaitNanos(leftNs);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private boolean isOver() {
        lock.lock();
        try {
            return closed != null || connected == null;
        } finally {
            lock.unlock();
        }
    }

    private void awaitWritable(long seen) {
        lock.lock();
        try {
            while (writableSignals == seen && closed == null && !isStopped) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits a moment, less if the connection ends. */
    private void pause(long ms) {
        lock.lock();
        try {
            long leftNs = TimeUnit.MILLISECONDS.toNanos(ms);
            while (closed == null && leftNs > 0) {
                leftNs = changed.awaitNanos(leftNs);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private final class Signals implements SrtSink {
        @Override
        public void onConnected(SrtConnection connection) {
            signal(() -> connected = connection);
        }

        @Override
        public void onPayload(ByteBuf payload, long nowUs) {
            // What the receiver of our stream may say is not asked for.
        }

        @Override
        public void onWritable() {
            signal(() -> writableSignals++);
        }

        @Override
        public void onClosed(SrtCloseReason why) {
            signal(() -> closed = why);
        }

        private void signal(Runnable change) {
            lock.lock();
            try {
                change.run();
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
