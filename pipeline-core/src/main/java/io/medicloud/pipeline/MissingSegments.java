// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.record.SegmentRecord;
import io.medicloud.pipeline.record.SegmentState;
import io.medicloud.pipeline.store.SegmentStore;
import io.medicloud.pipeline.store.StoreException;
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
 * Segments that the record says are sealed, and of which no file is in the spool: uploaded and deleted just before a crash,
 * or deleted by somebody. The store knows which; it is asked until it answers.
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
        Map<String, Long> there = new HashMap<>();
        Set<String> asked = segments.stream().map(SegmentRecord::key).collect(Collectors.toSet());
        try {
            for (String prefix : segments.stream()
                    .map(segment -> segment.key().substring(0, segment.key().lastIndexOf('/') + 1))
                    .distinct()
                    .toList()) {
                store.list(prefix, object -> {
                    if (asked.contains(object.key())) {
                        there.put(object.key(), object.bytes());
                    }
                });
            }
        } catch (StoreException e) {
            LOG.info("The store cannot say whether it has {} missing segments: {}", segments.size(), e.getMessage());
            askIn(AGAIN_MS, segments, onAnswered);
            return;
        }
        for (SegmentRecord segment : segments) {
            if (Long.valueOf(segment.facts().bytes()).equals(there.get(segment.key()))) {
                onThere(segment);
            } else {
                reporter.onMoved(
                        segment.streamId(),
                        segment.sequence(),
                        SegmentState.LOST,
                        new StreamEvent.SegmentLost(
                                segment.streamId(),
                                reporter.now(),
                                segment.sequence(),
                                "its file is gone from the spool, and the store does not have it"));
            }
        }
        onAnswered.run();
    }

    private void onThere(SegmentRecord segment) {
        reporter.onMoved(
                segment.streamId(),
                segment.sequence(),
                SegmentState.UPLOADED,
                new StreamEvent.SegmentUploaded(
                        segment.streamId(),
                        reporter.now(),
                        segment.sequence(),
                        segment.key(),
                        segment.facts().bytes(),
                        1));
        reporter.onMoved(segment.streamId(), segment.sequence(), SegmentState.EVICTED, null);
    }
}
