// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.transfer;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Writes batches of buffers to a file on a thread of its own, a gathering write for as many as wait. */
final class BatchWriter {
    /** Past this the giver waits: a disk or a pipe that is too slow then shows as loss at the socket, not as memory. */
    private static final long MOST_PENDING_BYTES = 64 << 20;
    /** What one gathering write takes at most (IOV_MAX). */
    private static final int MOST_BUFFERS = 1024;

    private final FileChannel out;
    private final Thread thread = new Thread(this::run, "file-writer");
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<ByteBuf> pending = new ArrayDeque<>();
    private long pendingBytes;
    private long writtenBytes;
    private boolean isEnding;
    private @Nullable IOException failure;

    /** Begins; the channel stays the caller's. */
    BatchWriter(FileChannel out) {
        this.out = out;
        thread.setDaemon(true);
        thread.start();
    }

    /** Takes buffers, which are released when written, or at once after a failure. */
    void takeBatch(List<ByteBuf> batch) throws IOException {
        lock.lock();
        try {
            while (pendingBytes > MOST_PENDING_BYTES && failure == null) {
                changed.awaitUninterruptibly();
            }
            if (failure != null) {
                batch.forEach(ByteBuf::release);
                throw failure;
            }
            for (ByteBuf buffer : batch) {
                pending.add(buffer);
                pendingBytes += buffer.readableBytes();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until everything is written. */
    void finish() throws IOException {
        lock.lock();
        try {
            isEnding = true;
            changed.signalAll();
            while (thread.isAlive() && !(pendingBytes == 0 && pending.isEmpty()) && failure == null) {
                changed.awaitUninterruptibly();
            }
            if (failure != null) {
                throw failure;
            }
        } finally {
            lock.unlock();
        }
    }

    long writtenBytes() {
        lock.lock();
        try {
            return writtenBytes;
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        List<ByteBuf> batch = new ArrayList<>();
        while (next(batch)) {
            long bytes = 0;
            IOException failed = null;
            try {
                bytes = write(batch);
            } catch (IOException e) {
                failed = e;
            }
            batch.forEach(ByteBuf::release);
            batch.clear();
            done(bytes, failed);
        }
    }

    /** Waits for what is to be written; false at the end. */
    private boolean next(List<ByteBuf> batch) {
        lock.lock();
        try {
            while (pending.isEmpty() && !isEnding && failure == null) {
                changed.awaitUninterruptibly();
            }
            while (!pending.isEmpty() && batch.size() < MOST_BUFFERS) {
                batch.add(pending.remove());
            }
            return !batch.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    private void done(long bytes, @Nullable IOException failed) {
        lock.lock();
        try {
            pendingBytes -= bytes;
            writtenBytes += bytes;
            if (failed != null) {
                failure = failed;
                pending.forEach(ByteBuf::release);
                pending.clear();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private long write(List<ByteBuf> batch) throws IOException {
        ByteBuffer[] buffers = batch.stream().map(ByteBuf::nioBuffer).toArray(ByteBuffer[]::new);
        long bytes = 0;
        int first = 0;
        while (first < buffers.length) {
            bytes += out.write(buffers, first, buffers.length - first);
            while (first < buffers.length && !buffers[first].hasRemaining()) {
                first++;
            }
        }
        return bytes;
    }
}
