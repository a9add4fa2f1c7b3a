// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.store;

import io.medicloud.pipeline.store.StoreException.Kind;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream's uploads: one at a time, oldest first, each tried until it succeeds or can never succeed. Thread-safe.
 */
public final class UploadLane {
    private static final Logger LOG = LoggerFactory.getLogger(UploadLane.class);

    private final UploadQueue queue;
    private final int mostQueued;
    private final UploadSink sink;
    private final Queue<SegmentObject> waiting = new ArrayDeque<>();
    /** Since when each of those waits. */
    private final Queue<Long> sinceNanos = new ArrayDeque<>();

    private CompletableFuture<Void> idle = CompletableFuture.completedFuture(null);
    /** What the sink was last told of the oldest; the attempts at it that failed. Of the attempts alone. */
    private @Nullable Kind told;

    private int failures;
    /** Since when no file can be read, of one segment or of several in a row, though their disk is there; null if that is not so. Of the attempts alone. */
    private @Nullable Long unreadableSinceNanos;

    private long pendingBytes;
    private boolean scheduled;
    private @Nullable Future<?> timer;

    UploadLane(UploadQueue queue, int mostQueued, UploadSink sink) {
        this.queue = queue;
        this.mostQueued = mostQueued;
        this.sink = sink;
    }

    /**
     * Adds the stream's next segment.
     *
     * @return false if so many wait already that this one must wait on disk
     */
    public boolean add(SegmentObject segment) {
        boolean alone;
        synchronized (this) {
            if (waiting.size() >= mostQueued) {
                return false;
            }
            waiting.add(segment);
            sinceNanos.add(System.nanoTime());
            pendingBytes += segment.bytes();
            if (idle.isDone()) {
                idle = new CompletableFuture<>();
            }
            alone = !scheduled;
            scheduled = true;
        }
        queue.onAdded(segment);
        if (alone) {
            queue.schedule(this);
        }
        return true;
    }

    /** How many segments wait, with the one under way. */
    public synchronized int pending() {
        return waiting.size();
    }

    /** The bytes of those. */
    public synchronized long pendingBytes() {
        return pendingBytes;
    }

    /** How long the oldest has waited, since it was added; 0 if none waits. */
    public synchronized long oldestNanos() {
        Long since = sinceNanos.peek();
        return since == null ? 0 : System.nanoTime() - since;
    }

    /** Completes once nothing waits; at once if nothing does. Completed on the queue's threads. */
    public synchronized CompletionStage<Void> whenIdle() {
        return idle.copy();
    }

    /** One attempt at the oldest, on the queue's threads. */
    void run() {
        SegmentObject segment;
        synchronized (this) {
            timer = null;
            segment = waiting.peek();
        }
        if (segment == null) {
            return;
        }
        if (sink.isGivenUp(segment)) {
            // Not for the store to say: it need not let us ask.
            StoreException why = new StoreException(Kind.LOCAL, "nobody wants " + segment.key() + " any more", null);
            safely(() -> sink.onFailed(segment, why, false));
            next(segment);
            return;
        }
        long delayMs = queue.admit();
        if (delayMs > 0) {
            park(delayMs);
            return;
        }
        try {
            queue.put(segment);
        } catch (StoreException e) {
            onFailed(segment, e);
            return;
        }
        unreadableSinceNanos = null;
        int attempts = failures + 1;
        safely(() -> sink.onUploaded(segment, attempts));
        next(segment);
    }

    private void onFailed(SegmentObject segment, StoreException failure) {
        boolean retried = isRetriedSafely(segment, failure.kind());
        failures++;
        if (told != failure.kind() || !retried) {
            told = failure.kind();
            safely(() -> sink.onFailed(segment, failure, retried));
        }
        if (retried) {
            park(failure.kind() == Kind.REFUSED ? queue.refusedDelayMs() : queue.backoffMs(failures));
        } else {
            next(segment);
        }
    }

    /** Who cannot say that a segment is given up has not given it up. */
    private boolean isRetriedSafely(SegmentObject segment, Kind kind) {
        try {
            return isRetried(segment, kind);
        } catch (RuntimeException | Error e) {
            LOG.error("An upload's listener failed", e);
            return true;
        }
    }

    private boolean isRetried(SegmentObject segment, Kind kind) {
        if (kind != Kind.LOCAL) {
            unreadableSinceNanos = null;
            return kind != Kind.CONFLICT;
        }
        if (sink.isGivenUp(segment)) {
            return false;
        }
        if (!sink.isSpoolThere()) {
            unreadableSinceNanos = null;
            return true;
        }
        long nowNanos = System.nanoTime();
        Long since = unreadableSinceNanos;
        if (since == null) {
            since = nowNanos;
            unreadableSinceNanos = since;
        }
        return nowNanos - since < queue.unreadableNanos();
    }

    private void next(SegmentObject done) {
        failures = 0;
        told = null;
        boolean more;
        synchronized (this) {
            waiting.remove();
            sinceNanos.remove();
            pendingBytes -= done.bytes();
            more = !waiting.isEmpty();
        }
        queue.onDone(done);
        if (!more) {
            safely(sink::onIdle);
        }
        CompletableFuture<Void> finished;
        synchronized (this) {
            scheduled = !waiting.isEmpty();
            finished = idle;
            more = scheduled;
            if (!more) {
                idle = CompletableFuture.completedFuture(null); // who adds from now on waits for itself
            }
        }
        if (more) {
            queue.schedule(this);
        } else {
            finished.complete(null);
        }
    }

    /** What fails in who is told holds up nothing behind it. */
    private static void safely(Runnable tell) {
        try {
            tell.run();
        } catch (RuntimeException | Error e) {
            LOG.error("An upload's listener failed", e);
        }
    }

    private void park(long delayMs) {
        synchronized (this) {
            timer = queue.park(this, Math.max(delayMs, 1));
        }
    }

    /** The store is back: does not wait for its delay any longer. */
    void wake() {
        synchronized (this) {
            // A timer that cannot be cancelled any more has fired: the attempt is made anyway.
            if (timer == null || !timer.cancel(false)) {
                return;
            }
            timer = null;
        }
        queue.schedule(this);
    }
}
