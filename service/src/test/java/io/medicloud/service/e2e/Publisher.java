// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import io.medicloud.service.transfer.SrtSender;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtStats;
import io.medicloud.srt.SrtUri;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * An encoder in this process: sends a file at an even rate, over and over until it is closed or all is sent, calls again when its connection ends,
 * and goes on where it was, or with what was not acknowledged.
 */
final class Publisher implements AutoCloseable {
    private static final int MESSAGE = 7 * 188;

    private final SrtStack stack;
    private final SrtUri uri;
    private final byte[] media;
    private final long total;
    private final long bytesPerSecond;
    private final boolean repeats;
    private final Thread thread;
    private volatile @Nullable SrtSender sender;
    private volatile long sent;
    private volatile long dropped;
    private volatile boolean isClosed;

    /** Sends the file once. */
    Publisher(SrtStack stack, int port, String passphrase, byte[] media, long bytesPerSecond) {
        this(stack, port, passphrase, media, media.length, bytesPerSecond);
    }

    /** @param total how much is sent, of the file again and again */
    Publisher(SrtStack stack, int port, String passphrase, byte[] media, long total, long bytesPerSecond) {
        this(stack, "srt://127.0.0.1:" + port + "?mode=caller&passphrase=" + passphrase, media, total, bytesPerSecond);
    }

    /** @param url whom it calls, or where it waits for whoever calls */
    Publisher(SrtStack stack, String url, byte[] media, long total, long bytesPerSecond) {
        this(stack, url, media, total, bytesPerSecond, false);
    }

    private Publisher(SrtStack stack, String url, byte[] media, long total, long bytesPerSecond, boolean repeats) {
        this.repeats = repeats;
        this.stack = stack;
        this.uri = SrtUri.parse(url);
        this.media = media;
        this.total = total;
        this.bytesPerSecond = bytesPerSecond;
        this.thread = new Thread(this::run, "publisher");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Sends the file without end, and after each connection goes on with the first byte of which it does not know that it has arrived; the stack is
     * {@code java}.
     *
     * @param media a whole number of messages
     */
    static Publisher repeating(SrtStack stack, String url, byte[] media, long bytesPerSecond) {
        if (media.length % MESSAGE != 0) {
            throw new IllegalArgumentException(media.length + " bytes are no whole number of messages");
        }
        return new Publisher(stack, url, media, Long.MAX_VALUE / 2, bytesPerSecond, true);
    }

    /** How many bytes were given to SRT so far. */
    long sent() {
        return sent;
    }

    /** How many packets SRT gave up as too late, over all connections that have ended. */
    long dropped() {
        return dropped;
    }

    /** Gives the connection up; the next call begins at once. */
    void reset() {
        SrtSender current = sender;
        if (current != null) {
            current.stop();
        }
    }

    private void run() {
        long droppedSoFar = 0;
        while (!isClosed && sent < total) {
            try (SrtSender current = new SrtSender(stack, uri)) {
                sender = current;
                if (current.awaitConnected()) {
                    long from = sent;
                    Acknowledged acknowledged = new Acknowledged(current);
                    send(current, acknowledged);
                    if (repeats) {
                        sent = from + MESSAGE * acknowledged.known();
                    }
                    droppedSoFar += current.stats().total().pktSndDrop();
                    dropped = droppedSoFar;
                }
            } catch (IOException e) {
                // Nobody listens yet.
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }
    }

    /**
     * How many messages the other end has acknowledged. A connection that has ended has none under way, so what it says counts only once it has sent
     * another one since.
     */
    private static final class Acknowledged {
        private final SrtSender sender;
        private long told;
        private long sent;
        private long known;

        Acknowledged(SrtSender sender) {
            this.sender = sender;
        }

        void look() {
            SrtStats stats = sender.stats();
            if (stats.total().pktSentUnique() > sent) {
                known = told;
                sent = stats.total().pktSentUnique();
                told = sent - stats.instant().pktFlightSize();
            }
        }

        /** All of it has arrived, and the connection is still there. */
        void onAll() {
            look();
            if (sender.closed() == null) {
                known = sent;
            }
        }

        long known() {
            return known;
        }
    }

    private void send(SrtSender to, Acknowledged acknowledged) {
        long beganNs = System.nanoTime();
        long from = sent;
        long at = from;
        while (!isClosed && at < total) {
            long dueNs = beganNs + TimeUnit.SECONDS.toNanos(1) * (at - from) / bytesPerSecond;
            LockSupport.parkNanos(dueNs - System.nanoTime());
            int offset = (int) (at % media.length);
            int bytes = (int) Math.min(Math.min(MESSAGE, media.length - offset), total - at);
            ByteBuf message = Unpooled.directBuffer(bytes).writeBytes(media, offset, bytes);
            if (!to.send(message)) {
                return;
            }
            at += bytes;
            sent = at;
            if (repeats) {
                acknowledged.look();
            }
        }
        to.drain(Duration.ofSeconds(10));
        acknowledged.onAll();
    }

    @Override
    public void close() {
        isClosed = true;
        try {
            thread.join(TimeUnit.SECONDS.toMillis(30));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
