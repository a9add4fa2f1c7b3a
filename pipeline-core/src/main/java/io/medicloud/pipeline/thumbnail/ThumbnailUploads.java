// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.thumbnail;

import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.record.LedgerException;
import io.medicloud.pipeline.record.LogFollower;
import io.medicloud.pipeline.record.LoggedEvent;
import io.medicloud.pipeline.record.SegmentRecord;
import io.medicloud.pipeline.record.SegmentState;
import io.medicloud.pipeline.retry.Backoff;
import io.medicloud.pipeline.store.SegmentStore;
import io.medicloud.pipeline.store.StoreException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings pictures to the store, each after its segment, and deletes them with it. Reads the log of events on one thread, from where it was when the process
 * ended, so that none is forgotten; beside the uploads of segments it has one connection at a time, and waits while the store does not answer. Thread-safe.
 */
final class ThumbnailUploads implements LogFollower.Handler, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ThumbnailUploads.class);
    private static final String READER = "thumbnails";
    private static final int MOST_LATE = 1024;
    private static final Backoff AGAIN = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));
    private static final Set<SegmentState> STORED =
            Set.of(SegmentState.UPLOADED, SegmentState.LISTED, SegmentState.EVICTED);

    private final ThumbnailFiles files;
    private final Ledger ledger;
    private final SegmentStore store;
    /** Of the follower's thread alone. */
    private final Sprites sprites;

    private final BlockingQueue<Made> late = new ArrayBlockingQueue<>(MOST_LATE);
    private final LogFollower follower;

    private record Made(String streamId, long sequence) {}

    private interface Step {
        void run() throws StoreException, IOException, LedgerException;
    }

    ThumbnailUploads(ThumbnailFiles files, Ledger ledger, SegmentStore store) {
        this.files = files;
        this.ledger = ledger;
        this.store = store;
        this.sprites = new Sprites(files, ledger, store);
        this.follower = new LogFollower(READER, ledger, this);
    }

    /** The key of a picture beside its segment's. */
    static String keyOf(String segmentKey) {
        return prefixOf(segmentKey)
                + segmentKey.substring(segmentKey.lastIndexOf('/') + 1).replaceFirst("\\.ts$", ".jpg");
    }

    static String prefixOf(String segmentKey) {
        return segmentKey.substring(0, segmentKey.lastIndexOf('/') + 1);
    }

    /** A picture lies in the spool; its segment may have been stored before. */
    void onMade(String streamId, long sequence) {
        if (late.offer(new Made(streamId, sequence))) {
            follower.wake();
        }
    }

    @Override
    public void onLook() throws InterruptedException {
        insist(sprites::look);
        for (Made made = late.poll(); made != null; made = late.poll()) {
            Made one = made;
            insist(() -> onMade(one));
        }
    }

    @Override
    public void onEvent(LoggedEvent logged) throws InterruptedException {
        insist(() -> onEvent(logged.event()));
    }

    /** Until it is done, or cannot be done. */
    private void insist(Step step) throws InterruptedException {
        for (int failures = 1; ; failures++) {
            try {
                step.run();
                return;
            } catch (StoreException e) {
                boolean canHeal =
                        e.kind() == StoreException.Kind.UNREACHABLE || e.kind() == StoreException.Kind.REFUSED;
                if (!canHeal) {
                    LOG.warn("a thumbnail is not stored: {}", e.getMessage());
                    return;
                }
                pause(failures, String.valueOf(e.getMessage()));
            } catch (LedgerException e) {
                pause(failures, String.valueOf(e.getMessage()));
            } catch (IOException | RuntimeException e) {
                LOG.warn("a thumbnail is not stored", e);
                return;
            }
        }
    }

    private static void pause(int failures, String why) throws InterruptedException {
        if (failures == 1) {
            LOG.info("thumbnails wait: {}", why);
        }
        TimeUnit.MILLISECONDS.sleep(AGAIN.delayMs(failures, ThreadLocalRandom.current()));
    }

    private void onMade(Made made) throws StoreException, IOException, LedgerException {
        List<SegmentRecord> found = ledger.segments(made.streamId(), made.sequence(), 1);
        if (!found.isEmpty()
                && found.get(0).sequence() == made.sequence()
                && STORED.contains(found.get(0).state())) {
            upload(made.streamId(), made.sequence(), found.get(0).key());
        }
    }

    private void onEvent(StreamEvent event) throws StoreException, IOException, LedgerException {
        if (event instanceof StreamEvent.SegmentUploaded stored) {
            upload(stored.streamId(), stored.sequence(), stored.key());
        } else if (event instanceof StreamEvent.SegmentExpired expired) {
            files.delete(expired.streamId(), ThumbnailFiles.pictureOf(expired.sequence()));
            store.delete(keyOf(expired.key()));
            boolean isLast = ledger.stored(expired.streamId(), 1).isEmpty();
            sprites.onExpired(expired.streamId(), expired.sequence(), prefixOf(expired.key()), isLast);
        } else if (event instanceof StreamEvent.SegmentLost lost) {
            files.delete(lost.streamId(), ThumbnailFiles.pictureOf(lost.sequence()));
        } else if (event instanceof StreamEvent.UploadFailed rejected && !rejected.retried()) {
            files.delete(rejected.streamId(), ThumbnailFiles.pictureOf(rejected.sequence()));
        } else if (event instanceof StreamEvent.Ended || event instanceof StreamEvent.Failed) {
            sprites.onEnd(event.streamId());
        }
    }

    private void upload(String streamId, long sequence, String segmentKey)
            throws StoreException, IOException, LedgerException {
        byte[] jpeg = files.read(streamId, ThumbnailFiles.pictureOf(sequence));
        if (jpeg != null) {
            store.replace(keyOf(segmentKey), jpeg, ThumbnailFiles.JPEG);
            sprites.onStored(streamId, sequence, prefixOf(segmentKey));
        }
    }

    /** How many events it is behind the newest. */
    long lag() {
        return follower.lag();
    }

    @Override
    public void close() {
        follower.close();
    }
}
