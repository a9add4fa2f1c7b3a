// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.record.LedgerException;
import io.medicloud.pipeline.record.SegmentRecord;
import io.medicloud.pipeline.record.SegmentState;
import io.medicloud.pipeline.record.StreamRecord;
import io.medicloud.pipeline.spool.ForeignFiles;
import io.medicloud.pipeline.spool.OldMarkers;
import io.medicloud.pipeline.spool.SealedSegment;
import io.medicloud.pipeline.spool.SegmentName;
import io.medicloud.pipeline.spool.Spool;
import io.medicloud.pipeline.spool.StreamFolder;
import io.medicloud.pipeline.store.ObjectKeys;
import io.medicloud.pipeline.timeline.Place;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings together, at a start, what is in the spool and what is in the record. The spool's files are the truth of what was
 * received; the record says what had become of it.
 */
final class Recovery {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    /**
     * What was found of one stream.
     *
     * @param folder where its files are
     * @param hasSealed there are segments to upload
     * @param unlisted segments that were uploaded, of which there is no copy here, and that are not in the manifest yet
     * @param missing segments that the record says are open or sealed, and of which there is no file; all with their keys
     */
    record Found(StreamFolder folder, boolean hasSealed, List<SegmentRecord> unlisted, List<SegmentRecord> missing) {}

    private final Spool spool;
    private final Ledger ledger;
    private final Reporter reporter;

    Recovery(Spool spool, Ledger ledger, Reporter reporter) {
        this.spool = spool;
        this.ledger = ledger;
        this.reporter = reporter;
    }

    /** To be called before any stream is opened. */
    List<Found> run() throws IOException {
        List<Found> found = new ArrayList<>();
        try {
            String damage = ledger.damage();
            if (damage != null) {
                reporter.tell(new StreamEvent.RecordRebuilt("", reporter.now(), damage));
            }
            String foreign = ForeignFiles.describe(spool.root());
            if (!foreign.isEmpty()) {
                LOG.warn("{}", foreign);
                reporter.tell(new StreamEvent.ForeignFound("", reporter.now(), foreign));
            }
            Map<String, StreamRecord> known = new HashMap<>();
            ledger.streams().forEach(stream -> known.put(stream.id(), stream));
            // Of a stream that ended long ago nothing is left but its row: a start is not slower for each of them.
            TreeSet<String> ids = new TreeSet<>(ledger.unfinishedStreams());
            ids.addAll(spool.streamIds());
            for (String id : ids) {
                if (ObjectKeys.isName(id)) {
                    recover(id, known.get(id), found);
                }
            }
        } catch (LedgerException e) {
            throw new IOException(e.getMessage(), e);
        }
        return found;
    }

    private void recover(String id, @Nullable StreamRecord known, List<Found> found)
            throws IOException, LedgerException {
        try {
            found.add(recover(id, known));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (AccessDeniedException e) {
            if (known != null) {
                throw e;
            }
            String foreign = "in the spool " + spool.root() + " lies " + id
                    + ", which no stream is known for and which we may not read: it is left alone";
            LOG.warn("{}", foreign);
            reporter.tell(new StreamEvent.ForeignFound("", reporter.now(), foreign));
        }
    }

    private Found recover(String id, @Nullable StreamRecord known) throws IOException, LedgerException {
        StreamFolder folder = takeOver(id, known);
        Map<Long, SegmentRecord> unfinished = new HashMap<>();
        ledger.unfinished(id).forEach(segment -> unfinished.put(segment.sequence(), segment));
        List<SegmentRecord> unlisted = unfinished.values().stream()
                .filter(segment -> segment.state() == SegmentState.UPLOADED)
                .toList();
        for (SealedSegment segment : folder.recoverParts(number -> placeOf(id, number, unfinished.get(number)))) {
            LOG.atInfo()
                    .addKeyValue(Reporter.STREAM, id)
                    .log("Stream {}: segment {} was left open and is sealed as it is", id, segment.sequence());
        }
        boolean hasSealed = false;
        for (SealedSegment segment : folder.sealed()) {
            hasSealed |= isToBeUploaded(folder, segment, unfinished.remove(segment.sequence()));
        }
        List<SegmentRecord> missing = new ArrayList<>();
        unfinished.values().forEach(segment -> onNoFile(folder, segment, missing));
        if (!hasSealed && unlisted.isEmpty() && missing.isEmpty() && known != null && !known.isWanted()) {
            folder.deleteIfEmpty();
        }
        return new Found(folder, hasSealed, unlisted, missing);
    }

    /** The stream's folder; what an older version kept in it, or a lost record, is recorded first. */
    private StreamFolder takeOver(String id, @Nullable StreamRecord known) throws IOException {
        StreamFolder folder = spool.folder(id, known == null ? id + "/" : known.keyPrefix());
        OldMarkers markers = OldMarkers.find(folder);
        String prefix = known == null ? prefixIn(folder, markers) : known.keyPrefix();
        long next = Math.max(markers.nextSequence(), folder.highestSequence() + 1);
        if (known == null || known.nextSequence() < next) {
            Ledger.await(ledger.putStream(id, prefix, next));
        }
        OldMarkers.delete(folder);
        return spool.folder(id, prefix);
    }

    /** Where an unknown stream's segments belong: as the marker says, or as the newest segment's facts do. */
    private static String prefixIn(StreamFolder folder, OldMarkers markers) throws IOException {
        String marked = markers.keyPrefix();
        if (marked != null && ObjectKeys.isPrefix(marked)) {
            return marked;
        }
        List<SealedSegment> sealed = folder.sealed();
        if (sealed.isEmpty()) {
            return folder.keyPrefix();
        }
        String key = sealed.get(sealed.size() - 1).key();
        return key.substring(0, key.lastIndexOf('/') + 1);
    }

    private boolean isToBeUploaded(StreamFolder folder, SealedSegment segment, @Nullable SegmentRecord known)
            throws IOException {
        SegmentState state = known == null ? SegmentState.OPEN : known.state();
        if (state == SegmentState.UPLOADED || state == SegmentState.LISTED) {
            folder.delete(segment);
            if (state == SegmentState.LISTED) {
                reporter.onMoved(segment.streamId(), segment.sequence(), SegmentState.EVICTED, null);
            }
            return false;
        }
        if (state == SegmentState.OPEN) {
            reporter.onMoved(
                    segment,
                    SegmentState.SEALED,
                    new StreamEvent.SegmentSealed(
                            segment.streamId(), reporter.now(), segment.facts(), segment.incomplete()));
        }
        return true;
    }

    /** As it was recorded, also of one that counts as lost. */
    private Place placeOf(String id, long number, @Nullable SegmentRecord unfinished) {
        if (unfinished != null) {
            return unfinished.place();
        }
        try {
            return ledger.segments(id, number, 1).stream()
                    .filter(segment -> segment.sequence() == number)
                    .map(SegmentRecord::place)
                    .findFirst()
                    .orElse(Place.NONE);
        } catch (LedgerException e) {
            throw new UncheckedIOException(new IOException(e.getMessage(), e));
        }
    }

    private void onNoFile(StreamFolder folder, SegmentRecord segment, List<SegmentRecord> missing) {
        switch (segment.state()) {
            // Sealed and uploaded, it may be, while nothing could be recorded.
            case OPEN -> missing.add(segment.withKey(folder.keyPrefix() + SegmentName.of(segment.sequence())));
            case SEALED -> missing.add(segment);
            case UPLOADED -> {} // recorded once it is listed
            default -> reporter.onMoved(segment.streamId(), segment.sequence(), SegmentState.EVICTED, null);
        }
    }
}
