// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import static io.medicloud.pipeline.support.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.record.LedgerLimits;
import io.medicloud.pipeline.record.SegmentRecord;
import io.medicloud.pipeline.record.SegmentState;
import io.medicloud.pipeline.spool.SealedSegment;
import io.medicloud.pipeline.store.UploadLimits;
import io.medicloud.pipeline.store.UploadQueue;
import io.medicloud.pipeline.support.ScriptedStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestTest {
    @TempDir
    Path folder;

    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger mostUnderWay = new AtomicInteger();
    private Ledger ledger;
    private UploadQueue queue;

    @BeforeEach
    void open() throws Exception {
        ledger = Ledger.open(folder.resolve("record.db"), LedgerLimits.DEFAULT, () -> Instant.EPOCH);
        ScriptedStore store = new ScriptedStore(folder.resolve("store"));
        store.script(segment -> {
            // What writes takes its time, and sees who else does.
            mostUnderWay.accumulateAndGet(underWay.incrementAndGet(), Math::max);
            for (int i = 0; i < 20_000 && underWay.get() == 1; i++) {
                Thread.onSpinWait();
            }
            underWay.decrementAndGet();
            return null;
        });
        queue = new UploadQueue(store, UploadLimits.DEFAULT, new Random(1));
        Ledger.await(ledger.putStream("live", "live/", 1));
    }

    @AfterEach
    void close() {
        queue.close();
        ledger.close();
    }

    private SealedSegment segment(String prefix, long sequence) {
        SegmentFacts facts = new SegmentFacts(sequence, 1880, 10, 2, 40, 133_500, 540_000, true, false, 3);
        String name = "segment_%04d.ts".formatted(sequence);
        return new SealedSegment("live", facts, folder.resolve(name), prefix + name, false);
    }

    private void store(long sequence) throws Exception {
        Ledger.await(ledger.onMoved(segment("live/", sequence), SegmentState.UPLOADED, null));
    }

    private Manifest manifest() {
        return manifest("live/");
    }

    private Manifest manifest(String prefix) {
        return new Manifest("live", prefix, ledger, queue, id -> true, sequence -> {});
    }

    /** Else one that was made of an older record might be written last. */
    @Test
    void oneAtATimeWritesAStreamsHoweverManyThereAre() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        CompletableFuture<?>[] writes = new CompletableFuture<?>[64];
        for (int i = 0; i < writes.length; i++) {
            store(i + 1);
            writes[i] = CompletableFuture.runAsync(() -> manifest().write(), threads);
        }
        CompletableFuture.allOf(writes).get(20, TimeUnit.SECONDS);
        threads.shutdown();

        assertThat(mostUnderWay.get()).isEqualTo(1);
        assertThat(folder.resolve("store/live/segments.jsonl")).content().hasLineCount(64);
    }

    @Test
    void aStreamThatStoredNothingHasNone() {
        manifest().write();
        assertThat(folder.resolve("store/live")).doesNotExist();
    }

    @Test
    void whenTheLastSegmentIsGoneItIsEmpty() throws Exception {
        store(1);
        manifest().write();
        Path list = folder.resolve("store/live/segments.jsonl");
        assertThat(list).content().hasLineCount(1);

        Ledger.await(ledger.onMoved("live", 1, SegmentState.EXPIRED, null));
        manifest().shrinkSoon();

        await().until(() -> Files.size(list) == 0);
    }

    /** Else nobody would write it again: it would count as written, and so would the last one of a stream that is over. */
    @Test
    void ofARecordThatLacksWhatWasStoredNoListIsMade() throws Exception {
        ledger.close();
        Path record = folder.resolve("record.db");
        ledger = Ledger.open(record, new LedgerLimits(2, 500, 500), () -> Instant.EPOCH);
        AtomicBoolean isOpen = new AtomicBoolean(true);
        List<Long> evicted = new CopyOnWriteArrayList<>();
        Manifest manifest = new Manifest("live", "live/", ledger, queue, id -> isOpen.get(), evicted::add);
        Path list = folder.resolve("store/live/segments.jsonl");
        store(1);
        assertThat(manifest.write()).isTrue();

        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + record.toUri());
                Statement sql = other.createStatement()) {
            sql.execute("BEGIN EXCLUSIVE");
            ledger.onMoved(segment("live/", 2), SegmentState.UPLOADED, null);
            await().until(() -> {
                ledger.append(new StreamEvent.SegmentLost("live", Instant.EPOCH, 9, "stands for any change"));
                return ledger.refused() > 0;
            });
            isOpen.set(false);
            manifest.evictWhenListed(2);

            assertThat(manifest.write()).isFalse();
            assertThat(list).content().hasLineCount(1);
            sql.execute("COMMIT");
        }

        await().until(() -> evicted.equals(List.of(2L)));
        assertThat(list).content().hasLineCount(2);
        await().until(() -> ledger.overUnlisted().isEmpty());
    }

    /** The list beside those of another prefix is still to be written. */
    @Test
    void onlyWhatStandsBesideItIsListed() throws Exception {
        Ledger.await(ledger.onMoved(segment("live/", 1), SegmentState.UPLOADED, null));
        Ledger.await(ledger.onMoved(segment("live/more/", 2), SegmentState.UPLOADED, null));
        Ledger.await(ledger.onMoved(segment("elsewhere/", 3), SegmentState.UPLOADED, null));

        assertThat(manifest("elsewhere/").write()).isTrue();
        assertThat(states()).containsExactly(SegmentState.UPLOADED, SegmentState.UPLOADED, SegmentState.LISTED);
        assertThat(manifest("live/").write()).isTrue();
        assertThat(states()).containsExactly(SegmentState.LISTED, SegmentState.UPLOADED, SegmentState.LISTED);
        assertThat(manifest("live/more/").write()).isTrue();
        assertThat(states()).containsOnly(SegmentState.LISTED);
    }

    private List<SegmentState> states() throws Exception {
        ledger.awaitWritten();
        return ledger.newest("live", 10).stream().map(SegmentRecord::state).toList();
    }
}
