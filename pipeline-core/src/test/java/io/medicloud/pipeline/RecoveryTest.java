// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import static io.medicloud.pipeline.support.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.mpegts.segment.SegmentPolicy;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.record.LedgerLimits;
import io.medicloud.pipeline.record.LoggedEvent;
import io.medicloud.pipeline.record.SegmentRecord;
import io.medicloud.pipeline.record.SegmentState;
import io.medicloud.pipeline.spool.SealedSegment;
import io.medicloud.pipeline.store.StoreException.Kind;
import io.medicloud.pipeline.support.Recorded;
import io.medicloud.pipeline.support.ScriptedStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every state that a process can leave behind, and what the next start makes of it. */
class RecoveryTest {
    private static final int PACKET = 188;
    private static final SegmentPolicy POLICY = SegmentPolicy.ofTarget(Duration.ofSeconds(2));

    @TempDir
    Path folder;

    private final Recorded events = new Recorded();
    private ScriptedStore store;
    private Pipelines pipelines;

    @BeforeEach
    void open() {
        store = new ScriptedStore(folder.resolve("store"));
    }

    @AfterEach
    void close() throws Exception {
        if (pipelines != null) {
            pipelines.close(Duration.ZERO);
        }
    }

    private void start() throws Exception {
        pipelines = new Pipelines(folder.resolve("spool"), store, Limits.DEFAULT, events, () -> Instant.EPOCH);
    }

    private Path spooled() throws IOException {
        return Files.createDirectories(folder.resolve("spool/live"));
    }

    private static SegmentFacts facts(long sequence, int packets) {
        return new SegmentFacts(sequence, (long) packets * PACKET, packets, 2, 40, 133_500, 540_000, true, false, 3);
    }

    private SealedSegment segment(long sequence, int packets) throws IOException {
        String name = "segment_000" + sequence + ".ts";
        return new SealedSegment("live", facts(sequence, packets), spooled().resolve(name), "live/" + name, false);
    }

    private interface Before {
        void record(Ledger ledger) throws Exception;
    }

    /** What an earlier process had recorded when it was killed. */
    private void recordBefore(Before before) throws Exception {
        Files.createDirectories(folder.resolve("spool"));
        try (Ledger ledger =
                Ledger.open(folder.resolve("spool/record.db"), LedgerLimits.DEFAULT, () -> Instant.EPOCH)) {
            ledger.putStream("live", "live/", 1);
            before.record(ledger);
        }
    }

    private void write(SealedSegment segment) throws IOException {
        Files.write(segment.file(), bytes(segment));
    }

    private static byte[] bytes(SealedSegment segment) {
        byte[] bytes = new byte[(int) segment.bytes()];
        java.util.Arrays.fill(bytes, (byte) segment.sequence());
        return bytes;
    }

    private void writeStored(SealedSegment segment) throws IOException {
        Path stored = folder.resolve("store").resolve(segment.key());
        Files.createDirectories(stored.getParent());
        Files.write(stored, bytes(segment));
    }

    private void awaitState(long sequence, SegmentState state) {
        await().until(() -> pipelines.ledger().segments("live", sequence, 1).stream()
                .anyMatch(segment -> segment.sequence() == sequence && segment.state() == state));
    }

    private List<StreamEvent> logged() throws Exception {
        return pipelines.ledger().events(0, 1000).stream()
                .map(LoggedEvent::event)
                .toList();
    }

    private static List<String> names(List<StreamEvent> events) {
        return events.stream().map(event -> event.getClass().getSimpleName()).toList();
    }

    @Test
    void killedWhileASegmentWasOpen() throws Exception {
        recordBefore(ledger -> ledger.onOpened("live", 4));
        Files.write(spooled().resolve("segment_0004.ts.part"), new byte[10 * PACKET + 7]);
        start();
        awaitState(4, SegmentState.EVICTED);

        assertThat(folder.resolve("store/live/segment_0004.ts")).hasSize(10 * PACKET);
        assertThat(names(logged())).containsExactly("SegmentSealed", "SegmentUploaded");
        SegmentRecord segment = pipelines.ledger().segments("live", 4, 1).get(0);
        assertThat(segment.incomplete()).isTrue();
        assertThat(segment.facts().packets()).isEqualTo(10);
        assertThat(spooled()).isEmptyDirectory();
        assertThat(pipelines.open(PipelineConfig.of("live", POLICY)).firstSequence())
                .isEqualTo(5);
    }

    @Test
    void whatIsNotOursIsLeftAloneAndTold() throws Exception {
        recordBefore(ledger -> ledger.onOpened("live", 4));
        Files.write(spooled().resolve("segment_0004.ts.part"), new byte[10 * PACKET]);
        List<Path> foreign = List.of(
                spooled().resolve("notes\n.txt"),
                spooled().resolve("segment_4.ts"),
                folder.resolve("spool/backup.tar"),
                folder.resolve("spool/.hidden"));
        for (Path file : foreign) {
            Files.write(file, new byte[] {1, 2, 3});
        }
        Files.createDirectories(folder.resolve("spool/not a stream"));
        start();
        awaitState(4, SegmentState.EVICTED);

        assertThat(logged().get(0)).isInstanceOfSatisfying(StreamEvent.ForeignFound.class, found -> {
            assertThat(found.reason())
                    .contains("live/notes?.txt", "live/segment_4.ts", "backup.tar", ".hidden", "not a stream")
                    .doesNotContain("record.db", "segment_0004");
        });
        foreign.forEach(file -> assertThat(file).hasBinaryContent(new byte[] {1, 2, 3}));
        assertThat(folder.resolve("store/live/segment_0004.ts")).hasSize(10 * PACKET);
    }

    @Test
    void killedBeforeAnythingOfASegmentWasOnDisk() throws Exception {
        recordBefore(ledger -> ledger.onOpened("live", 4));
        start();
        awaitState(4, SegmentState.LOST);

        assertThat(names(logged())).containsExactly("SegmentLost");
        assertThat(pipelines.open(PipelineConfig.of("live", POLICY)).firstSequence())
                .as("its number was told")
                .isEqualTo(5);
    }

    @Test
    void storedWhileNothingCouldBeRecorded() throws Exception {
        recordBefore(ledger -> ledger.onOpened("live", 4));
        writeStored(segment(4, 3));
        start();
        awaitState(4, SegmentState.EVICTED);

        assertThat(names(logged())).containsExactly("SegmentSealed", "SegmentUploaded");
        await().until(() -> Files.isRegularFile(folder.resolve("store/live/segments.jsonl")));
        assertThat(folder.resolve("store/live/segments.jsonl")).content().contains("\"file\": \"segment_0004.ts\"");
    }

    @Test
    void whatIsListedIsNotCalledLostThoughItIsSaidNotToBeThere() throws Exception {
        recordBefore(ledger -> ledger.onOpened("live", 4));
        writeStored(segment(4, 3));
        store.deny(true);
        start();
        await().until(() -> store.finds() > 0);
        assertThat(logged()).isEmpty();
        store.deny(false);
        awaitState(4, SegmentState.EVICTED);

        assertThat(names(logged())).containsExactly("SegmentSealed", "SegmentUploaded");
    }

    @Test
    void killedBetweenSealingAndRecordingIt() throws Exception {
        recordBefore(ledger -> ledger.onOpened("live", 1));
        write(segment(1, 3));
        start();
        awaitState(1, SegmentState.EVICTED);

        assertThat(names(logged())).containsExactly("SegmentSealed", "SegmentUploaded");
        assertThat(names(events.of(StreamEvent.class))).containsExactly("SegmentSealed", "SegmentUploaded");
    }

    @Test
    void killedBeforeTheUpload() throws Exception {
        recordBefore(ledger -> ledger.onMoved(segment(1, 3), SegmentState.SEALED, null));
        write(segment(1, 3));
        start();
        awaitState(1, SegmentState.EVICTED);

        assertThat(names(logged())).as("sealing was told before").containsExactly("SegmentUploaded");
        assertThat(folder.resolve("store/live/segment_0001.ts")).hasBinaryContent(bytes(segment(1, 3)));
    }

    @Test
    void killedBetweenTheUploadAndRecordingIt() throws Exception {
        recordBefore(ledger -> ledger.onMoved(segment(1, 3), SegmentState.SEALED, null));
        write(segment(1, 3));
        writeStored(segment(1, 3));
        start();
        awaitState(1, SegmentState.EVICTED);

        assertThat(names(logged())).containsExactly("SegmentUploaded");
        assertThat(spooled()).isEmptyDirectory();
    }

    @Test
    void killedBetweenRecordingTheUploadAndDeletingTheFile() throws Exception {
        recordBefore(ledger -> ledger.onMoved(segment(1, 3), SegmentState.UPLOADED, null));
        write(segment(1, 3));
        start();
        awaitState(1, SegmentState.EVICTED);

        assertThat(store.attempts()).isEmpty();
        assertThat(logged()).isEmpty();
        assertThat(spooled()).isEmptyDirectory();
    }

    @Test
    void killedBetweenDeletingTheFileAndRecordingIt() throws Exception {
        recordBefore(ledger -> ledger.onMoved(segment(1, 3), SegmentState.UPLOADED, null));
        start();
        awaitState(1, SegmentState.EVICTED);

        assertThat(logged()).isEmpty();
    }

    @Test
    void killedAgainAndAgainBeforeTheListWasWritten() throws Exception {
        recordBefore(ledger -> {
            ledger.onMoved(segment(1, 3), SegmentState.UPLOADED, null);
            ledger.onMoved(segment(2, 3), SegmentState.UPLOADED, null);
        });
        write(segment(2, 3));
        store.fail(Kind.UNREACHABLE);
        start();
        pipelines.close(Duration.ZERO);
        store.fail(null);
        start();
        awaitState(1, SegmentState.EVICTED);
        awaitState(2, SegmentState.EVICTED);

        assertThat(Files.readString(folder.resolve("store/live/segments.jsonl")))
                .contains("segment_0001.ts", "segment_0002.ts");
    }

    @Test
    void killedBeforeTheStoreWasToldThatAStreamIsOver() throws Exception {
        recordBefore(ledger -> {
            ledger.onMoved(segment(1, 3), SegmentState.SEALED, null);
            ledger.onMoved(segment(1, 3), SegmentState.UPLOADED, null);
            ledger.onListed("live", "live/", 1);
            ledger.onMoved("live", 1, SegmentState.EVICTED, null);
        });
        writeStored(segment(1, 3));
        start();
        Path live = folder.resolve("store/live/live.m3u8");
        await().until(() -> Files.exists(live) && Files.readString(live).contains("#EXT-X-ENDLIST"));
        await().until(() -> pipelines.ledger().overUnlisted().isEmpty());
    }

    @Test
    void ofASealedSegmentWithoutAFileTheStoreKnowsWhatBecame() throws Exception {
        recordBefore(ledger -> {
            ledger.onMoved(segment(1, 3), SegmentState.SEALED, null);
            ledger.onMoved(segment(2, 4), SegmentState.SEALED, null);
        });
        writeStored(segment(1, 3));
        start();
        awaitState(1, SegmentState.EVICTED);
        awaitState(2, SegmentState.LOST);

        assertThat(logged())
                .hasSize(2)
                .anySatisfy(event -> assertThat(event).isInstanceOfSatisfying(StreamEvent.SegmentLost.class, lost -> {
                    assertThat(lost.sequence()).isEqualTo(2);
                    assertThat(lost.reason()).contains("store does not have it");
                }));
    }

    @Test
    void aSegmentIsNotCalledLostWhileTheStoreCannotBeAsked() throws Exception {
        store.fail(Kind.UNREACHABLE);
        recordBefore(ledger -> ledger.onMoved(segment(1, 3), SegmentState.SEALED, null));
        start();
        await().until(() -> store.lists() > 0);

        assertThat(pipelines.ledger().segments("live", 1, 1))
                .extracting(SegmentRecord::state)
                .containsExactly(SegmentState.SEALED);
        assertThat(logged()).isEmpty();
    }

    @Test
    void aSpoolOfAnOlderVersionIsTakenOver() throws Exception {
        Files.createFile(spooled().resolve("next-42"));
        Files.writeString(spooled().resolve("prefix"), "archive/2026/");
        write(segment(7, 5));
        Files.createDirectories(folder.resolve("spool/other"));
        Files.createFile(folder.resolve("spool/other/next-9"));
        start();
        awaitState(7, SegmentState.EVICTED);

        assertThat(folder.resolve("store/archive/2026/segment_0007.ts")).hasBinaryContent(bytes(segment(7, 5)));
        assertThat(spooled()).isEmptyDirectory();
        assertThat(pipelines.open(PipelineConfig.of("live", POLICY)).firstSequence())
                .isEqualTo(42);
        assertThat(pipelines.open(PipelineConfig.of("other", POLICY)).firstSequence())
                .isEqualTo(9);
    }

    @Test
    void aDamagedRecordIsMadeAnewFromTheSpool() throws Exception {
        store.fail(Kind.UNREACHABLE);
        start();
        Pipeline pipeline = pipelines.open(PipelineConfig.of("live", POLICY).withKeyPrefix("archive/"));
        pipeline.stop("stopped", Duration.ZERO).toCompletableFuture().get(20, TimeUnit.SECONDS);
        pipelines.close(Duration.ZERO);
        Files.write(
                spooled().resolve("segment_0003.ts.facts"),
                List.of("sequence=3", "key=archive/segment_0003.ts", "start-pts=900"));
        write(segment(3, 5));
        for (String name : List.of("record.db-wal", "record.db-shm")) {
            Files.deleteIfExists(folder.resolve("spool").resolve(name));
        }
        Files.write(folder.resolve("spool/record.db"), new byte[5000]);
        store.fail(null);
        start();
        awaitState(3, SegmentState.EVICTED);

        assertThat(folder.resolve("store/archive/segment_0003.ts")).hasBinaryContent(bytes(segment(3, 5)));
        assertThat(names(logged())).containsExactly("RecordRebuilt", "SegmentSealed", "SegmentUploaded");
        assertThat(pipelines.ledger().stream("live").keyPrefix()).isEqualTo("archive/");
        assertThat(pipelines.open(PipelineConfig.of("live", POLICY)).firstSequence())
                .isEqualTo(4);
    }

    @Test
    void aRecordThatIsEmptyOrGoneIsNotTakenForANewOne() throws Exception {
        recordBefore(ledger -> ledger.setWanted("live", true, Map.of()));
        spooled();
        Files.write(folder.resolve("spool/record.db"), new byte[0]);
        start();
        assertThat(logged().get(0))
                .isInstanceOfSatisfying(
                        StreamEvent.RecordRebuilt.class,
                        rebuilt -> assertThat(rebuilt.reason()).contains("it is empty", "record.db.damaged-"));
        pipelines.close(Duration.ZERO);

        Files.delete(folder.resolve("spool/record.db"));
        start();
        assertThat(logged().get(0))
                .isInstanceOfSatisfying(
                        StreamEvent.RecordRebuilt.class,
                        rebuilt -> assertThat(rebuilt.reason())
                                .contains("it is gone")
                                .doesNotContain("kept"));
        pipelines.close(Duration.ZERO);

        start();
        assertThat(names(logged())).containsExactly("RecordRebuilt");
    }

    @Test
    void aNewInstallationTellsOfNoRecordThatIsGone() throws Exception {
        start();
        assertThat(logged()).isEmpty();
        assertThat(pipelines.ledger().damage()).isNull();
    }

    @Test
    void ofAnEmptyRecordTheLogOfSqliteIsPutAsideToo() throws Exception {
        Files.createDirectories(folder.resolve("spool"));
        Files.write(folder.resolve("spool/record.db-wal"), new byte[] {1, 2, 3});
        try (Ledger ledger =
                Ledger.open(folder.resolve("spool/record.db"), LedgerLimits.DEFAULT, () -> Instant.ofEpochMilli(77))) {
            assertThat(ledger.damage()).contains("it is gone");
            assertThat(ledger.lastCursor()).as("above all that were given out").isEqualTo(77_000);
        }
        assertThat(folder.resolve("spool/record.db.damaged-77-wal")).hasBinaryContent(new byte[] {1, 2, 3});
    }

    @Test
    void whatTheStoresListNamedStaysInItThoughTheRecordIsLost() throws Exception {
        recordBefore(ledger -> {});
        write(segment(1, 3));
        write(segment(2, 4));
        start();
        awaitState(2, SegmentState.EVICTED);
        await().until(() -> pipelines.ledger().overUnlisted().isEmpty());
        pipelines.close(Duration.ZERO);
        Path list = folder.resolve("store/live/segments.jsonl");
        String before = Files.readString(list);
        assertThat(before.lines()).hasSize(2);
        for (String name : List.of("record.db", "record.db-wal", "record.db-shm")) {
            Files.deleteIfExists(folder.resolve("spool").resolve(name));
        }

        write(segment(3, 5));
        store.fail(Kind.REFUSED);
        int reads = store.reads();
        start();
        // With credentials that are mended later it is read later.
        await().until(() -> store.reads() > reads);
        store.fail(null);
        awaitState(3, SegmentState.EVICTED);
        await().until(() -> Files.readString(list).contains("segment_0003.ts"));
        assertThat(Files.readString(list)).startsWith(before);
        assertThat(pipelines.ledger().segments("live", 1, 10))
                .extracting(SegmentRecord::state)
                .containsExactly(SegmentState.EVICTED, SegmentState.EVICTED, SegmentState.EVICTED);
    }

    @Test
    void aRecordOfANewerVersionStopsTheStartAndLeavesTheSpoolFree() throws Exception {
        recordBefore(ledger -> ledger.setWanted("live", true, Map.of()));
        try (var connection = java.sql.DriverManager.getConnection(
                        "jdbc:sqlite:" + folder.resolve("spool/record.db").toUri());
                var sql = connection.createStatement()) {
            sql.execute("PRAGMA user_version = 99");
        }
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(this::start).isInstanceOf(IOException.class).hasMessageContaining("newer version");
        }
    }

    @Test
    void segmentsOfAnotherPrefixStillGoWhereTheyBelong() throws Exception {
        store.fail(Kind.UNREACHABLE);
        recordBefore(ledger -> ledger.onMoved(segment(1, 3), SegmentState.SEALED, null));
        write(segment(1, 3));
        start();
        Pipeline pipeline = pipelines.open(PipelineConfig.of("live", POLICY).withKeyPrefix("elsewhere/"));
        assertThat(pipeline.firstSequence()).isEqualTo(2);
        store.fail(null);
        awaitState(1, SegmentState.EVICTED);

        assertThat(folder.resolve("store/live/segment_0001.ts")).hasBinaryContent(bytes(segment(1, 3)));
    }
}
