// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.record.LedgerLimits;
import io.medicloud.pipeline.record.SegmentRecord;
import io.medicloud.pipeline.record.SegmentState;
import io.medicloud.pipeline.spool.SealedSegment;
import io.medicloud.pipeline.store.StoreException.Kind;
import io.medicloud.pipeline.support.Recorded;
import io.medicloud.pipeline.support.ScriptedStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MissingSegmentsTest {
    private static final int BYTES = 1880;

    @TempDir
    Path folder;

    private final ManualTimer timer = new ManualTimer();
    private final List<String> answered = new ArrayList<>();
    private ScriptedStore store;
    private Ledger ledger;
    private MissingSegments missing;

    /** Time that passes when the test says so. */
    private static final class ManualTimer implements StoreTurns.Later {
        private record Task(long atMs, Runnable run) {}

        private final PriorityQueue<Task> tasks = new PriorityQueue<>(Comparator.comparingLong(Task::atMs));
        private long nowMs;

        @Override
        public void run(long delayMs, Runnable task) {
            tasks.add(new Task(nowMs + delayMs, task));
        }

        /** To the next thing that is to be done, which is done; how long that takes. */
        long next() {
            Task task = tasks.remove();
            long tookMs = task.atMs() - nowMs;
            nowMs = task.atMs();
            task.run().run();
            return tookMs;
        }
    }

    @BeforeEach
    void open() throws Exception {
        store = new ScriptedStore(folder.resolve("store"));
        ledger = Ledger.open(folder.resolve("record.db"), LedgerLimits.DEFAULT, () -> Instant.EPOCH);
        missing = new MissingSegments(
                store, new Reporter(new Recorded(), ledger, () -> Instant.EPOCH), new StoreTurns(timer, Runnable::run));
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private static String key(String id, long sequence) {
        return "%s/segment_%04d.ts".formatted(id, sequence);
    }

    private void seal(String id, long sequence) {
        SegmentFacts facts = new SegmentFacts(sequence, BYTES, 10, 2, 40, 133_500, 540_000, true, false, 3);
        ledger.onMoved(
                new SealedSegment(id, facts, folder.resolve("x"), key(id, sequence), false), SegmentState.SEALED, null);
    }

    private void writeStored(String key) throws Exception {
        Path stored = folder.resolve("store").resolve(key);
        Files.createDirectories(stored.getParent());
        Files.write(stored, new byte[BYTES]);
    }

    private void find(String id) throws Exception {
        ledger.awaitWritten();
        List<SegmentRecord> unfinished = ledger.unfinished(id).stream()
                .map(segment -> segment.withKey(key(id, segment.sequence())))
                .toList();
        missing.find(unfinished, answered::add);
    }

    private List<SegmentState> states(String id) throws Exception {
        ledger.awaitWritten();
        return ledger.newest(id, 100).stream().map(SegmentRecord::state).toList();
    }

    @Test
    void howeverManyStreamsLackSomethingAStoreThatRefusesIsAskedSeldomAndOnceATime() throws Exception {
        store.fail(Kind.REFUSED);
        int streams = 20;
        for (int i = 0; i < streams; i++) {
            seal("live" + i, 1);
            writeStored(key("live" + i, 1));
            find("live" + i);
        }
        assertThat(store.lists()).isEqualTo(1);
        for (int asked = 2; asked < 60; asked++) {
            assertThat(timer.next()).isBetween(5_000L, 60_000L);
            assertThat(store.lists()).isEqualTo(asked);
        }
        assertThat(timer.nowMs).as("pauses have grown").isGreaterThan(58 * 15_000L);
        assertThat(answered).isEmpty();
        store.fail(null);
        int before = store.lists();
        timer.next();

        assertThat(store.lists() - before)
                .as("what answers is asked everything")
                .isEqualTo(streams);
        assertThat(answered).hasSize(streams).contains("live0/", "live19/");
        assertThat(states("live7")).containsExactly(SegmentState.EVICTED);
    }

    @Test
    void whatIsListedAndSaidNotToBeThereKeepsNoOther() throws Exception {
        ledger.onOpened("live", 1);
        ledger.onOpened("live", 2);
        seal("live", 3);
        seal("live", 4);
        for (long sequence = 1; sequence <= 3; sequence++) {
            writeStored(key("live", sequence));
        }
        store.deny(key("live", 1)::equals);
        find("live");

        assertThat(states("live"))
                .containsExactly(SegmentState.OPEN, SegmentState.EVICTED, SegmentState.EVICTED, SegmentState.LOST);
        assertThat(answered).containsExactly("live/");
        int finds = store.finds();
        assertThat(timer.next()).isBetween(5_000L, 60_000L);
        assertThat(store.finds() - finds).as("only that is asked again").isEqualTo(1);
        store.deny(false);
        timer.next();
        assertThat(states("live")).startsWith(SegmentState.EVICTED);
        assertThat(answered).containsExactly("live/", "live/");
        assertThat(timer.tasks).isEmpty();
    }

    @Test
    void oneThatFailsWheneverItIsAskedForKeepsNoOther() throws Exception {
        ledger.onOpened("live", 1);
        ledger.onOpened("live", 2);
        seal("live", 3);
        for (long sequence = 1; sequence <= 3; sequence++) {
            writeStored(key("live", sequence));
        }
        seal("other", 1);
        store.failFinding(key("live", 1)::equals);
        find("live");
        assertThat(states("live")).containsExactly(SegmentState.OPEN, SegmentState.OPEN, SegmentState.EVICTED);
        find("other");
        timer.next();
        timer.next();

        assertThat(states("live")).containsExactly(SegmentState.OPEN, SegmentState.EVICTED, SegmentState.EVICTED);
        assertThat(states("other")).containsExactly(SegmentState.LOST);
    }
}
