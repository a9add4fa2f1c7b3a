// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.pipeline.event.EventSink;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.record.LedgerException;
import io.medicloud.pipeline.record.SegmentRecord;
import io.medicloud.pipeline.record.StreamRecord;
import io.medicloud.pipeline.record.StreamRetention;
import io.medicloud.pipeline.spool.SegmentName;
import io.medicloud.pipeline.spool.SegmentOpening;
import io.medicloud.pipeline.spool.Spool;
import io.medicloud.pipeline.spool.StreamFolder;
import io.medicloud.pipeline.store.ObjectKeys;
import io.medicloud.pipeline.store.SegmentStore;
import io.medicloud.pipeline.store.StoreHealth;
import io.medicloud.pipeline.store.UploadQueue;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where streams are opened: one spool, one store, and what all streams share. Thread-safe. Does not own the store, which
 * is to be closed after it.
 */
public final class Pipelines implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Pipelines.class);
    private static final String RECORD = "record.db";
    private static final int MOST_LOOKUPS = 16;
    private static final int PART_THREADS = 2;
    /** Of a stream's earlier segments so many are looked at to go on from. */
    private static final int MOST_KNOWN = 512;

    private static final RandomGenerator JITTER =
            () -> ThreadLocalRandom.current().nextLong();

    private final Limits limits;
    private final Spool spool;
    private final Ledger ledger;
    private final Reporter reporter;
    private final MissingSegments missing;
    private final UploadQueue queue;
    private final Numbering numbering;
    private final ScheduledThreadPoolExecutor timer;
    private final ThreadPoolExecutor lookups;
    private final Chores chores;

    /** What looks for the parts of segments that grow. */
    private final ThreadPoolExecutor parts;

    private final DiskWatch disk;
    private final BacklogWatch backlog;
    private final Object lock = new Object();
    /** Of the streams that are open, or being opened. */
    private final Set<String> ids = new HashSet<>();

    private final Map<String, Pipeline> open = new HashMap<>();
    private final UploadWays ways;
    private final Deliveries deliveries = new Deliveries();
    private volatile SegmentOpening opening = SegmentOpening.NONE;

    /**
     * Opens the spool, begins to check the store, and to upload what an earlier run left.
     *
     * @param spoolRoot the spool's folder, made if need be
     * @param clock the wall clock, for events alone
     * @throws IOException if the spool cannot be used; the message says why
     */
    public Pipelines(Path spoolRoot, SegmentStore store, Limits limits, EventSink events, InstantSource clock)
            throws IOException {
        this(Spool.open(spoolRoot, limits.spool()), store, limits, events, clock);
    }

    Pipelines(Spool spool, SegmentStore store, Limits limits, EventSink events, InstantSource clock)
            throws IOException {
        this.limits = limits;
        this.spool = spool;
        this.ledger = openLedger(spool, limits, clock);
        this.reporter = new Reporter(event -> onEvent(event, events), ledger, clock);
        this.queue = new UploadQueue(store, limits.uploads(), JITTER);
        this.timer = new ScheduledThreadPoolExecutor(1, Daemons.named("pipeline-timer"));
        timer.setRemoveOnCancelPolicy(true);
        this.lookups = new ThreadPoolExecutor(
                0, MOST_LOOKUPS, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), Daemons.named("store-lookup"));
        this.numbering = new Numbering(store, ledger, lookups, limits.lookup());
        this.missing = new MissingSegments(store, reporter, new StoreTurns(timer, lookups));
        this.ways = new UploadWays(queue, reporter, ledger, deliveries, this::isOpen);
        this.parts = new ThreadPoolExecutor(
                PART_THREADS,
                PART_THREADS,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Daemons.named("live-parts"));
        parts.allowCoreThreadTimeOut(true);
        this.disk = new DiskWatch(spool, limits.disk(), reporter, ways::all);
        this.backlog = new BacklogWatch(limits.backlog(), queue, reporter);
        this.chores = new Chores(limits.retention(), disk, backlog, ledger, store, reporter, clock, ways::shrinkList);
        queue.startChecks();
        boolean recovered = false;
        try {
            recover();
            recovered = true;
        } finally {
            if (!recovered) {
                close(Duration.ZERO);
            }
        }
    }

    private static Ledger openLedger(Spool spool, Limits limits, InstantSource clock) throws IOException {
        boolean isOpen = false;
        try {
            spool.reserve().hold(limits.disk().reserved());
            Ledger ledger = Ledger.open(
                    spool.root().resolve(RECORD),
                    limits.ledger().withForgetsStored(limits.retention().isUnlimited()),
                    clock);
            isOpen = true;
            return ledger;
        } finally {
            if (!isOpen) {
                spool.close();
            }
        }
    }

    private void recover() throws IOException {
        for (Recovery.Found found : new Recovery(spool, ledger, reporter).run()) {
            if (found.hasSealed() || !found.unlisted().isEmpty()) {
                StreamUploads way = ways.add(found.folder());
                way.listSoon(found.unlisted());
                way.addLeftOver();
                ways.forgetWhenIdle(way);
            }
            if (!found.missing().isEmpty()) {
                String id = found.folder().streamId();
                missing.find(
                        found.missing(), prefix -> ways.manifest(id, prefix).writeSoon());
            }
        }
        try {
            ledger.overUnlisted().forEach(this::onOver);
        } catch (LedgerException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * Opens a stream, to be started. Asks the store which segments the stream has already, and so blocks for up to the
     * look-up's limit; numbering goes on after the highest.
     *
     * @throws IllegalStateException if a stream with that id is open
     * @throws IOException if the spool cannot be written
     */
    public Pipeline open(PipelineConfig config) throws IOException {
        synchronized (lock) {
            if (!ids.add(config.id())) {
                throw new IllegalStateException("stream " + config.id() + " is open already");
            }
        }
        boolean opened = false;
        try {
            StreamFolder folder = spool.folder(config.id(), config.keyPrefix());
            StreamUploads way = ways.of(folder);
            long found = numbering.next(folder);
            long first = config.tenure().begin(found);
            if (first > found) {
                Ledger.await(ledger.putStream(config.id(), config.keyPrefix(), first));
            }
            if (config.tenure().epoch() > 0) {
                folder.markEpoch(config.tenure().epoch(), first);
                Ledger.await(ledger.onListMayBeAnothers(config.id()));
            }
            Ledger.await(ledger.putRetention(config.id(), config.retention()));
            Pipeline pipeline = new Pipeline(config, this, folder, way, first, known(config.id()));
            synchronized (lock) {
                open.put(pipeline.id(), pipeline);
            }
            opened = true;
            return pipeline;
        } finally {
            if (!opened) {
                synchronized (lock) {
                    ids.remove(config.id());
                }
            }
        }
    }

    private List<SegmentRecord> known(String streamId) throws IOException {
        try {
            return ledger.newest(streamId, MOST_KNOWN);
        } catch (LedgerException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** A stream is over, and not to run again: that is said in the store too, soon. */
    public void onOver(String streamId) {
        try {
            StreamRecord stream = ledger.stream(streamId);
            if (stream != null) {
                ways.manifest(streamId, stream.keyPrefix()).writeSoon();
            }
        } catch (LedgerException e) {
            LOG.atWarn()
                    .addKeyValue(Reporter.STREAM, streamId)
                    .log("Stream {}: its playlists do not say that it is over: {}", streamId, e.getMessage());
        }
    }

    private void onEvent(StreamEvent event, EventSink events) {
        if (event instanceof StreamEvent.SegmentLost lost) {
            onMissing(event.streamId(), lost.sequence());
        } else if (event instanceof StreamEvent.UploadFailed failed && !failed.retried()) {
            onMissing(event.streamId(), failed.sequence());
        }
        events.onEvent(event);
    }

    private void onMissing(String streamId, long sequence) {
        Pipeline pipeline = find(streamId);
        if (pipeline != null) {
            pipeline.window().onMissing(sequence);
        }
    }

    /** Where a stream's segment is while it is in the spool; nothing is there before it is whole, and after it was uploaded. */
    public Path spoolFile(String streamId, long sequence) {
        return spool.root().resolve(ObjectKeys.requireName("live id", streamId)).resolve(SegmentName.of(sequence));
    }

    /** The stream of that id that is open, or null. */
    public @Nullable Pipeline find(String id) {
        synchronized (lock) {
            return open.get(id);
        }
    }

    /** The streams that are open, in no particular order. */
    public List<Pipeline> open() {
        synchronized (lock) {
            return List.copyOf(open.values());
        }
    }

    /** Whether the store takes segments. */
    public StoreHealth storeHealth() {
        return queue.health();
    }

    /** Null if the spool can be written, otherwise one line that says why not. */
    public @Nullable String spoolFault() {
        return spool.check();
    }

    /** Null if there is room in the spool for another stream, otherwise one line that names the limit. */
    public @Nullable String spoolFull() {
        return disk.reason();
    }

    /** Null if another stream's segments may wait for the store, otherwise one line that names the limit. */
    public @Nullable String backlogFull() {
        return backlog.reason();
    }

    /** What is held for the record for the time when the disk is full; 0 then. */
    public long spoolReservedBytes() {
        return spool.reserve().isReleased() ? 0 : spool.reserve().bytes();
    }

    /** How many bytes streams have in the spool, measured each second, or every ten where that is not limited. */
    public long spoolBytes() {
        return disk.watermarks().bytes();
    }

    /** How many bytes are free on the spool's disk, measured each second. */
    public long spoolFreeBytes() {
        return disk.watermarks().freeBytes();
    }

    /** How many bytes must be free there: half of a small disk, and otherwise as configured. */
    public long spoolLeastFreeBytes() {
        return disk.watermarks().leastFreeBytes();
    }

    /** How many bytes that disk has. */
    public long spoolDiskBytes() {
        return disk.watermarks().totalBytes();
    }

    /** Null if the record can be written, otherwise one line that says why not. */
    public @Nullable String recordFault() {
        return ledger.fault();
    }

    /** The durable record of streams, segments and events; for reading, and for what is to run after the next start. */
    public Ledger ledger() {
        return ledger;
    }

    /** The store was changed, perhaps for the better: what waits for it is tried at once. */
    public void onStoreChanged() {
        queue.retryNow();
    }

    /** How many segments wait for the store, of all streams. */
    public int pendingUploads() {
        return queue.pending();
    }

    /** The bytes of those. */
    public long pendingUploadBytes() {
        return queue.pendingBytes();
    }

    /** How many received bytes wait for the disk, of all streams. */
    public long queuedBytes() {
        return spool.queuedBytes();
    }

    /** From now on somebody hears of the segments whose files begin to grow. */
    public void setOpening(SegmentOpening listener) {
        opening = listener;
    }

    /** From now on somebody hears how long segments take to the disk and to the store. */
    public void setDeliveries(DeliverySink listener) {
        deliveries.setSink(listener);
    }

    Deliveries deliveries() {
        return deliveries;
    }

    /** What is measured of the way to the store. */
    public UploadFigures uploads() {
        return new UploadFigures(queue, ways);
    }

    SegmentOpening opening() {
        return opening;
    }

    Spool spool() {
        return spool;
    }

    Limits limits() {
        return limits;
    }

    /** One task a stream at the most waits here. */
    Executor parts() {
        return parts;
    }

    Reporter reporter() {
        return reporter;
    }

    Instant now() {
        return reporter.now();
    }

    /**
     * Records in one step that a stream is to run otherwise, and that it was told so; tells it once that is on disk, when the stage completes.
     *
     * @param settings what is added to, or put in place of, the settings of the stream's record
     * @param retention what the stream may have in the store from now on
     * @param reason one line: what is another than before
     */
    public CompletionStage<Void> update(
            String streamId, Map<String, String> settings, StreamRetention retention, String reason) {
        return reporter.onUpdated(new StreamEvent.Updated(streamId, now(), reason), settings, retention);
    }

    /** Tells, here and in the record, of something that happened to a stream outside of its pipeline. */
    public void tell(StreamEvent event) {
        reporter.tell(event);
    }

    Future<?> after(Duration delay, Runnable task) {
        try {
            return timer.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(null);
        }
    }

    Future<?> every(Duration interval, Runnable task) {
        try {
            return timer.scheduleWithFixedDelay(task, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(null);
        }
    }

    /** How many tasks wait for their time. */
    int timed() {
        return timer.getQueue().size();
    }

    /** A stream is over; its uploads may go on. */
    void forget(Pipeline pipeline, StreamUploads way) {
        synchronized (lock) {
            open.remove(pipeline.id());
            ids.remove(pipeline.id());
        }
        ways.forgetWhenIdle(way);
        if (pipeline.config().tenure().epoch() == 0) {
            way.whenIdle().whenComplete((done, failure) -> onOver(way.folder().streamId()));
        } // else another may go on with it, and write its lists
    }

    private boolean isOpen(String id) {
        synchronized (lock) {
            return ids.contains(id);
        }
    }

    /**
     * Ends every stream, then everything else. What is not uploaded in time is uploaded at the next start.
     *
     * @param patience how long to wait for the streams to end
     */
    public void close(Duration patience) throws IOException {
        List<CompletableFuture<PipelineEnd>> ends = new ArrayList<>();
        for (Pipeline pipeline : open()) {
            ends.add(pipeline.stop("shutdown", patience).toCompletableFuture());
        }
        try {
            CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new))
                    .get(patience.toMillis() + 1000, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("Not every stream ended in {}", patience, e);
        } finally {
            queue.close();
            timer.shutdownNow();
            lookups.shutdownNow();
            chores.close();
            parts.shutdownNow();
            spool.close();
            ledger.close();
        }
    }

    /** The same, waiting for up to the limit for draining. */
    @Override
    public void close() throws IOException {
        close(limits.drain());
    }
}
