// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.support;

import io.medicloud.pipeline.source.Source;
import io.medicloud.pipeline.source.SourceSink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/** A live source whose bytes and connections come from a test, on a thread of its own and in virtual time. */
public final class PushSource implements Source {
    private static final int MESSAGE = 7 * 188;
    private static final int MESSAGES_PER_BATCH = 8;

    private final ByteBufAllocator allocator;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> new Thread(task, "push-source"));
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile SourceSink sink;
    private long nowUs;
    private int batches;

    public PushSource(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    @Override
    public boolean canWait() {
        return false;
    }

    @Override
    public void start(SourceSink to) {
        sink = to;
    }

    public void connect() {
        run(() -> sink.onConnected("test:1", nowUs));
    }

    /** Delivers the bytes as SRT would: messages of seven packets, several to a buffer and a batch. */
    public void push(byte[] data) {
        run(() -> {
            for (int at = 0; at < data.length; at += MESSAGE * MESSAGES_PER_BATCH) {
                int end = Math.min(data.length, at + MESSAGE * MESSAGES_PER_BATCH);
                pushBatch(data, at, end);
            }
        });
    }

    private void pushBatch(byte[] data, int from, int to) {
        ByteBuf buffer = allocator.directBuffer(to - from).writeBytes(data, from, to - from);
        nowUs += 1000;
        for (int at = 0; at < to - from; at += MESSAGE) {
            sink.onData(buffer.slice(at, Math.min(MESSAGE, to - from - at)), nowUs);
        }
        sink.onBatchEnd(nowUs);
        batches++;
        buffer.release();
    }

    public void advance(long us) {
        run(() -> nowUs += us);
    }

    public void disconnect() {
        run(() -> sink.onDisconnected("cut by the test", nowUs));
    }

    public void fail(String reason) {
        run(() -> sink.onFailure(reason));
    }

    public int batches() {
        return batches;
    }

    public boolean isClosed() {
        return closed.get();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            SourceSink to = sink;
            if (to != null) {
                thread.execute(() -> to.onEnd("closed"));
            }
            thread.shutdown();
        }
    }

    /** Returns when the source's thread has done it. */
    private void run(Runnable work) {
        Future<?> done = thread.submit(work);
        try {
            done.get(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }
}
