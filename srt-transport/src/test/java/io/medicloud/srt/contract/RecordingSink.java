// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.contract;

import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtSink;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** Keeps what a connection delivers, and checks that it is told in order. */
class RecordingSink implements SrtSink {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final CompletableFuture<SrtConnection> connected = new CompletableFuture<>();
    private final CompletableFuture<SrtCloseReason> closed = new CompletableFuture<>();
    private final CompletableFuture<Void> firstPayload = new CompletableFuture<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final AtomicInteger payloads = new AtomicInteger();
    private final AtomicInteger batches = new AtomicInteger();
    private final AtomicInteger writable = new AtomicInteger();
    private volatile String disorder = "";

    @Override
    public void onConnected(SrtConnection connection) {
        note(!connected.complete(connection), "connected twice");
        note(closed.isDone(), "connected after the end");
    }

    @Override
    public void onPayload(ByteBuf payload, long nowUs) {
        note(!connected.isDone(), "a payload before the connection");
        note(closed.isDone(), "a payload after the end");
        byte[] copy = new byte[payload.readableBytes()];
        payload.readBytes(copy);
        synchronized (bytes) {
            bytes.writeBytes(copy);
        }
        payloads.incrementAndGet();
        firstPayload.complete(null);
    }

    @Override
    public void onBatchEnd(long nowUs) {
        note(payloads.get() == 0, "the end of a batch that did not begin");
        batches.incrementAndGet();
    }

    @Override
    public void onWritable() {
        writable.incrementAndGet();
    }

    @Override
    public void onClosed(SrtCloseReason why) {
        note(!closed.complete(why), "closed twice");
    }

    private void note(boolean wrong, String what) {
        if (wrong) {
            disorder = what;
        }
    }

    SrtConnection connection() throws Exception {
        return await(connected);
    }

    SrtCloseReason closeReason() throws Exception {
        return await(closed);
    }

    void awaitPayload() throws Exception {
        await(firstPayload);
    }

    boolean isConnected() {
        return connected.isDone();
    }

    boolean isClosed() {
        return closed.isDone();
    }

    byte[] bytes() {
        synchronized (bytes) {
            return bytes.toByteArray();
        }
    }

    int size() {
        synchronized (bytes) {
            return bytes.size();
        }
    }

    int payloads() {
        return payloads.get();
    }

    int batches() {
        return batches.get();
    }

    int writable() {
        return writable.get();
    }

    /** What was told out of order; empty if all was well. */
    String disorder() {
        return disorder;
    }

    private static <T> T await(CompletableFuture<T> future)
            throws InterruptedException, ExecutionException, TimeoutException {
        return future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }
}
