// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.record;

import static io.medicloud.pipeline.support.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.spool.SealedSegment;
import io.medicloud.pipeline.timeline.Place;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
    private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");

    @TempDir
    Path folder;

    private Path file;
    private Ledger ledger;

    @BeforeEach
    void open() throws Exception {
        file = folder.resolve("a folder? of 100%").resolve("record.db");
        Files.createDirectories(file.getParent());
        ledger = Ledger.open(file, LedgerLimits.DEFAULT, () -> NOW);
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    private void reopen() throws Exception {
        ledger.close();
        ledger = Ledger.open(file, LedgerLimits.DEFAULT, () -> NOW);
    }

    private static void done(CompletionStage<Void> change) throws Exception {
        change.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private SealedSegment segment(long sequence) {
        SegmentFacts facts = new SegmentFacts(sequence, 1880, 10, 2, 40, 133_500, 540_000, true, false, 3);
        return new SealedSegment("live", facts, folder.resolve("x"), "live/segment_000" + sequence + ".ts", true);
    }

    private static StreamEvent sealed(long sequence) {
        return new StreamEvent.SegmentLost("live", NOW, sequence, "stands for any event");
    }

    private List<SegmentState> states() throws Exception {
        return ledger.segments("live", 0, 100).stream()
                .map(SegmentRecord::state)
                .toList();
    }

    private List<StreamEvent> events() throws Exception {
        return ledger.events(0, 1000).stream().map(LoggedEvent::event).toList();
    }

    @Test
    void whatWasRecordedIsThereAfterARestart() throws Exception {
        ledger.putStream("live", "archive/", 7);
        ledger.setWanted("live", true, Map.of("port", "4000", "pass=phrase", "ü\n\"'"));
        ledger.onOpened("live", 7);
        ledger.onMoved(segment(7), SegmentState.SEALED, sealed(7));
        ledger.onMoved(segment(7), SegmentState.UPLOADED, null);
        done(ledger.onOpened("live", 8));

        reopen();

        assertThat(ledger.damage()).isNull();
        assertThat(ledger.streams())
                .containsExactly(
                        new StreamRecord("live", "archive/", 9, true, Map.of("port", "4000", "pass=phrase", "ü\n\"'")));
        assertThat(ledger.stream("live")).isEqualTo(ledger.streams().get(0));
        assertThat(ledger.stream("other")).isNull();
        assertThat(ledger.segments("live", 7, 1))
                .containsExactly(new SegmentRecord(
                        "live",
                        SegmentState.UPLOADED,
                        segment(7).facts(),
                        segment(7).key(),
                        true,
                        Place.NONE,
                        NOW));
        assertThat(states()).containsExactly(SegmentState.UPLOADED, SegmentState.OPEN);
        assertThat(events()).containsExactly(sealed(7));
    }

    @Test
    void tellingOfAStepAgainOrOfOneBeforeItChangesNothingAndLogsNothing() throws Exception {
        ledger.onMoved(segment(1), SegmentState.SEALED, sealed(1));
        ledger.onMoved(segment(1), SegmentState.UPLOADED, sealed(2));
        ledger.onMoved(segment(1), SegmentState.SEALED, sealed(3));
        ledger.onMoved(segment(1), SegmentState.UPLOADED, sealed(4));
        ledger.onOpened("live", 1);
        ledger.onMoved("live", 1, SegmentState.EVICTED, sealed(5));
        ledger.onMoved("live", 1, SegmentState.EVICTED, sealed(6));
        ledger.onMoved("live", 1, SegmentState.LOST, sealed(7));
        ledger.onMoved("live", 99, SegmentState.LOST, sealed(8));
        done(ledger.onMoved(segment(1), SegmentState.UPLOADED, sealed(9)));

        assertThat(states()).containsExactly(SegmentState.EVICTED);
        assertThat(events()).containsExactly(sealed(1), sealed(2), sealed(5));
        assertThat(ledger.unfinished("live")).isEmpty();
    }

    @Test
    void aChangeThatFailsInAnUnforeseenWayIsToldToItsAuthorAndHoldsUpNoOther() throws Exception {
        ledger.append(sealed(1));
        CompletionStage<Void> wrong = ledger.append(null);
        ledger.addTail(() -> {
            throw new IllegalStateException("on purpose");
        });
        done(ledger.append(sealed(2)));

        assertThatThrownBy(() -> done(wrong)).hasCauseInstanceOf(LedgerException.class);
        assertThat(events()).containsExactly(sealed(1), sealed(2));
        assertThat(ledger.fault()).isNull();
    }

    @Test
    void anErrorOfTheProgramIsToldAndWhatItHeldUpIsWritten() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        ledger.putStream("live", "live/", 1);
        CompletionStage<Void> late = ledger.putMedia("live", earlier -> {
            if (tries.incrementAndGet() == 1) {
                throw new OutOfMemoryError("broken by the test");
            }
            return "h264";
        });
        assertThatThrownBy(() -> done(late)).hasCauseInstanceOf(LedgerException.class);
        done(ledger.append(sealed(2)));

        assertThat(ledger.media("live")).isEqualTo("h264");
        assertThat(events()).containsExactly(sealed(2));
        assertThat(ledger.fault()).isNull();
    }

    @Test
    void whatNobodyOfUsCanHaveWrittenHoldsUpNothingAndIsLeftOutByTheNextStart() throws Exception {
        ledger.putStream("live", "archive/", 1);
        for (long i = 1; i <= 4; i++) {
            done(ledger.onMoved(segment(i), SegmentState.SEALED, sealed(i)));
            done(ledger.onMoved("live", i, SegmentState.UPLOADED, null));
            done(ledger.onMoved("live", i, SegmentState.EVICTED, null));
        }
        sql("UPDATE segment SET facts = replace(facts, '=540000', '=54x000') WHERE sequence = 1");
        sql("UPDATE segment SET place = 'breaks=-' WHERE sequence = 2");
        sql("UPDATE segment SET state = 'EVICTEE' WHERE sequence = 3");
        sql("UPDATE event SET type = 'Sung' WHERE cursor IN (2, 3)");

        assertThat(ledger.segments("live", 1, 10))
                .extracting(SegmentRecord::sequence)
                .containsExactly(1L, 2L, 4L);
        assertThat(ledger.segments("live", 1, 10))
                .extracting(segment -> segment.facts().durationTicks())
                .containsExactly(0L, 0L, 540_000L);
        assertThat(ledger.segments("live", 1, 1).get(0).facts().bytes()).isEqualTo(1880);
        assertThat(ledger.events(0, 10))
                .containsExactly(new LoggedEvent(1, sealed(1)), new LoggedEvent(4, sealed(4), 2));
        assertThat(ledger.events(1, 2)).as("a page of nothing else").containsExactly(new LoggedEvent(4, sealed(4), 2));
        assertThat(ledger.damage()).isNull();
        assertThat(file.resolveSibling("record.db.damaged")).content().contains("segment 1 of live");

        reopen();

        assertThat(ledger.damage()).contains("segment 1 of live", "record.db.damaged-");
        assertThat(ledger.segments("live", 1, 10))
                .extracting(SegmentRecord::sequence)
                .containsExactly(4L);
        assertThat(ledger.isListUnread("live", "archive/"))
                .as("which names the others")
                .isTrue();
        assertThat(events()).containsExactly(sealed(1), sealed(4));

        reopen();

        assertThat(ledger.damage()).isNull();
    }

    @Test
    void aRowThatAStartReadsAndCannotMakesTheRecordAnew() throws Exception {
        ledger.putStream("live", "archive/", 1);
        done(ledger.onMoved(segment(1), SegmentState.SEALED, null));
        done(ledger.onMoved(segment(2), SegmentState.SEALED, null));
        sql("UPDATE segment SET facts = replace(facts, '=540000', '=54x000') WHERE sequence = 1");

        reopen();

        assertThat(ledger.damage()).contains("segment 1 of live", "54x000");
        assertThat(ledger.unfinished("live"))
                .extracting(SegmentRecord::sequence)
                .containsExactly(2L);
    }

    @Test
    void damageThatIsMetLaterInALongRecordMakesItAnewAtTheNextStart() throws Exception {
        ledger.putStream("live", "archive/", 1);
        String reason = "a reason that makes the table grow ".repeat(100);
        for (long i = 0; i < 20_000; i++) {
            if (i % 5000 == 0) {
                done(ledger.append(sealed(i)));
            }
            ledger.append(new StreamEvent.SegmentLost("live", NOW, i, reason));
        }
        done(ledger.append(sealed(20_000)));
        ledger.close();
        assertThat(Files.size(file)).isGreaterThan(64 << 20);
        try (RandomAccessFile damaged = new RandomAccessFile(file.toFile(), "rw")) {
            damaged.seek(damaged.length() / 4096 / 2 * 4096);
            damaged.write(new byte[4 * 4096]);
        }
        ledger = Ledger.open(file, LedgerLimits.DEFAULT, () -> NOW);
        assertThat(ledger.damage()).as("not looked for").isNull();
        assertThatThrownBy(() -> ledger.events(0, 100_000))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("a restart makes a new one");

        reopen();

        assertThat(ledger.damage()).isNotNull();
        assertThat(ledger.streams()).extracting(StreamRecord::keyPrefix).containsExactly("archive/");
        List<LoggedEvent> left = ledger.events(0, 100_000);
        assertThat(left.size()).isBetween(15_000, 20_004);
        assertThat(left.get(left.size() - 1).event()).isEqualTo(sealed(20_000));
    }

    @Test
    void whoIsKilledWhileTheRecordIsMadeAnewBeginsAgain() throws Exception {
        ledger.putStream("live", "archive/", 1);
        done(ledger.append(sealed(1)));
        ledger.close();
        Files.writeString(file.resolveSibling("record.db.damaged"), "what was found");
        Files.writeString(file.resolveSibling("record.db.new"), "half of one");

        reopen();

        assertThat(ledger.damage()).contains("what was found");
        assertThat(ledger.streams()).extracting(StreamRecord::keyPrefix).containsExactly("archive/");
        assertThat(events()).containsExactly(sealed(1));
        assertThat(file.resolveSibling("record.db.damaged")).doesNotExist();
        assertThat(file.resolveSibling("record.db.new")).doesNotExist();
    }

    @Test
    void aSegmentThatWasToldAsLostMayBeFoundAgain() throws Exception {
        ledger.onOpened("live", 1);
        ledger.onMoved("live", 1, SegmentState.LOST, sealed(1));
        done(ledger.onMoved(segment(1), SegmentState.SEALED, sealed(2)));

        assertThat(ledger.unfinished("live")).extracting(SegmentRecord::state).containsExactly(SegmentState.SEALED);
        assertThat(events()).containsExactly(sealed(1), sealed(2));
    }

    @Test
    void numbersNeverFallWhereverTheStreamGoes() throws Exception {
        ledger.putStream("live", "a/", 100);
        ledger.onOpened("live", 100);
        ledger.putStream("live", "b/", 1);
        done(ledger.onOpened("live", 5));

        assertThat(ledger.streams()).containsExactly(new StreamRecord("live", "b/", 101, false, Map.of()));
    }

    @Test
    void eventsOfManyThreadsGetRisingCursorsEachInItsThreadsOrder() throws Exception {
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (String id : List.of("a", "b", "c", "d")) {
            threads.add(CompletableFuture.runAsync(() ->
                    LongStream.range(0, 500).forEach(i -> ledger.append(new StreamEvent.SegmentLost(id, NOW, i, "")))));
        }
        CompletableFuture.allOf(threads.toArray(CompletableFuture[]::new)).get(20, TimeUnit.SECONDS);
        await().until(() -> ledger.lastCursor() == 2000);

        List<LoggedEvent> read = new ArrayList<>();
        for (List<LoggedEvent> page = ledger.events(0, 300);
                !page.isEmpty();
                page = ledger.events(read.get(read.size() - 1).cursor(), 300)) {
            read.addAll(page);
        }
        assertThat(read).extracting(LoggedEvent::cursor).isSorted().doesNotHaveDuplicates();
        for (String id : List.of("a", "b", "c", "d")) {
            assertThat(read.stream()
                            .filter(event -> event.event().streamId().equals(id))
                            .map(event -> ((StreamEvent.SegmentLost) event.event()).sequence()))
                    .containsExactlyElementsOf(LongStream.range(0, 500).boxed().toList());
        }
        reopen();
        done(ledger.append(sealed(1)));
        assertThat(ledger.lastCursor()).isEqualTo(2001);
    }

    @Test
    void aTailIsCalledWhenEventsAreOnDisk() throws Exception {
        List<Long> seen = new ArrayList<>();
        Runnable off = ledger.addTail(() -> {
            try {
                seen.add(ledger.lastCursor());
            } catch (LedgerException e) {
                throw new IllegalStateException(e);
            }
        });
        done(ledger.append(sealed(1)));
        done(ledger.onOpened("live", 1));
        await().until(() -> !seen.isEmpty());
        off.run();
        done(ledger.append(sealed(2)));

        assertThat(seen).containsExactly(1L);
    }

    @Test
    void onlySoManyEventsAndFinishedSegmentsAreKept() throws Exception {
        ledger.close();
        ledger = Ledger.open(file, new LedgerLimits(10_000, 500, 5), () -> NOW);
        ledger.onMoved(segment(1), SegmentState.SEALED, null);
        for (long sequence = 2; sequence < 10; sequence++) {
            ledger.onMoved(segment(sequence), SegmentState.REJECTED, null);
        }
        for (int i = 0; i < 2999; i++) {
            ledger.append(sealed(i));
        }
        done(ledger.append(sealed(2999)));

        assertThat(ledger.lastCursor()).isEqualTo(3000);
        assertThat(ledger.firstCursor()).isGreaterThan(1).isLessThanOrEqualTo(2501);
        assertThat(ledger.segments("live", 0, 100))
                .extracting(SegmentRecord::sequence)
                .as("one is still to be uploaded, however old")
                .containsExactly(1L, 5L, 6L, 7L, 8L, 9L);
    }

    /** Eight in the store, the record cut to five segments. */
    private void cutTheRecord(LedgerLimits limits) throws Exception {
        ledger.close();
        ledger = Ledger.open(file, limits, () -> NOW);
        for (long sequence = 1; sequence < 9; sequence++) {
            ledger.onMoved(segment(sequence), SegmentState.SEALED, null);
            ledger.onMoved(segment(sequence), SegmentState.UPLOADED, null);
            ledger.onMoved("live", sequence, SegmentState.EVICTED, null);
        }
        for (int i = 0; i < 999; i++) {
            ledger.append(sealed(i));
        }
        done(ledger.append(sealed(999)));
    }

    @Test
    void ofSegmentsInTheStoreThatTheRecordForgetsItKeepsWhereTheyAre() throws Exception {
        cutTheRecord(new LedgerLimits(10_000, 500, 5));

        assertThat(ledger.segments("live", 0, 100))
                .extracting(SegmentRecord::sequence)
                .containsExactly(4L, 5L, 6L, 7L, 8L);
        ForgottenSegments forgotten = new ForgottenSegments(
                "live", "live/", NOW.toEpochMilli() / 86_400_000, 1, 3, 3, 3 * 1880, NOW.toEpochMilli());
        assertThat(ledger.forgotten("live")).containsExactly(forgotten);
        assertThat(ledger.storedSum("live")).isEqualTo(new StoredSum(5, 5 * 1880));

        done(ledger.onForgottenExpired(forgotten, 2));
        assertThat(ledger.forgotten("live"))
                .singleElement()
                .satisfies(left -> assertThat(List.of(left.first(), left.last(), left.count(), left.bytes()))
                        .containsExactly(3L, 3L, 1L, 1880L));
        done(ledger.onForgottenExpired(forgotten, 3));
        assertThat(ledger.forgotten("live")).isEmpty();
    }

    @Test
    void segmentsThatARetentionWillDeleteAreNotForgotten() throws Exception {
        LedgerLimits limits = new LedgerLimits(10_000, 500, 5);
        cutTheRecord(limits.withForgetsStored(false));
        assertThat(ledger.segments("live", 0, 100)).hasSize(8);

        done(ledger.putRetention("live", new StreamRetention(Duration.ZERO, 0, 7)));
        cutTheRecord(limits);
        assertThat(ledger.segments("live", 0, 100)).hasSize(8);
        assertThat(ledger.forgotten("live")).isEmpty();
    }

    @Test
    void aRecordOfANewerVersionIsLeftAsItIs() throws Exception {
        done(ledger.append(sealed(1)));
        ledger.close();
        sql("PRAGMA user_version = 77");
        byte[] before = Files.readAllBytes(file);

        assertThatThrownBy(() -> Ledger.open(file, LedgerLimits.DEFAULT, () -> NOW))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("newer version")
                .hasMessageContaining("77");
        assertThat(file).hasBinaryContent(before);
    }

    private void sql(String statement) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file.toUri());
                Statement sql = connection.createStatement()) {
            sql.execute(statement);
        }
    }

    @Test
    void somethingElseInItsPlaceIsPutAside() throws Exception {
        ledger.close();
        byte[] junk = "this is no database, and longer than a header of one hundred bytes "
                .repeat(40)
                .getBytes(StandardCharsets.UTF_8);
        Files.write(file, junk);

        reopen();

        assertThat(ledger.damage()).contains("record.db.damaged-" + NOW.toEpochMilli());
        assertThat(file.resolveSibling("record.db.damaged-" + NOW.toEpochMilli()))
                .hasBinaryContent(junk);
        assertThat(ledger.streams()).isEmpty();
        done(ledger.append(sealed(1)));
        assertThat(ledger.lastCursor()).isEqualTo(NOW.toEpochMilli() * 1000 + 1);
    }

    @Test
    void fromADamagedRecordIsKeptWhatCanBeRead() throws Exception {
        ledger.putStream("live", "archive/", 1);
        ledger.setWanted("live", true, Map.of("port", "4000"));
        for (long i = 0; i < 5000; i++) {
            ledger.append(new StreamEvent.SegmentLost("live", NOW, i, "a reason that makes the table grow"));
        }
        done(ledger.append(sealed(5000)));
        ledger.close();
        try (RandomAccessFile damaged = new RandomAccessFile(file.toFile(), "rw")) {
            // In the middle of the events, which come last.
            damaged.seek(damaged.length() / 4096 * 2 / 3 * 4096);
            damaged.write(new byte[2 * 4096]);
        }

        reopen();

        assertThat(ledger.damage()).isNotNull();
        assertThat(ledger.streams())
                .containsExactly(new StreamRecord("live", "archive/", 1, true, Map.of("port", "4000")));
        List<LoggedEvent> left = ledger.events(0, 10_000);
        assertThat(left.size()).isBetween(1000, 5000);
        assertThat(left.get(0).event())
                .isEqualTo(new StreamEvent.SegmentLost("live", NOW, 0, "a reason that makes the table grow"));
        assertThat(left.get(left.size() - 1).event()).isEqualTo(sealed(5000));
        done(ledger.append(sealed(1)));
        assertThat(ledger.lastCursor())
                .as("above every cursor that anybody holds")
                .isGreaterThan(5001);
    }

    @Test
    void aRecordWithoutTheTablesOfItsVersionIsDamagedToo() throws Exception {
        ledger.close();
        sql("DROP TABLE event");

        reopen();

        assertThat(ledger.damage()).contains("event");
        done(ledger.append(sealed(1)));
    }

    @Test
    void whatCannotBeWrittenIsToldAndWrittenLater() throws Exception {
        done(ledger.append(sealed(1)));
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file.toUri());
                Statement sql = other.createStatement()) {
            sql.execute("BEGIN EXCLUSIVE");
            CompletableFuture<Void> change = ledger.append(sealed(2)).toCompletableFuture();
            assertThatThrownBy(() -> change.get(20, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(LedgerException.class)
                    .hasMessageContaining("locked");
            assertThat(ledger.fault()).contains("locked");
            ledger.append(sealed(3));
            sql.execute("COMMIT");
        }
        done(ledger.append(sealed(4)));

        assertThat(ledger.fault()).isNull();
        assertThat(events()).containsExactly(sealed(1), sealed(2), sealed(3), sealed(4));
    }

    @Test
    void pastTheLimitOfWhatMayWaitChangesAreRefusedAndCounted() throws Exception {
        ledger.close();
        ledger = Ledger.open(file, new LedgerLimits(3, 500, 5), () -> NOW);
        try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file.toUri());
                Statement sql = other.createStatement()) {
            sql.execute("BEGIN EXCLUSIVE");
            ledger.append(sealed(1));
            await().until(() -> {
                ledger.append(sealed(2));
                return ledger.refused() > 0;
            });
            sql.execute("COMMIT");
        }
        await().until(() -> ledger.lastCursor() >= 3);
        assertThat(ledger.refused()).isPositive();
    }
}
