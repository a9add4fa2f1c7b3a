// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.thumbnail;

import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.record.LedgerException;
import io.medicloud.pipeline.record.SegmentRecord;
import io.medicloud.pipeline.record.SegmentState;
import io.medicloud.pipeline.store.SegmentStore;
import io.medicloud.pipeline.store.StoreException;
import io.medicloud.pipeline.thumbnail.Thumbnail;
import io.medicloud.pipeline.thumbnail.Thumbnails;
import io.medicloud.service.stream.StreamException;
import io.medicloud.service.stream.StreamSpec;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds pictures of streams: in memory, in the spool, in the store. Blocks while it reads. Thread-safe; owns nothing. */
public final class Pictures {
    /** Ours are some tens of kilobytes, sprites a few hundred. */
    private static final int MOST_BYTES = 8 << 20;

    private static final String OFF =
            "thumbnails are not made here: thumbnails.enabled is false, or the log says why not";
    private static final Set<SegmentState> STORED =
            Set.of(SegmentState.UPLOADED, SegmentState.LISTED, SegmentState.EVICTED);

    private final @Nullable Thumbnails thumbnails;
    private final Ledger ledger;
    private final SegmentStore store;

    /**
     * A picture, or why there is none.
     *
     * @param picture null if there is none
     * @param reason why there is none, or none of what comes now; empty if there is
     */
    public record Found(@Nullable Thumbnail picture, String reason) {}

    /** @param thumbnails what makes them, or null if nothing does; what is in the store is found all the same */
    public Pictures(@Nullable Thumbnails thumbnails, Ledger ledger, SegmentStore store) {
        this.thumbnails = thumbnails;
        this.ledger = ledger;
        this.store = store;
    }

    /** The newest picture of a stream. */
    public Found latest(String liveId) throws StreamException {
        require(liveId);
        String reason = thumbnails == null ? OFF : thumbnails.reason(liveId);
        try {
            Thumbnail newest = thumbnails == null ? null : thumbnails.latest(liveId);
            if (newest == null) {
                List<SegmentRecord> stored = ledger.stored(liveId, 1);
                newest = stored.isEmpty() ? null : inStore(stored.get(0));
            }
            return new Found(newest, reason);
        } catch (IOException | LedgerException e) {
            throw unavailable(e);
        }
    }

    /** The picture of one segment. */
    public Found of(String liveId, long sequence) throws StreamException {
        require(liveId);
        try {
            Thumbnail picture = thumbnails == null ? null : thumbnails.inSpool(liveId, sequence);
            if (picture == null) {
                SegmentRecord segment = segment(liveId, sequence);
                picture = segment == null ? null : inStore(segment);
            }
            return new Found(picture, picture == null ? "segment " + sequence + " has no thumbnail" : "");
        } catch (IOException | LedgerException e) {
            throw unavailable(e);
        }
    }

    /** One of a stream's files for browsers, {@code sprite.vtt} and the sprites that it names; null if it is not there. */
    public byte @Nullable [] file(String liveId, String name) throws StreamException {
        require(liveId);
        try {
            byte[] here = thumbnails == null ? null : thumbnails.fileInSpool(liveId, name);
            if (here != null) {
                return here;
            }
            List<SegmentRecord> stored = ledger.stored(liveId, 1);
            if (stored.isEmpty()) {
                return null;
            }
            String key = stored.get(0).key();
            return read(key.substring(0, key.lastIndexOf('/') + 1) + name);
        } catch (IOException | LedgerException e) {
            throw unavailable(e);
        }
    }

    private void require(String liveId) throws StreamException {
        StreamSpec.requireLiveId(liveId);
        try {
            if (ledger.stream(liveId) == null) {
                throw new StreamException(StreamException.Kind.NOT_FOUND, "live_id: no stream of that id is known");
            }
        } catch (LedgerException e) {
            throw unavailable(e);
        }
    }

    private @Nullable SegmentRecord segment(String liveId, long sequence) throws LedgerException {
        List<SegmentRecord> found = ledger.segments(liveId, sequence, 1);
        return found.isEmpty() || found.get(0).sequence() != sequence ? null : found.get(0);
    }

    private @Nullable Thumbnail inStore(SegmentRecord segment) throws StreamException, IOException {
        if (!STORED.contains(segment.state())) {
            return null;
        }
        byte[] jpeg = read(segment.key().replaceFirst("\\.ts$", ".jpg"));
        return jpeg == null ? null : Thumbnails.of(segment.sequence(), segment.changedAt(), jpeg);
    }

    private byte @Nullable [] read(String key) throws StreamException, IOException {
        try (InputStream in = store.read(key)) {
            return in.readNBytes(MOST_BYTES);
        } catch (StoreException e) {
            if (e.kind() == StoreException.Kind.UNREACHABLE) {
                throw unavailable(e);
            }
            return null;
        }
    }

    private static StreamException unavailable(Exception cause) {
        return new StreamException(StreamException.Kind.UNAVAILABLE, String.valueOf(cause.getMessage()));
    }
}
