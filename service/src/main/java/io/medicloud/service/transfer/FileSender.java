// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.transfer;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Sends what a channel has to say, at its time. */
public final class FileSender {
    /** How a stream is paced. */
    public sealed interface Rate {
        /** By the stream's own clock. */
        record ByPcr() implements Rate {}

        /** As fast as the connection takes it. */
        record Unlimited() implements Rate {}

        /** So many bits a second. */
        record Constant(long bitsPerSecond) implements Rate {}
    }

    private static final long LONGEST_SLEEP_NS = 50_000_000;
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(10);

    private final SrtSender sender;
    private final Rate rate;
    private final Pacing pacing;
    private volatile boolean isStopped;
    private final AtomicLong sentBytes = new AtomicLong();

    public FileSender(SrtSender sender, Rate rate) {
        this.sender = sender;
        this.rate = rate;
        this.pacing = rate instanceof Rate.Constant constant
                ? new Pacing.Constant(constant.bitsPerSecond())
                : rate instanceof Rate.ByPcr ? new PcrPacing() : Pacing.NONE;
    }

    /**
     * Sends everything, up to the channel's end, the connection's end, or {@link #stop}. Blocks.
     *
     * @return false if the connection ended before the channel
     */
    public boolean send(ReadableByteChannel in) throws IOException {
        try (Messages reader = messages(in)) {
            ByteBuf message = read(reader);
            while (message != null && !isStopped) {
                int bytes = message.readableBytes();
                sleepUntil(pacing.dueUs(message, nowUs()));
                if (!sender.send(message)) {
                    return isStopped;
                }
                sentBytes.addAndGet(bytes);
                message = read(reader);
            }
            if (message != null) {
                message.release();
            }
            return true;
        }
    }

    /** Waits until what was sent has arrived. */
    public void drain() {
        sender.drain(DRAIN_LIMIT);
    }

    /** Ends {@link #send} soon; a channel that it reads must be closed besides. */
    public void stop() {
        isStopped = true;
    }

    /** Bytes that were given to the connection. */
    public long sentBytes() {
        return sentBytes.get();
    }

    /** A stream's clock is found where its packets are; otherwise any bytes will do. */
    private Messages messages(ReadableByteChannel in) {
        return rate instanceof Rate.ByPcr
                ? new PacketReader(in, sender.messageSize())
                : new MessageReader(in, sender.messageSize());
    }

    private @Nullable ByteBuf read(Messages reader) throws IOException {
        try {
            return reader.next();
        } catch (IOException e) {
            if (isStopped) {
                return null;
            }
            throw e;
        }
    }

    private void sleepUntil(long dueUs) {
        long leftNs = (dueUs - nowUs()) * 1000;
        while (leftNs > 0 && !isStopped) {
            LockSupport.parkNanos(Math.min(leftNs, LONGEST_SLEEP_NS));
            leftNs = (dueUs - nowUs()) * 1000;
        }
    }

    private static long nowUs() {
        return System.nanoTime() / 1000;
    }
}
