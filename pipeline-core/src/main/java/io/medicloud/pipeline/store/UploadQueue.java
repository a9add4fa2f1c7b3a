// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.store;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings sealed segments to a store: several streams at once, each stream's segments in their order. A failure that heals
 * is tried again for ever, with growing delays; while the store refuses us, one attempt at a time asks whether that has
 * changed. The first success wakes everybody. Thread-safe; does not own the store.
 */
public final class UploadQueue implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UploadQueue.class);

    private final SegmentStore store;
    private final UploadLimits limits;
    private final RandomGenerator random;
    private final ScheduledThreadPoolExecutor workers;
    private final ScheduledThreadPoolExecutor checks;
    private final Set<UploadLane> parked = ConcurrentHashMap.newKeySet();
    private final StoreBreaker breaker;
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicLong pendingBytes = new AtomicLong();
    private final StoreGate gate;
    private final UploadCounts counts = new UploadCounts();
    private volatile boolean isChecking;

    /** @param random where delays are drawn from; used by several threads at once */
    public UploadQueue(SegmentStore store, UploadLimits limits, RandomGenerator random) {
        this.store = store;
        this.limits = limits;
        this.random = random;
        this.gate = new StoreGate(limits);
        this.breaker = new StoreBreaker(store.locationOf(""), this::wakeAll);
        this.workers = new ScheduledThreadPoolExecutor(limits.concurrency(), threads("upload-"));
        workers.setRemoveOnCancelPolicy(true);
        this.checks = new ScheduledThreadPoolExecutor(1, threads("store-check-"));
    }

    private static ThreadFactory threads(String prefix) {
        AtomicInteger count = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, prefix + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Asks the store now and then whether it is well, from now on. */
    @SuppressWarnings("FutureReturnValueIgnored") // a check throws nothing
    public void startChecks() {
        isChecking = true;
        checks.scheduleWithFixedDelay(this::check, 0, limits.checkEvery().toMillis(), TimeUnit.MILLISECONDS);
    }

    /** One stream's way in. */
    public UploadLane lane(UploadSink sink) {
        return new UploadLane(this, limits.mostQueuedPerStream(), sink);
    }

    /** Whether the store takes segments, as far as we know from asking it and from uploads. */
    public StoreHealth health() {
        return gate.health();
    }

    /** How many segments wait, of all streams, with those under way. */
    public int pending() {
        return pending.get();
    }

    /** The bytes of those. */
    public long pendingBytes() {
        return pendingBytes.get();
    }

    /** What came of the attempts so far. */
    public UploadCounts counts() {
        return counts;
    }

    /** What the breaker of the store's endpoint lets through now. */
    public BreakerState breakerState() {
        return breaker.state();
    }

    private void check() {
        if (gate.mayCheck(pending()) && gate.onChecked(checkSafely())) {
            breaker.probe();
            wakeAll();
        }
    }

    private StoreHealth checkSafely() {
        try {
            return store.check();
        } catch (RuntimeException e) {
            LOG.error("The check of the store failed", e);
            return new StoreHealth(StoreHealth.State.UNREACHABLE, "the check failed: " + e);
        }
    }

    void put(SegmentObject segment) throws StoreException {
        long beganNanos = System.nanoTime();
        try {
            store.put(segment);
            counts.onStored(segment.bytes());
            breaker.onAnswered(System.nanoTime() - beganNanos);
            onFound(StoreHealth.OK);
        } catch (StoreException e) {
            counts.onFailed(e.kind());
            tellBreaker(segment, e, System.nanoTime() - beganNanos);
            if (e.kind() != StoreException.Kind.LOCAL) {
                onFound(StoreHealth.of(e));
            }
            throw e;
        } catch (RuntimeException | Error e) {
            // Also an Error: a lane that is not scheduled again would hold its stream's segments until the next start.
            LOG.error("The store failed in an unforeseen way", e);
            counts.onFailed(StoreException.Kind.UNREACHABLE);
            breaker.onFailed(System.nanoTime() - beganNanos, e);
            throw new StoreException(StoreException.Kind.UNREACHABLE, "unforeseen: " + e, e);
        }
    }

    /** Writes an object anew; one attempt. To be called on the queue's threads. */
    public void replace(String key, byte[] content, String contentType) throws StoreException {
        try {
            store.replace(key, content, contentType);
        } catch (RuntimeException e) {
            LOG.error("The store failed in an unforeseen way", e);
            throw new StoreException(StoreException.Kind.UNREACHABLE, "unforeseen: " + e, e);
        }
    }

    /** The content of a small object, or its beginning; empty if there is none. To be called on the queue's threads. */
    public byte[] read(String key, int most) throws StoreException {
        try (InputStream in = store.read(key)) {
            return in.readNBytes(most);
        } catch (StoreException e) {
            if (e.isAbsent()) {
                return new byte[0];
            }
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new StoreException(StoreException.Kind.UNREACHABLE, key + " cannot be read: " + e, e);
        }
    }

    /** An object will not be put any more: what of it was begun is given up, soon, and if the store is well. */
    public void abandon(String key) {
        if (!health().isOk() || breakerState() != BreakerState.CLOSED) {
            return; // so many in a row are no question for a store in need; the sweep finds what lies there
        }
        later(0, () -> {
            try {
                store.abandon(key);
            } catch (StoreException | RuntimeException e) {
                LOG.warn("Parts of {} may lie in the store unseen: {}", key, e.getMessage());
            }
        });
    }

    /** Runs something on the queue's threads, unless the queue is closed before. */
    @SuppressWarnings("FutureReturnValueIgnored") // the task looks after itself
    public void later(long delayMs, Runnable task) {
        try {
            workers.schedule(task, delayMs, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("The queue is closed: the next start does it", e);
        }
    }

    private void tellBreaker(SegmentObject segment, StoreException failure, long tookNanos) {
        if (failure.kind() != StoreException.Kind.UNREACHABLE && failure.kind() != StoreException.Kind.LOCAL) {
            breaker.onAnswered(tookNanos);
            return;
        }
        // What is wrong with our copy was not told by the store.
        if (failure.kind() == StoreException.Kind.LOCAL || gate.isOwnFault(segment.key())) {
            breaker.onNothing();
        } else {
            breaker.onFailed(tookNanos, failure);
        }
    }

    private void onFound(StoreHealth health) {
        if (gate.onFound(health)) {
            wakeAll();
        }
    }

    /** The store was changed: what waits for its delay, or for the store to stop refusing us, is tried at once. */
    public void retryNow() {
        breaker.reset();
        gate.reset();
        wakeAll();
        try {
            checks.execute(this::check);
        } catch (RejectedExecutionException e) {
            LOG.debug("The queue is closed", e);
        }
    }

    private void wakeAll() {
        for (UploadLane lane : List.copyOf(parked)) {
            if (parked.remove(lane)) {
                lane.wake();
            }
        }
    }

    /** How long an attempt must wait, 0 if it must be made now; while the store refuses us that is one at a time. */
    long admit() {
        long refusedMs = gate.admit(isChecking);
        return refusedMs > 0 ? refusedMs : breaker.admit();
    }

    long refusedDelayMs() {
        return gate.refusedDelayMs();
    }

    long unreadableNanos() {
        return limits.unreadableFor().toNanos();
    }

    long backoffMs(int failures) {
        return limits.backoff().delayMs(failures, random);
    }

    void schedule(UploadLane lane) {
        try {
            workers.execute(lane::run);
        } catch (RejectedExecutionException e) {
            LOG.debug("The queue is closed: what waits stays in the spool", e);
        }
    }

    Future<?> park(UploadLane lane, long delayMs) {
        parked.add(lane);
        try {
            return workers.schedule(
                    () -> {
                        parked.remove(lane);
                        lane.run();
                    },
                    delayMs,
                    TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(null);
        }
    }

    void onAdded(SegmentObject segment) {
        pending.incrementAndGet();
        pendingBytes.addAndGet(segment.bytes());
    }

    void onDone(SegmentObject segment) {
        pending.decrementAndGet();
        pendingBytes.addAndGet(-segment.bytes());
    }

    /** Ends without waiting for what waits; it is still in the spool. */
    @Override
    public void close() {
        close(Duration.ofSeconds(1));
    }

    /** The same, waiting for uploads under way for up to a time. */
    public void close(Duration patience) {
        checks.shutdownNow();
        workers.shutdown();
        workers.getQueue().clear();
        try {
            if (!workers.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                workers.shutdownNow();
            }
        } catch (InterruptedException e) {
            workers.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
