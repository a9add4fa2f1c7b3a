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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
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
    private static final int AGAIN_MS = 5000;

    private final SegmentStore store;
    private final Reporter reporter;
    private final ScheduledExecutorService timer;
    private final Executor lookups;

    /** @param lookups where the store is asked, which may take its time */
    MissingSegments(SegmentStore store, Reporter reporter, ScheduledExecutorService timer, Executor lookups) {
        this.store = store;
        this.reporter = reporter;
        this.timer = timer;
        this.lookups = lookups;
    }

    /**
     * Returns at once.
     *
     * @param onAnswered called when it is known which of them the store has
     */
    void find(List<SegmentRecord> segments, Runnable onAnswered) {
        askIn(0, segments, onAnswered);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // asks again by itself
    private void askIn(int delayMs, List<SegmentRecord> segments, Runnable onAnswered) {
        try {
            timer.schedule(() -> askElsewhere(segments, onAnswered), delayMs, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("The next start asks for the missing segments", e);
        }
    }

    private void askElsewhere(List<SegmentRecord> segments, Runnable onAnswered) {
        try {
            lookups.execute(() -> ask(segments, onAnswered));
        } catch (RejectedExecutionException e) {
            askIn(AGAIN_MS, segments, onAnswered);
        }
    }

    private void ask(List<SegmentRecord> segments, Runnable onAnswered) {
        Map<String, Long> listed = new HashMap<>();
        Map<SegmentRecord, StoredFacts> neverRecorded = new HashMap<>();
        try {
            list(segments, listed);
            for (SegmentRecord segment : segments) {
                if (segment.state() == SegmentState.OPEN && listed.containsKey(segment.key())) {
                    neverRecorded.put(segment, facts(segment.key()));
                }
            }
        } catch (StoreException | RuntimeException e) {
            LOG.info("The store cannot say whether it has {} missing segments: {}", segments.size(), e.getMessage());
            askIn(AGAIN_MS, segments, onAnswered);
            return;
        }
        for (SegmentRecord segment : segments) {
            StoredFacts facts = neverRecorded.get(segment);
            if (facts != null) {
                onNeverRecorded(segment, facts);
            } else if (segment.state() == SegmentState.OPEN) {
                onLost(segment, "nothing of it was on disk when the process ended");
            } else if (Long.valueOf(segment.facts().bytes()).equals(listed.get(segment.key()))) {
                onThere(segment, segment.facts().bytes());
            } else {
                onLost(segment, "its file is gone from the spool, and the store does not have it");
            }
        }
        onAnswered.run();
    }

    private StoredFacts facts(String listedKey) throws StoreException {
        return store.find(listedKey)
                .orElseThrow(() -> new StoreException(
                        StoreException.Kind.UNREACHABLE,
                        store.locationOf(listedKey) + " is listed, and is said not to be there",
                        null));
    }

    /** A list tells that something is not there; a single question may as well be answered by somebody else than the store. */
    private void list(List<SegmentRecord> segments, Map<String, Long> listed) throws StoreException {
        Set<String> asked = segments.stream().map(SegmentRecord::key).collect(Collectors.toSet());
        for (String prefix : asked.stream()
                .map(key -> key.substring(0, key.lastIndexOf('/') + 1))
                .distinct()
                .toList()) {
            store.list(prefix, object -> {
                if (asked.contains(object.key())) {
                    listed.put(object.key(), object.bytes());
                }
            });
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
