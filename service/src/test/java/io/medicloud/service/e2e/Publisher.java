// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import io.medicloud.service.transfer.SrtSender;
import io.medicloud.srt.SrtStack;
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
 * and goes on where it was.
 */
final class Publisher implements AutoCloseable {
    private static final int MESSAGE = 7 * 188;

    private final SrtStack stack;
    private final SrtUri uri;
    private final byte[] media;
    private final long total;
    private final long bytesPerSecond;
    private final Thread thread;
    private volatile @Nullable SrtSender sender;
    private volatile long sent;
    private volatile boolean isClosed;

    /** Sends the file once. */
    Publisher(SrtStack stack, int port, String passphrase, byte[] media, long bytesPerSecond) {
        this(stack, port, passphrase, media, media.length, bytesPerSecond);
    }

    /** @param total how much is sent, of the file again and again */
    Publisher(SrtStack stack, int port, String passphrase, byte[] media, long total, long bytesPerSecond) {
        this.stack = stack;
        this.uri = SrtUri.parse("srt://127.0.0.1:" + port + "?mode=caller&passphrase=" + passphrase);
        this.media = media;
        this.total = total;
        this.bytesPerSecond = bytesPerSecond;
        this.thread = new Thread(this::run, "publisher-" + port);
        thread.setDaemon(true);
        thread.start();
    }

    /** How many bytes were given to SRT so far. */
    long sent() {
        return sent;
    }

    /** Gives the connection up; the next call begins at once. */
    void reset() {
        SrtSender current = sender;
        if (current != null) {
            current.stop();
        }
    }

    private void run() {
        while (!isClosed && sent < total) {
            try (SrtSender current = new SrtSender(stack, uri)) {
                sender = current;
                if (current.awaitConnected()) {
                    send(current);
                }
            } catch (IOException e) {
                // Nobody listens yet.
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }
    }

    private void send(SrtSender to) {
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
        }
        to.drain(Duration.ofSeconds(10));
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
