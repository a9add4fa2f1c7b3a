// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.thumbnail;

import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.spool.SegmentOpening;
import io.medicloud.pipeline.store.SegmentStore;
import io.medicloud.pipeline.thumbnail.SegmentSearch.Result;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pictures of streams: as soon as the first keyframe of a segment is on disk whole, it is decoded (H.264 alone) to a small JPEG, which stands beside the segment
 * in the spool and then in the store. It looks at the files of open segments on threads of its own, so that no media thread knows of it; what is too much is
 * skipped and counted. A stream that cannot be decoded says so once, and is tried again when its parameter sets change. Thread-safe.
 *
 * <p>Needs jcodec and the module java.desktop.
 */
public final class Thumbnails implements SegmentOpening, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Thumbnails.class);
    private static final int MOST_STREAMS = 1024;
    private static final int MOST_OPENED = 4096;
    private static final int LOOK_MS = 100;
    private static final int IDLE_MS = 5000;
    private static final int PIECE = 256 * 1024;

    private final ThumbnailLimits limits;
    private final InstantSource clock;
    private final ThumbnailFiles files;
    private final AvcPictureDecoder decoder;
    private final DecodeQueue queue;
    private final ThumbnailUploads uploads;
    private final BlockingQueue<Opened> opened = new ArrayBlockingQueue<>(MOST_OPENED);
    private final Thread searcher = new Thread(this::run, "thumbnail-search");
    private final LongAdder made = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder unseen = new LongAdder();
    private volatile boolean isClosed;
    /** By live id, those that were asked for least go first. */
    private final Map<String, StreamPictures> streams = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, StreamPictures> eldest) {
            return size() > MOST_STREAMS;
        }
    };

    private record Opened(String streamId, long sequence, Path part, Path file) {}

    /**
     * Begins to work; hears of segments by {@link #onOpening}.
     *
     * @param spool the spool's folder
     * @param clock the wall clock
     * @throws IOException if this runtime writes no JPEG; the message says what it lacks
     */
    public Thumbnails(Path spool, Ledger ledger, SegmentStore store, ThumbnailLimits limits, InstantSource clock)
            throws IOException {
        String fault = Jpeg.fault();
        if (fault != null) {
            throw new IOException(fault);
        }
        this.limits = limits;
        this.clock = clock;
        this.files = new ThumbnailFiles(spool.toAbsolutePath().normalize());
        this.decoder = new AvcPictureDecoder(limits.mostPixels(), limits.mostTime());
        this.queue = new DecodeQueue(limits.threads(), limits.mostWaiting(), limits.rest());
        this.uploads = new ThumbnailUploads(files, ledger, store);
        searcher.setDaemon(true);
        searcher.start();
    }

    /** How many were made. */
    public long made() {
        return made.sum();
    }

    /** How many keyframes were skipped because there was too much to do. */
    public long skipped() {
        return queue.skipped() + unseen.sum();
    }

    /** How many keyframes could not be decoded. */
    public long failed() {
        return failed.sum();
    }

    /** How many keyframes wait to be decoded. */
    public int waiting() {
        return queue.waiting();
    }

    /** How many events those that are put in the store are behind the newest. */
    public long lag() {
        return uploads.lag();
    }

    /** The newest picture of a stream that this process has made, or that lies in the spool; null if there is none. May read a file. */
    public @Nullable Thumbnail latest(String streamId) throws IOException {
        Thumbnail newest = picturesOf(streamId).latest();
        if (newest != null) {
            return newest;
        }
        long sequence = files.newest(streamId);
        return sequence == 0 ? null : inSpool(streamId, sequence);
    }

    /** The picture of a segment if it still lies in the spool; null otherwise. May read a file. */
    public @Nullable Thumbnail inSpool(String streamId, long sequence) throws IOException {
        Thumbnail newest = picturesOf(streamId).latest();
        if (newest != null && newest.sequence() == sequence) {
            return newest;
        }
        String name = ThumbnailFiles.pictureOf(sequence);
        byte[] jpeg = files.read(streamId, name);
        Instant at = files.changedAt(streamId, name);
        return jpeg == null || at == null ? null : of(sequence, at, jpeg);
    }

    /** What a picture's bytes are, wherever they were found. */
    public static Thumbnail of(long sequence, Instant capturedAt, byte[] jpeg) throws IOException {
        BufferedImage image = Jpeg.decode(jpeg);
        return new Thumbnail(sequence, image.getWidth(), image.getHeight(), capturedAt, jpeg);
    }

    /** Why a stream has no picture of what comes now, in one line; empty if it has. */
    public String reason(String streamId) {
        return picturesOf(streamId).reason();
    }

    /** One of the files that a stream has in the spool for a browser, such as {@code sprite.vtt}; null if it is not there. */
    public byte @Nullable [] fileInSpool(String streamId, String name) throws IOException {
        return ThumbnailFiles.isName(name) ? files.read(streamId, name) : null;
    }

    private StreamPictures picturesOf(String streamId) {
        synchronized (streams) {
            return streams.computeIfAbsent(streamId, StreamPictures::new);
        }
    }

    @Override
    public void onOpening(String streamId, long sequence, Path part, Path file) {
        if (!opened.offer(new Opened(streamId, sequence, part, file))) {
            unseen.increment();
        }
    }

    private void run() {
        List<SegmentSearch> searches = new ArrayList<>();
        byte[] buffer = new byte[PIECE];
        boolean isMore = false;
        try {
            while (!isClosed) {
                Opened next = opened.poll(isMore ? 0 : searches.isEmpty() ? IDLE_MS : LOOK_MS, TimeUnit.MILLISECONDS);
                for (; next != null; next = opened.poll()) {
                    begin(next, searches);
                }
                isMore = lookAt(searches, buffer);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            searches.forEach(Thumbnails::close);
        }
    }

    private void begin(Opened next, List<SegmentSearch> searches) {
        for (SegmentSearch search : searches) {
            if (search.streamId.equals(next.streamId())) {
                search.onNextBegun();
            }
        }
        searches.add(new SegmentSearch(
                next.streamId(),
                picturesOf(next.streamId()),
                next.sequence(),
                next.part(),
                next.file(),
                limits.mostKeyframeBytes()));
    }

    private boolean lookAt(List<SegmentSearch> searches, byte[] buffer) {
        boolean isMore = false;
        for (Iterator<SegmentSearch> all = searches.iterator(); all.hasNext(); ) {
            SegmentSearch search = all.next();
            Result result = look(search, buffer);
            isMore |= result == Result.MORE;
            if (result == Result.FOUND || result == Result.NONE) {
                all.remove();
                close(search);
            }
        }
        return isMore;
    }

    private Result look(SegmentSearch search, byte[] buffer) {
        try {
            Result result = search.look(buffer);
            Keyframe keyframe = search.keyframe();
            if (result == Result.FOUND && keyframe != null) {
                submit(search, keyframe, clock.instant());
            } else if (result == Result.NONE && search.isHopeless()) {
                search.stream.onNone(search.reason());
            } else if (result == Result.NONE) {
                search.stream.onMissing(search.reason());
            }
            return result;
        } catch (IOException | RuntimeException e) {
            LOG.warn("{}: segment {} cannot be searched for a thumbnail: {}", search.streamId, search.sequence, e, e);
            return Result.NONE;
        }
    }

    private static void close(SegmentSearch search) {
        try {
            search.close();
        } catch (IOException e) {
            LOG.debug("A segment's file could not be closed", e);
        }
    }

    private void submit(SegmentSearch search, Keyframe keyframe, Instant at) {
        if (!search.stream.isRefused(keyframe.parameterSets())) {
            queue.submit(
                    () -> make(search.streamId, search.stream, search.sequence, keyframe, at),
                    search.stream.latest() == null);
        }
    }

    private void make(String streamId, StreamPictures stream, long sequence, Keyframe keyframe, Instant at) {
        try {
            BufferedImage image = PictureScaler.scale(decoder.decode(keyframe), limits.width());
            byte[] jpeg = Jpeg.encode(image);
            stream.onMade(new Thumbnail(sequence, image.getWidth(), image.getHeight(), at, jpeg));
            made.increment();
            LOG.debug("{}: segment {} has a thumbnail, {} bytes", streamId, sequence, jpeg.length);
            files.write(streamId, ThumbnailFiles.pictureOf(sequence), jpeg, at);
            uploads.onMade(streamId, sequence);
        } catch (UndecodableException e) {
            failed.increment();
            stream.onUndecodable(keyframe.parameterSets(), String.valueOf(e.getMessage()));
        } catch (BadPictureException e) {
            failed.increment();
            LOG.debug("{}: the keyframe of segment {}", streamId, sequence, e);
            stream.onFailed(keyframe.parameterSets(), String.valueOf(e.getMessage()));
        } catch (IOException e) {
            LOG.warn("{}: the thumbnail of segment {} is not kept: {}", streamId, sequence, e.toString());
        } catch (RuntimeException | Error e) {
            failed.increment();
            stream.onFailed(keyframe.parameterSets(), "of an internal error: " + e);
            LOG.warn("{}: segment {} has no thumbnail", streamId, sequence, e);
        }
    }

    /** Ends; what is not in the store is brought there after the next start. */
    @Override
    public void close() {
        isClosed = true;
        searcher.interrupt();
        queue.close();
        uploads.close();
    }
}
