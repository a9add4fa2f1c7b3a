// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.playlist.FormatProbe;
import io.medicloud.pipeline.playlist.MediaFormat;
import io.medicloud.pipeline.record.SegmentRecord;
import io.medicloud.pipeline.record.SegmentState;
import io.medicloud.pipeline.spool.FactsText;
import io.medicloud.pipeline.spool.SealedSegment;
import io.medicloud.pipeline.spool.SegmentName;
import io.medicloud.pipeline.spool.StreamFolder;
import io.medicloud.pipeline.store.SegmentObject;
import io.medicloud.pipeline.store.StoreException;
import io.medicloud.pipeline.store.UploadLane;
import io.medicloud.pipeline.store.UploadQueue;
import io.medicloud.pipeline.store.UploadSink;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of one stream's sealed segments from the spool to the store. Outlives a run of the stream while something is
 * left. Segments past what may wait in memory stay on disk and are looked up when their turn comes. Thread-safe.
 */
final class StreamUploads implements UploadSink {
    private static final Logger LOG = LoggerFactory.getLogger(StreamUploads.class);

    private static final int MOST_LOOKED_UP = 256;
    /** So many are uploaded at the most before the manifest is written; sooner where none waits. */
    private static final int MOST_UNLISTED = 16;

    private static final int RECORD_PATIENCE_S = 5;
    private static final long LOOK_AGAIN_MS = 1000;

    private final StreamFolder folder;
    private final Reporter reporter;
    private final UploadQueue queue;
    private final UploadLane lane;
    private final Deque<SealedSegment> inLane = new ArrayDeque<>();
    private final AtomicLong uploaded = new AtomicLong();
    private final Deliveries deliveries;
    private volatile long storeUs = SegmentFigures.NOT_KNOWN;
    /** Uploaded, still here, and not in the manifest yet. */
    private final Deque<Uploaded> unlisted = new ArrayDeque<>();

    private final Function<String, Manifest> manifestOf;
    /** By the prefix of keys that they are for: a stream that is opened again may put its segments elsewhere while earlier ones wait. */
    private final Map<String, Manifest> manifests = new ConcurrentHashMap<>();

    /** Numbers of segments whose files were deleted to make room, and which the lane has not come to yet. */
    private final Set<Long> dropped = new HashSet<>();

    /** At how many breaks the stream was looked into; on the lane's thread. */
    private long probedBreaks = -1;

    private long lastOffered;
    /** The highest number that is sealed and told; the file of one behind it may be there already. */
    private long lastSealed;

    private boolean moreOnDisk;
    /** The folder could not be looked up, and is again soon. */
    private boolean isLookScheduled;
    /** That was told. */
    private boolean isUnreadable;

    /**
     * A segment that stands in the store.
     *
     * @param recorded completes when that is recorded
     */
    private record Uploaded(SealedSegment segment, CompletionStage<Void> recorded) {}

    /** @param manifestOf the list of the stream's segments below a prefix of keys */
    StreamUploads(
            StreamFolder folder,
            UploadQueue queue,
            Reporter reporter,
            Function<String, Manifest> manifestOf,
            Deliveries deliveries) {
        this.folder = folder;
        this.deliveries = deliveries;
        this.manifestOf = manifestOf;
        this.reporter = reporter;
        this.queue = queue;
        this.lane = queue.lane(this);
    }

    StreamFolder folder() {
        return folder;
    }

    long uploaded() {
        return uploaded.get();
    }

    /** How many segments wait; those that are only on disk are not counted. */
    int pending() {
        return lane.pending();
    }

    /** How long the oldest of those has waited; 0 if none waits. */
    long oldestNanos() {
        return lane.oldestNanos();
    }

    /** From the arrival of the last bytes of the segment that was uploaded last until it was, in microseconds. */
    long storeUs() {
        return storeUs;
    }

    CompletionStage<Void> whenIdle() {
        return lane.whenIdle();
    }

    /** What was uploaded before, and of which there is no copy here, is not in the manifest yet. */
    void listSoon(List<SegmentRecord> earlier) {
        for (SegmentRecord segment : earlier) {
            manifest(segment.key()).evictWhenListed(segment.sequence());
        }
        manifests.values().forEach(Manifest::writeSoon);
    }

    private Manifest manifest(String key) {
        return manifests.computeIfAbsent(key.substring(0, key.lastIndexOf('/') + 1), manifestOf);
    }

    /** Takes what lies in the folder, oldest first. */
    synchronized void addLeftOver() throws IOException {
        moreOnDisk = true;
        lastSealed = Math.max(lastSealed, folder.highestSequence());
        refill();
    }

    /** Has all been uploaded that there is? */
    synchronized boolean isDone() {
        return lane.pending() == 0 && !moreOnDisk;
    }

    /** Takes the next segment. */
    synchronized void add(SealedSegment segment) {
        lastSealed = Math.max(lastSealed, segment.sequence());
        if (moreOnDisk) {
            if (lane.pending() == 0) {
                refill();
            }
        } else if (!offer(segment)) {
            moreOnDisk = true;
            LOG.warn("Stream {}: as many segments as may wait in memory do; more wait on disk", folder.streamId());
        }
    }

    /** The oldest segment that waits here, or null. */
    synchronized @Nullable SealedSegment oldest() {
        for (SealedSegment segment : inLane) {
            if (!dropped.contains(segment.sequence())) {
                return segment;
            }
        }
        return null;
    }

    /** Deletes a segment that waits; returns how many bytes that made free. */
    synchronized long drop(SealedSegment segment, String reason) {
        if (!inLane.contains(segment)) {
            return 0; // its upload has ended meanwhile
        }
        try {
            folder.delete(segment);
        } catch (IOException e) {
            LOG.warn("Cannot delete {}", segment.file(), e);
            return 0;
        }
        dropped.add(segment.sequence());
        reporter.onMoved(
                folder.streamId(),
                segment.sequence(),
                SegmentState.LOST,
                new StreamEvent.SegmentLost(folder.streamId(), reporter.now(), segment.sequence(), reason));
        return segment.bytes();
    }

    private synchronized boolean takeIfDropped(long sequence) {
        if (!dropped.remove(sequence)) {
            return false;
        }
        inLane.remove();
        return true;
    }

    private synchronized boolean isDropped(SealedSegment segment) {
        return dropped.remove(segment.sequence());
    }

    private boolean offer(SealedSegment segment) {
        if (segment.sequence() <= lastOffered) {
            return true;
        }
        inLane.add(segment);
        SegmentObject object = new SegmentObject(
                segment.key(), segment.file(), segment.bytes(), SegmentObject.MP2T, FactsText.toMap(segment));
        if (!lane.add(object)) {
            inLane.removeLast();
            return false;
        }
        lastOffered = segment.sequence();
        return true;
    }

    private void refill() {
        try {
            List<SealedSegment> found;
            do {
                found = folder.sealed(lastOffered, MOST_LOOKED_UP);
                for (SealedSegment segment : found) {
                    if (segment.sequence() > lastSealed) {
                        moreOnDisk = false; // will be told
                        return;
                    }
                    if (!offer(segment)) {
                        return;
                    }
                }
            } while (found.size() == MOST_LOOKED_UP);
            moreOnDisk = false;
            isUnreadable = false;
        } catch (IOException | UncheckedIOException e) {
            if (!isUnreadable) {
                LOG.error("Stream {}: cannot look up what waits in {}", folder.streamId(), folder.path(), e);
            }
            isUnreadable = true;
            if (!isLookScheduled) {
                isLookScheduled = true;
                queue.later(LOOK_AGAIN_MS, this::lookAgain);
            }
        }
    }

    private synchronized void lookAgain() {
        isLookScheduled = false;
        refillIfIdle();
    }

    private synchronized void refillIfIdle() {
        if (moreOnDisk && lane.pending() == 0) {
            refill();
        }
    }

    @Override
    public void onUploaded(SegmentObject object, int attempts) {
        SealedSegment segment = takeOldest();
        if (isDropped(segment)) {
            LOG.atInfo()
                    .addKeyValue(Reporter.STREAM, folder.streamId())
                    .log(
                            "Stream {}: segment {} was dropped and is stored after all",
                            folder.streamId(),
                            segment.sequence());
        }
        uploaded.incrementAndGet();
        storeUs = deliveries.onStored(segment);
        unlisted.add(new Uploaded(
                segment,
                reporter.onMoved(
                        segment,
                        SegmentState.UPLOADED,
                        new StreamEvent.SegmentUploaded(
                                folder.streamId(),
                                reporter.now(),
                                segment.sequence(),
                                object.key(),
                                segment.bytes(),
                                attempts))));
        if (unlisted.size() >= MOST_UNLISTED) {
            list();
        }
    }

    /** On the lane's thread: the manifest comes behind the segments, and then our copies go. */
    private void list() {
        if (unlisted.isEmpty()) {
            return;
        }
        unlisted.forEach(uploaded -> probe(uploaded.segment()));
        awaitRecorded(unlisted.getLast().recorded());
        Map<Manifest, Boolean> written = new HashMap<>();
        // Also if that fails: space may be what is missing.
        for (Uploaded uploaded = unlisted.poll(); uploaded != null; uploaded = unlisted.poll()) {
            Manifest manifest = manifest(uploaded.segment().key());
            boolean isListed = written.computeIfAbsent(manifest, Manifest::write);
            evict(uploaded.segment(), isListed ? null : manifest);
            deliveries.onDone(uploaded.segment(), isListed);
        }
    }

    /** What is in the stream is looked up once, and again behind each break. */
    private void probe(SealedSegment segment) {
        long breaks = segment.place().breaks();
        if (breaks == probedBreaks) {
            return;
        }
        try (InputStream in = Files.newInputStream(segment.file())) {
            MediaFormat format = FormatProbe.probe(in);
            if (!format.equals(MediaFormat.UNKNOWN)) {
                awaitRecorded(reporter.onMedia(folder.streamId(), breaks, format));
                probedBreaks = breaks;
            }
        } catch (IOException e) {
            LOG.debug("Stream {}: {} cannot be looked into", folder.streamId(), segment.file(), e);
        }
    }

    private void awaitRecorded(CompletionStage<Void> change) {
        try {
            change.toCompletableFuture().get(RECORD_PATIENCE_S, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.atWarn()
                    .addKeyValue(Reporter.STREAM, folder.streamId())
                    .log("Stream {}: uploads are not recorded yet: {}", folder.streamId(), e.getMessage());
        }
    }

    private void evict(SealedSegment segment, @Nullable Manifest unwritten) {
        try {
            folder.delete(segment);
            if (unwritten == null) {
                reporter.onMoved(folder.streamId(), segment.sequence(), SegmentState.EVICTED, null);
            } else {
                unwritten.evictWhenListed(segment.sequence());
            }
        } catch (IOException e) {
            LOG.warn("Cannot delete {}, which is uploaded", segment.file(), e);
        }
    }

    @Override
    public void onFailed(SegmentObject object, StoreException failure, boolean retried) {
        long sequence = SegmentName.sequenceOf(object.key()).orElse(0);
        String reason = String.valueOf(failure.getMessage());
        if (!retried && takeIfDropped(sequence)) {
            queue.abandon(object.key());
            return;
        }
        // Whoever is told says it, once of many.
        LOG.atDebug()
                .addKeyValue(Reporter.STREAM, folder.streamId())
                .log(
                        "Stream {}: segment {} is not stored{}: {}",
                        folder.streamId(),
                        sequence,
                        retried ? " yet" : "",
                        reason);
        StreamEvent event = new StreamEvent.UploadFailed(
                folder.streamId(), reporter.now(), sequence, object.key(), reason, retried);
        if (retried) {
            reporter.tell(event);
        } else {
            onGivenUp(takeOldest(), event);
            queue.abandon(object.key());
        }
    }

    /** Kept aside if it is there to be kept; else nothing of it exists, unless it is found at a later start. */
    private void onGivenUp(SealedSegment segment, StreamEvent event) {
        try {
            folder.reject(segment);
        } catch (NoSuchFileException e) {
            reporter.tell(event);
            StreamEvent lost = new StreamEvent.SegmentLost(
                    folder.streamId(), reporter.now(), segment.sequence(), "its file is gone from the spool");
            reporter.onMoved(folder.streamId(), segment.sequence(), SegmentState.LOST, lost);
            return;
        } catch (IOException e) {
            LOG.error("Cannot put {} aside, which is not stored", segment.file(), e);
        }
        reporter.onMoved(segment, SegmentState.REJECTED, event);
    }

    @Override
    public synchronized boolean isGivenUp(SegmentObject object) {
        return dropped.contains(SegmentName.sequenceOf(object.key()).orElse(0));
    }

    @Override
    public boolean isSpoolThere() {
        return folder.isThere();
    }

    private synchronized SealedSegment takeOldest() {
        return inLane.remove();
    }

    @Override
    public void onIdle() {
        try {
            list();
        } finally {
            synchronized (this) {
                if (moreOnDisk) {
                    refill();
                }
            }
        }
    }
}
