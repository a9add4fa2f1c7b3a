// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.record.SegmentRecord;
import io.medicloud.pipeline.record.SegmentState;
import io.medicloud.pipeline.spool.FactsText;
import io.medicloud.pipeline.spool.SealedSegment;
import io.medicloud.pipeline.store.SegmentStore;
import io.medicloud.pipeline.store.StoreException;
import io.medicloud.pipeline.store.StoredFacts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Segments that the record says are open or sealed, and of which no file is in the spool: uploaded and deleted just before a
 * crash, or while nothing could be recorded; or deleted by somebody; or of an open one nothing was written. The store knows
 * which; it is asked until it answers.
 */
final class MissingSegments {
    private static final Logger LOG = LoggerFactory.getLogger(MissingSegments.class);

    private final SegmentStore store;
    private final Reporter reporter;
    private final StoreTurns turns;

    /** @param turns when the store is asked, and where */
    MissingSegments(SegmentStore store, Reporter reporter, StoreTurns turns) {
        this.store = store;
        this.reporter = reporter;
        this.turns = turns;
    }

    /**
     * Returns at once.
     *
     * @param segments of one stream, with their keys
     * @param onAnswered called with a prefix of keys whenever it is known of some below it whether the store has them
     */
    void find(List<SegmentRecord> segments, Consumer<String> onAnswered) {
        turns.ask(new Search(segments, onAnswered));
    }

    /** For those of one stream. */
    private final class Search implements StoreTurns.Question {
        private final Consumer<String> onAnswered;
        private List<SegmentRecord> left;
        private int answers;

        Search(List<SegmentRecord> segments, Consumer<String> onAnswered) {
            this.left = segments;
            this.onAnswered = onAnswered;
        }

        @Override
        public void ask() throws StoreException {
            Map<String, Long> listed = list(left);
            Set<String> answered = new HashSet<>();
            List<SegmentRecord> unasked = new ArrayList<>();
            List<SegmentRecord> unknown = new ArrayList<>();
            StoreException failure = null;
            for (SegmentRecord segment : left) {
                try {
                    if (failure != null && isToBeAsked(segment, listed)) {
                        unasked.add(segment);
                    } else if (isSettled(segment, listed)) {
                        answered.add(prefixOf(segment.key()));
                    } else {
                        unknown.add(segment);
                    }
                } catch (StoreException e) {
                    failure = e;
                    unknown.add(segment);
                }
            }
            // What there was no answer for comes last: it may be so for ever.
            unasked.addAll(unknown);
            left = unasked;
            answered.forEach(onAnswered);
            if (failure != null) {
                throw failure;
            }
            if (!left.isEmpty()) {
                turns.askAgain(this, ++answers);
            }
        }
    }

    private static String prefixOf(String key) {
        return key.substring(0, key.lastIndexOf('/') + 1);
    }

    /** A list tells that something is not there; a single question may as well be answered by somebody else than the store. */
    private Map<String, Long> list(List<SegmentRecord> segments) throws StoreException {
        Map<String, Long> listed = new HashMap<>();
        Set<String> asked = segments.stream().map(SegmentRecord::key).collect(Collectors.toSet());
        for (String prefix :
                asked.stream().map(MissingSegments::prefixOf).distinct().toList()) {
            store.list(prefix, object -> {
                if (asked.contains(object.key())) {
                    listed.put(object.key(), object.bytes());
                }
            });
        }
        return listed;
    }

    /** The record does not know what of an open one was stored. */
    private static boolean isToBeAsked(SegmentRecord segment, Map<String, Long> listed) {
        return segment.state() == SegmentState.OPEN && listed.containsKey(segment.key());
    }

    /** False if the store lists it and says that it is not there. */
    private boolean isSettled(SegmentRecord segment, Map<String, Long> listed) throws StoreException {
        if (isToBeAsked(segment, listed)) {
            Optional<StoredFacts> facts = facts(segment.key());
            facts.ifPresent(there -> onNeverRecorded(segment, there));
            return facts.isPresent();
        }
        if (segment.state() == SegmentState.OPEN) {
            onLost(segment, "nothing of it was on disk when the process ended");
        } else if (Long.valueOf(segment.facts().bytes()).equals(listed.get(segment.key()))) {
            onThere(segment, segment.facts().bytes());
        } else {
            onLost(segment, "its file is gone from the spool, and the store does not have it");
        }
        return true;
    }

    private Optional<StoredFacts> facts(String listedKey) throws StoreException {
        try {
            Optional<StoredFacts> facts = store.find(listedKey);
            if (facts.isEmpty()) {
                LOG.info(
                        "{} is listed, and is said not to be there: it is asked for again",
                        store.locationOf(listedKey));
            }
            return facts;
        } catch (RuntimeException e) {
            throw new StoreException(StoreException.Kind.UNREACHABLE, "unforeseen: " + e, e);
        }
    }

    private void onLost(SegmentRecord segment, String reason) {
        reporter.onMoved(
                segment.streamId(),
                segment.sequence(),
                SegmentState.LOST,
                new StreamEvent.SegmentLost(segment.streamId(), reporter.now(), segment.sequence(), reason));
    }

    /** Sealed and uploaded while the record could not be written. */
    private void onNeverRecorded(SegmentRecord open, StoredFacts there) {
        SealedSegment segment = FactsText.read(
                open.streamId(), Path.of(open.key()), there.metadata(), open.sequence(), there.bytes(), open.key());
        reporter.onMoved(
                segment,
                SegmentState.SEALED,
                new StreamEvent.SegmentSealed(
                        segment.streamId(), reporter.now(), segment.facts(), segment.incomplete()));
        onThere(open, there.bytes());
    }

    private void onThere(SegmentRecord segment, long bytes) {
        reporter.onMoved(
                segment.streamId(),
                segment.sequence(),
                SegmentState.UPLOADED,
                new StreamEvent.SegmentUploaded(
                        segment.streamId(), reporter.now(), segment.sequence(), segment.key(), bytes, 1));
        reporter.onMoved(segment.streamId(), segment.sequence(), SegmentState.EVICTED, null);
    }
}
