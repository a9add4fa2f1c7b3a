// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.node;

import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.record.LedgerException;
import io.medicloud.pipeline.record.SegmentRecord;
import io.medicloud.pipeline.record.SegmentState;
import io.medicloud.service.cluster.ClusterNode;
import io.medicloud.service.cluster.Tail;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What this node's ended epochs left in its spool: once all of it is uploaded, that is said. */
final class OwnTailUploads {
    private static final Logger LOG = LoggerFactory.getLogger(OwnTailUploads.class);
    private static final Set<SegmentState> UNDER_WAY = EnumSet.of(SegmentState.OPEN, SegmentState.SEALED);
    private static final int PAGE = 1000;

    /** Whether an epoch of a stream is still being received here. */
    interface Running {
        boolean is(String liveId, long epoch);
    }

    /** Where segments are recorded, in the order of their numbers. */
    interface Segments {
        List<SegmentRecord> from(String liveId, long sequence, int most) throws LedgerException;
    }

    /** A tail, and how far it is known to be uploaded. */
    private static final class Own {
        private final String liveId;
        private final Tail tail;
        /** What lies below is done with, for good. Of the one who looks alone, as is what follows. */
        private long next;

        /** The number after the last one below that was used. */
        private long end;

        Own(String liveId, Tail tail) {
            this.liveId = liveId;
            this.tail = tail;
            this.next = tail.first();
            this.end = tail.first();
        }
    }

    private final Segments segments;
    private final Consumer<StreamEvent> events;
    private final InstantSource clock;
    private final Executor workers;
    private final Object lock;
    private final List<Own> tails = new ArrayList<>();
    private @Nullable ClusterNode node;
    private Running running = (liveId, epoch) -> false;
    private boolean isLooking;

    /** @param workers may block */
    OwnTailUploads(
            Segments segments, Consumer<StreamEvent> events, InstantSource clock, Executor workers, Object lock) {
        this.segments = segments;
        this.events = events;
        this.clock = clock;
        this.workers = workers;
        this.lock = lock;
    }

    void use(ClusterNode used, Running whether) {
        node = used;
        running = whether;
    }

    /** Under the lock, as is what follows. */
    void add(String liveId, Tail tail) {
        tails.add(new Own(liveId, tail));
    }

    /** Looks what has been uploaded meanwhile, elsewhere. */
    void look() {
        if (isLooking || tails.isEmpty()) {
            return;
        }
        isLooking = true;
        List<Own> all = tails.stream()
                .filter(own -> !running.is(own.liveId, own.tail.epoch()))
                .toList();
        workers.execute(() -> look(all));
    }

    private void look(List<Own> all) {
        try {
            for (Own own : all) {
                long end = endOf(own);
                ClusterNode used = node;
                if (end > 0 && used != null) {
                    synchronized (lock) {
                        used.settled(own.liveId, own.tail.epoch(), end);
                        tails.remove(own);
                    }
                }
            }
        } catch (LedgerException e) {
            LOG.warn("it cannot be seen what is uploaded: {}", e.getMessage());
        } finally {
            synchronized (lock) {
                isLooking = false;
            }
        }
    }

    /** The number after the last one that was used, if all that was received is in the store; 0 if not. */
    private long endOf(Own own) throws LedgerException {
        while (own.next < own.tail.next()) {
            List<SegmentRecord> page = segments.from(own.liveId, own.next, PAGE);
            for (SegmentRecord segment : page) {
                if (segment.sequence() >= own.tail.next()) {
                    return own.end;
                }
                if (UNDER_WAY.contains(segment.state())) {
                    return 0;
                }
                own.next = segment.sequence() + 1;
                own.end = own.next;
            }
            if (page.size() < PAGE) {
                return own.end;
            }
        }
        return own.end;
    }

    void tellNeverUsed(String liveId, long from, long to) {
        workers.execute(() -> {
            for (long number = from; number < to; number++) {
                events.accept(new StreamEvent.SegmentLost(
                        liveId, clock.instant(), number, "the number was reserved and never used"));
            }
        });
    }
}
