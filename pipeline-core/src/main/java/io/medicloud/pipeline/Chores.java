// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.store.SegmentStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is looked at now and then, and may take its time: the clock, the disk, the backlog, and what is to leave the store. */
final class Chores {
    private static final Logger LOG = LoggerFactory.getLogger(Chores.class);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration SWEEP_LOOK = Duration.ofSeconds(10);

    private final ScheduledThreadPoolExecutor threads;

    /** @param shrinkList told a stream's id and a prefix of keys below which segments are gone */
    Chores(
            RetentionLimits retention,
            DiskWatch disk,
            BacklogWatch backlog,
            Ledger ledger,
            SegmentStore store,
            Reporter reporter,
            InstantSource clock,
            BiConsumer<String, String> shrinkList) {
        threads = new ScheduledThreadPoolExecutor(2, Daemons.named("chores"));
        ClockWatch clockWatch = new ClockWatch(clock, () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()), reporter);
        LeftoverSweep sweep = new LeftoverSweep(ledger, store, clock);
        Retention expiry = new Retention(retention, ledger, store, reporter, clockWatch, shrinkList);
        disk.look();
        every(LOOK, clockWatch::isTrusted);
        every(LOOK, disk::look);
        every(LOOK, backlog::look);
        every(SWEEP_LOOK, sweep::lookIfDue);
        every(retention.every(), expiry::look);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // ends with the threads alone
    private void every(Duration interval, Runnable look) {
        AtomicBoolean isTold = new AtomicBoolean();
        threads.scheduleWithFixedDelay(
                () -> lookAnyway(look, isTold), interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What nobody foresaw at one look must not keep from all those after it; it is told until a look succeeds again, once. */
    private static void lookAnyway(Runnable look, AtomicBoolean isTold) {
        try {
            look.run();
            isTold.set(false);
        } catch (RuntimeException e) {
            if (!isTold.getAndSet(true)) {
                LOG.error("a look at the clock, the disk, the backlog or the store failed; it is tried again", e);
            }
        }
    }

    void close() {
        threads.shutdownNow();
    }
}
