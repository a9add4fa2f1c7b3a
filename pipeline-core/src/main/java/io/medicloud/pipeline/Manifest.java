// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.pipeline.playlist.SegmentLines;
import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.record.LedgerException;
import io.medicloud.pipeline.record.SegmentRecord;
import io.medicloud.pipeline.retry.Backoff;
import io.medicloud.pipeline.store.StoreException;
import io.medicloud.pipeline.store.UploadQueue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The list of one stream's segments in the store, {@code segments.jsonl} beside them, and its playlists: written after a segment stands there, never before, and
 * made anew from the record each time. Of one stream's several may be at work, one at a time: what is written last is newest.
 * Thread-safe; writing blocks for as long as the store takes.
 */
final class Manifest {
    private static final Logger LOG = LoggerFactory.getLogger(Manifest.class);
    private static final String NAME = "segments.jsonl";
    private static final String TYPE = "application/jsonl";
    /** The newest so many; the record has them all. */
    private static final int MOST_LINES = 2000;

    private static final Backoff AGAIN = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));
    /** Streams share them, and wait for each other now and then; there are more than uploads at once. */
    private static final Object[] LOCKS = Stream.generate(Object::new).limit(64).toArray();

    private final String streamId;
    private final String keyPrefix;
    private final Ledger ledger;
    private final UploadQueue queue;
    private final BucketPlaylists playlists;
    /** Held while it is made and written. */
    private final Object lock;

    /** Numbers of segments of which we hold no copy any more, and which are not in the list yet. */
    private final Queue<Long> gone = new ConcurrentLinkedQueue<>();

    private final LongConsumer onEvicted;
    private final EarlierList earlier;

    private volatile boolean mayBeEmpty;
    private int failures;
    private boolean isScheduled;

    /**
     * Writes nothing yet.
     *
     * @param isOpen is a stream of that id open?
     * @param onEvicted told the number of a segment that {@link #evictWhenListed} named, once it is in the list
     */
    Manifest(
            String streamId,
            String keyPrefix,
            Ledger ledger,
            UploadQueue queue,
            Predicate<String> isOpen,
            LongConsumer onEvicted) {
        this.streamId = streamId;
        this.keyPrefix = keyPrefix;
        this.ledger = ledger;
        this.queue = queue;
        this.onEvicted = onEvicted;
        this.earlier = new EarlierList(streamId, keyPrefix, ledger, queue);
        this.playlists = new BucketPlaylists(streamId, keyPrefix, ledger, queue, isOpen);
        this.lock = LOCKS[Math.floorMod(streamId.hashCode(), LOCKS.length)];
    }

    /** Writes what the record says stands in the store; false if that fails: then it is done later. */
    boolean write() {
        List<Long> evicted = new ArrayList<>();
        for (Long sequence = gone.poll(); sequence != null; sequence = gone.poll()) {
            evicted.add(sequence);
        }
        try {
            // What was stored before is named, or nothing is written: nobody would write it again.
            ledger.awaitWritten();
            synchronized (lock) {
                earlier.take(NAME);
                boolean isOver = playlists.isOver();
                StringBuilder lines = new StringBuilder();
                long last = 0;
                for (SegmentRecord segment : ledger.stored(streamId, MOST_LINES)) {
                    last = segment.sequence();
                    if (segment.key().startsWith(keyPrefix)) {
                        String file = segment.key().substring(keyPrefix.length());
                        SegmentLines.append(lines, file, segment.facts(), segment.incomplete());
                    }
                }
                if (last > 0 || mayBeEmpty) {
                    queue.replace(keyPrefix + NAME, lines.toString().getBytes(StandardCharsets.UTF_8), TYPE);
                    playlists.write(mayBeEmpty);
                    ledger.onListed(streamId, keyPrefix, last);
                }
                if (isOver) {
                    ledger.onOverListed(streamId);
                }
            }
            evicted.forEach(onEvicted::accept);
            onWritten();
            return true;
        } catch (StoreException | LedgerException e) {
            gone.addAll(evicted);
            onFailed(e);
            return false;
        }
    }

    private synchronized void onWritten() {
        failures = 0;
    }

    private synchronized void onFailed(Exception e) {
        if (failures++ == 0) {
            LOG.atWarn()
                    .addKeyValue(Reporter.STREAM, streamId)
                    .log("Stream {}: {}{} is not written yet: {}", streamId, keyPrefix, NAME, e.getMessage());
        }
        writeLater();
    }

    /** We hold no copy of an uploaded segment any more: that is recorded once the list names it, so that the next start writes the list if this one does not. */
    void evictWhenListed(long sequence) {
        gone.add(sequence);
    }

    /** Writes it on another thread. */
    synchronized void writeSoon() {
        failures = Math.max(failures, 1);
        writeLater();
    }

    /** Something that it named is gone, perhaps the last: the same, and also if it names nothing any more. */
    void shrinkSoon() {
        mayBeEmpty = true;
        writeSoon();
    }

    private void writeLater() {
        if (!isScheduled) {
            isScheduled = true;
            queue.later(AGAIN.delayMs(failures, ThreadLocalRandom.current()), this::writeAgain);
        }
    }

    private void writeAgain() {
        boolean isDue;
        synchronized (this) {
            isScheduled = false;
            isDue = failures > 0;
        }
        if (isDue) {
            boolean unused = write();
        }
    }
}
