// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.demo;

import io.medicloud.service.transfer.SrtSender;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtUri;
import io.medicloud.testdata.SyntheticEncoder;
import io.medicloud.testdata.SyntheticStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.LocalTime;
import java.util.concurrent.locks.LockSupport;

/** A live encoder: publishes real H.264 over SRT at its pace, and keeps a copy of what it sent. */
final class DemoEncoder implements AutoCloseable {
    private static final long LONGEST_SLEEP_NS = 20_000_000;
    /** The picture that is begun last is sent whole. */
    private static final long PICTURE_US = 40_000;

    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(5);

    private final SyntheticEncoder encoder;
    private final SrtSender sender;
    private final FileChannel copy;
    private volatile boolean isStopped;

    /** Begins to call. */
    DemoEncoder(SrtStack stack, SrtUri service, Path sent) throws IOException {
        encoder = new SyntheticEncoder(
                SyntheticStream.DEFAULT.withStartClock(LocalTime.now(java.time.ZoneId.systemDefault())));
        copy = FileChannel.open(sent, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        sender = new SrtSender(stack, service);
    }

    /**
     * Publishes for so long, or until {@link #stop}, to the last picture begun. Blocks.
     *
     * @return false if the service ended the connection
     */
    boolean publish(Duration length) throws IOException {
        if (!sender.awaitConnected()) {
            return true;
        }
        long startNs = System.nanoTime();
        long endUs = length.toNanos() / 1000 - PICTURE_US;
        while (!isStopped && encoder.nextDueUs() < endUs) {
            sleepUntil(startNs + encoder.nextDueUs() * 1000);
            ByteBuf chunk = buffer();
            encoder.next(chunk);
            if (!send(chunk)) {
                return false;
            }
        }
        for (ByteBuf rest = buffer(); ; rest = buffer()) {
            if (!encoder.drain(rest)) {
                rest.release();
                break;
            }
            if (!send(rest)) {
                return false;
            }
        }
        sender.drain(DRAIN_LIMIT);
        return true;
    }

    private static ByteBuf buffer() {
        return ByteBufAllocator.DEFAULT.directBuffer(SyntheticEncoder.CHUNK, SyntheticEncoder.CHUNK);
    }

    private boolean send(ByteBuf chunk) throws IOException {
        ByteBuf kept = chunk.retainedDuplicate();
        try {
            if (!sender.send(chunk)) {
                return false;
            }
            kept.readBytes(copy, kept.readableBytes());
            return true;
        } finally {
            kept.release();
        }
    }

    private void sleepUntil(long dueNs) {
        long leftNs = dueNs - System.nanoTime();
        while (leftNs > 0 && !isStopped) {
            LockSupport.parkNanos(Math.min(leftNs, LONGEST_SLEEP_NS));
            leftNs = dueNs - System.nanoTime();
        }
    }

    /** Ends {@link #publish} soon. */
    void stop() {
        isStopped = true;
    }

    /** Ends the connection; what was sent has arrived before. */
    @Override
    public void close() throws IOException {
        sender.close();
        copy.close();
    }
}
