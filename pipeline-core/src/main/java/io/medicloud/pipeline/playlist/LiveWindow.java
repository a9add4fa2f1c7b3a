// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.playlist;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.pipeline.record.SegmentRecord;
import io.medicloud.pipeline.record.SegmentState;
import io.medicloud.pipeline.spool.SealedSegment;
import io.medicloud.pipeline.timeline.Place;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest segments of a stream that is open, and the parts of the one that grows, as they come: what a live playlist lists, without a question to the record.
 * Parts are looked for while somebody asks, in the segment's file, on a thread of their own: the threads that receive and write media do nothing for it but
 * say that there is more. What has left the window is forgotten. Thread-safe.
 */
public final class LiveWindow {
    /** What no part lasts longer than. */
    public static final int PART_TARGET_MS = 500;

    private static final Logger LOG = LoggerFactory.getLogger(LiveWindow.class);
    private static final int MOST_ROWS = 4096;
    private static final int MOST_WAITING = 10_000;
    /** Parts are looked for so long after the last question. */
    private static final long WATCHED_NS = TimeUnit.SECONDS.toNanos(60);

    /** Where the bytes of segments are while they grow, and until they are uploaded. */
    @FunctionalInterface
    public interface SegmentFiles {
        /** Opens a segment's file; the caller closes it. */
        FileChannel open(long sequence) throws IOException;
    }

    private record Waiter(long sequence, int part, CompletableFuture<LiveSnapshot> answer) {}

    private final String streamId;
    private final SegmentFiles files;
    private final Executor worker;
    private final LongSupplier nanos;
    private final List<SegmentRecord> rows;
    private final TreeMap<Long, GrowingSegment> growing = new TreeMap<>();
    private final List<Waiter> waiters = new ArrayList<>();
    /** How often a scan was asked for since the last one began. */
    private final AtomicInteger scansDue = new AtomicInteger();

    private final Object scanning = new Object();
    private volatile long askedNs;
    private volatile boolean isAsked;
    private Presentation presentation;
    private LiveSnapshot snapshot;

    /**
     * A window that goes on from what there is.
     *
     * @param known the newest segments that the stream has already, oldest first
     * @param worker where segments are read
     * @param nanos a clock that only runs forward
     */
    public LiveWindow(
            String streamId, List<SegmentRecord> known, SegmentFiles files, Executor worker, LongSupplier nanos) {
        this.streamId = streamId;
        this.rows = new ArrayList<>(known);
        this.files = files;
        this.worker = worker;
        this.nanos = nanos;
        this.presentation = Presentation.of(rows).window();
        this.snapshot = LiveEdge.look(presentation, growing, 0, false);
    }

    /** A segment begins. */
    public void onOpened(long sequence, Place place) {
        synchronized (this) {
            growing.put(sequence, new GrowingSegment(sequence, place, PART_TARGET_MS));
            put(row(SegmentState.OPEN, unknown(sequence), place));
        }
        publish();
    }

    private static SegmentFacts unknown(long sequence) {
        return new SegmentFacts(sequence, 0, 0, 0, 0, Pts.NONE, 0, false, true, 0);
    }

    private SegmentRecord row(SegmentState state, SegmentFacts facts, Place place) {
        return new SegmentRecord(streamId, state, facts, "", false, place, Instant.ofEpochMilli(place.startMs()));
    }

    /** The segment that grows has more bytes. */
    public void onWritten() {
        if (isWatched()) {
            scanSoon();
        }
    }

    /** A segment has all its bytes, though it is not forced to disk yet: players do not wait for the disk. */
    public void onClosed(SegmentFacts facts, long bytes, Place place) {
        onWhole(row(SegmentState.SEALED, facts, place), bytes);
    }

    private void onWhole(SegmentRecord row, long bytes) {
        boolean isScanDueNow = false;
        synchronized (this) {
            put(row);
            GrowingSegment segment = growing.get(row.sequence());
            if (segment != null && !segment.isClosed()) {
                segment.close(bytes, row.facts().durationTicks());
                // It is not listed before all its parts are found, though nobody may ask any more.
                isScanDueNow = segment.isToldInPart() || isWatched();
            }
        }
        publish();
        if (isScanDueNow) {
            scanSoon();
        }
    }

    /** Has a segment all its bytes? It may still wait to be forced to disk. */
    public synchronized boolean isWritten(long sequence) {
        GrowingSegment segment = growing.get(sequence);
        return segment != null && segment.isClosed();
    }

    /** A segment is whole, and on disk. */
    public void onSealed(SealedSegment segment, Instant at) {
        onWhole(
                new SegmentRecord(
                        streamId,
                        SegmentState.SEALED,
                        segment.facts(),
                        segment.key(),
                        segment.incomplete(),
                        segment.place(),
                        at),
                segment.bytes());
    }

    /** A segment is missing. */
    public void onMissing(long sequence) {
        synchronized (this) {
            for (SegmentRecord row : List.copyOf(rows)) {
                if (row.sequence() == sequence) {
                    growing.remove(sequence);
                    put(new SegmentRecord(
                            streamId,
                            SegmentState.LOST,
                            row.facts(),
                            row.key(),
                            row.incomplete(),
                            row.place(),
                            row.changedAt()));
                }
            }
        }
        publish();
    }

    private void put(SegmentRecord row) {
        int at = rows.size();
        while (at > 0 && rows.get(at - 1).sequence() >= row.sequence()) {
            at--;
        }
        if (at < rows.size() && rows.get(at).sequence() == row.sequence()) {
            rows.set(at, row);
        } else {
            rows.add(at, row);
        }
        presentation = Presentation.of(rows).window();
        if (!presentation.isEmpty()) {
            long first = presentation.rows().get(0).sequence();
            rows.removeIf(old -> old.sequence() < first);
        } else if (rows.size() > MOST_ROWS) {
            rows.remove(0);
        }
        growing.headMap(rows.get(0).sequence()).clear();
    }

    /** What a live playlist lists now. */
    public synchronized Presentation presentation() {
        return presentation;
    }

    /** What a live playlist says now; from now on, for a while, with the parts of what grows. */
    public LiveSnapshot snapshot() {
        ask();
        synchronized (this) {
            return snapshot;
        }
    }

    /**
     * What a live playlist says once it has that segment, or part.
     *
     * @param part -1 for the whole segment
     * @return null if as many wait as may; whoever does not want to wait any longer completes it
     */
    public @Nullable CompletableFuture<LiveSnapshot> await(long sequence, int part) {
        ask();
        synchronized (this) {
            if (snapshot.has(sequence, part)) {
                return CompletableFuture.completedFuture(snapshot);
            }
            waiters.removeIf(waiter -> waiter.answer().isDone());
            if (waiters.size() >= MOST_WAITING) {
                return null;
            }
            CompletableFuture<LiveSnapshot> answer = new CompletableFuture<>();
            waiters.add(new Waiter(sequence, part, answer));
            return answer;
        }
    }

    /** How many wait for something to come. */
    public synchronized int waiting() {
        return waiters.size();
    }

    /**
     * Opens the file of a segment that grows, or waits for the store; the caller closes it.
     *
     * @throws java.nio.file.NoSuchFileException if it is not there any more
     */
    public FileChannel open(long sequence) throws IOException {
        return files.open(sequence);
    }

    /** A part that is whole, or null. */
    public synchronized @Nullable LivePart part(long sequence, int index) {
        GrowingSegment segment = growing.get(sequence);
        return segment == null || index >= segment.parts.size() ? null : segment.parts.get(index);
    }

    /** The stream is over: nobody need wait any longer, and files are closed. */
    public void close() {
        isAsked = false;
        synchronized (scanning) {
            for (GrowingSegment segment : unread()) {
                try {
                    segment.giveUp();
                } catch (IOException e) {
                    LOG.debug("{}: cannot be closed", streamId, e);
                }
            }
        }
        publish();
        List<Waiter> all;
        LiveSnapshot last;
        synchronized (this) {
            all = List.copyOf(waiters);
            waiters.clear();
            last = snapshot;
        }
        all.forEach(waiter -> waiter.answer().complete(last));
    }

    private boolean isWatched() {
        return isAsked && nanos.getAsLong() - askedNs < WATCHED_NS;
    }

    private void ask() {
        boolean wasWatched = isWatched();
        askedNs = nanos.getAsLong();
        isAsked = true;
        if (!wasWatched) {
            scanSoon();
        }
    }

    /** One scan at a time waits or runs: what reads slowly must not keep the threads that other streams' parts are looked for on. */
    private void scanSoon() {
        if (scansDue.getAndIncrement() == 0) {
            startScan();
        }
    }

    private void startScan() {
        try {
            worker.execute(this::scan);
        } catch (RejectedExecutionException e) {
            scansDue.set(0);
            LOG.debug("{}: no parts any more, the end is near", streamId, e);
        }
    }

    private synchronized List<GrowingSegment> unread() {
        return growing.values().stream().filter(segment -> !segment.isDone()).toList();
    }

    private void scan() {
        int due = scansDue.get();
        try {
            scanNow();
        } finally {
            if (!scansDue.compareAndSet(due, 0)) {
                startScan();
            }
        }
    }

    private void scanNow() {
        boolean isNews = false;
        synchronized (scanning) {
            for (GrowingSegment segment : unread()) {
                isNews |= read(segment);
                if (!segment.isDone()) {
                    break;
                }
            }
        }
        if (isNews) {
            publish();
        }
    }

    private boolean read(GrowingSegment segment) {
        try {
            List<LivePart> parts = segment.read(files);
            synchronized (this) {
                segment.add(parts);
            }
            return !parts.isEmpty() || segment.isDone();
        } catch (IOException | RuntimeException e) {
            // Whatever it was, the segment is listed: it is not waited for any longer.
            LOG.debug("{}: segment {} has no parts", streamId, segment.sequence, e);
            try {
                segment.giveUp();
            } catch (IOException again) {
                LOG.debug("{}: cannot be closed", streamId, again);
            }
            return true;
        }
    }

    /** Makes the playlist anew, and answers those who waited for what is new in it. */
    private void publish() {
        List<Waiter> answered = new ArrayList<>();
        LiveSnapshot now;
        synchronized (this) {
            now = LiveEdge.look(presentation, growing, snapshot.lastSequence(), isWatched());
            snapshot = now;
            for (Iterator<Waiter> each = waiters.iterator(); each.hasNext(); ) {
                Waiter waiter = each.next();
                if (now.has(waiter.sequence(), waiter.part())) {
                    answered.add(waiter);
                    each.remove();
                }
            }
        }
        answered.forEach(waiter -> waiter.answer().complete(now));
    }
}
