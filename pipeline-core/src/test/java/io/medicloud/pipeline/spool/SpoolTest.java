// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.spool;

import static io.medicloud.pipeline.support.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.testdata.LeakGuard;
import io.medicloud.testdata.ScriptedDisk;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SpoolTest {
    private static final int PACKET = 188;
    private static final int PIECE = 7 * PACKET;
    private static final SpoolLimits SMALL =
            new SpoolLimits(SpoolLimits.LEAST, SpoolLimits.LEAST, 2, Duration.ofMillis(20));

    @TempDir
    Path root;

    private final ScriptedDisk disk = new ScriptedDisk();
    private final LeakGuard buffers = new LeakGuard();
    private final Random random = new Random(4);
    private final RecordedSpool recorder = new RecordedSpool();
    private final ByteBuf expected = Unpooled.buffer();
    private Spool spool;
    private StreamFolder folder;
    private SpoolStream stream;

    @BeforeEach
    void open() throws Exception {
        spool = SpoolAccess.open(root, SMALL, disk);
        folder = spool.folder("live", "live/");
        stream = spool.stream(folder, recorder);
    }

    @AfterEach
    void close() throws Exception {
        disk.goOn();
        spool.close();
        buffers.close();
    }

    private void give(int pieces) {
        for (int i = 0; i < pieces; i++) {
            byte[] bytes = new byte[PIECE];
            random.nextBytes(bytes);
            expected.writeBytes(bytes);
            stream.takePackets(buffers.allocator().directBuffer(PIECE).writeBytes(bytes));
        }
    }

    private static SegmentFacts facts(long sequence, long bytes) {
        return new SegmentFacts(sequence, bytes, bytes / PACKET, 2, 40, 133_500, 540_000, true, false, 0);
    }

    private void end(long sequence, long pieces) {
        stream.onSegmentEnd(facts(sequence, pieces * PIECE));
    }

    private byte[] takeExpected() {
        byte[] bytes = new byte[expected.readableBytes()];
        expected.readBytes(bytes);
        return bytes;
    }

    private void awaitTold(String last) {
        await().until(() -> recorder.told.contains(last));
    }

    @Test
    void aSegmentGrowsInAPartFileAndIsSealedUnderItsName() throws Exception {
        Path part = folder.path().resolve("segment_0001.ts.part");
        Path name = folder.path().resolve("segment_0001.ts");
        stream.onSegmentStart(1);
        give(10);
        stream.flush();
        await().until(() -> Files.exists(part) && Files.size(part) == 10L * PIECE);
        assertThat(name).doesNotExist();

        give(5);
        end(1, 15);
        stream.flush();
        awaitTold("sealed 1");

        assertThat(part).doesNotExist();
        assertThat(name).hasBinaryContent(takeExpected());
        assertThat(recorder.sealed)
                .containsExactly(new SealedSegment("live", facts(1, 15L * PIECE), name, "live/segment_0001.ts", false));
        assertThat(folder.highestSequence()).isEqualTo(1);
        assertThat(stream.queuedBytes()).isZero();
        assertThat(spool.queuedBytes()).isZero();
    }

    static List<Throwable> failuresOfTheProgram() {
        return List.of(new IllegalStateException("broken by the test"), new AssertionError("broken by the test"));
    }

    @ParameterizedTest
    @MethodSource("failuresOfTheProgram")
    void listenersThatFailKeepNoSegmentFromBeingSealed(Throwable failure) throws Exception {
        SpoolStream other = spool.stream(spool.folder("other", "other/"), recorder.failing(failure));
        for (int sequence = 1; sequence <= 3; sequence++) {
            other.onSegmentStart(sequence);
            other.takePackets(buffers.allocator().directBuffer(PIECE).writeZero(PIECE));
            other.onSegmentEnd(facts(sequence, PIECE));
            other.flush();
        }
        other.finish();
        awaitTold("drained");
        assertThat(recorder.told).containsExactly("sealed 1", "sealed 2", "sealed 3", "drained");
        assertThat(recorder.opened).containsExactly(1L, 2L, 3L);
        assertThat(spool.queuedBytes()).isZero();
    }

    @ParameterizedTest
    @MethodSource("failuresOfTheProgram")
    void anErrorOfTheProgramCostsTheSegmentWhereItHappensAlone(Throwable failure) throws Exception {
        spool.close();
        AtomicBoolean isBroken = new AtomicBoolean(true);
        spool = Spool.open(root, SMALL, part -> {
            if (isBroken.compareAndSet(true, false)) {
                throw sneaky(failure);
            }
            return disk.open(part);
        });
        stream = spool.stream(spool.folder("live", "live/"), recorder);
        stream.onSegmentStart(1);
        give(2);
        end(1, 2);
        stream.onSegmentStart(2);
        give(3);
        end(2, 3);
        stream.finish();
        awaitTold("drained");

        assertThat(recorder.told)
                .hasSize(4)
                .element(0)
                .asString()
                .startsWith("dropped " + (2 * PIECE - 2 * PACKET) + ": cannot write")
                .contains("internal error", "broken by the test");
        assertThat(recorder.told.get(1)).startsWith("lost 1: cannot write");
        assertThat(recorder.told.subList(2, 4)).containsExactly("sealed 2", "drained");
        assertThat(stream.queuedBytes()).isZero();
        assertThat(spool.queuedBytes()).isZero();
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> RuntimeException sneaky(Throwable failure) throws T {
        throw (T) failure;
    }

    @Test
    void aSegmentWhoseDiskIsAwayWhenItEndsIsSealedWhenItIsBack(@TempDir Path elsewhere) throws Exception {
        Path away = elsewhere.resolve("away");
        stream.onSegmentStart(1);
        give(2);
        stream.flush();
        await().until(() -> stream.queuedBytes() == 0);
        Files.move(folder.path(), away);
        end(1, 2);
        stream.finish();
        await().until(() -> spool.check() != null);
        assertThat(spool.check()).contains("cannot seal").contains("segment_0001.ts.part");
        assertThat(recorder.told).isEmpty();

        Files.move(away, folder.path());
        awaitTold("drained");
        assertThat(recorder.told).containsExactly("sealed 1", "drained");
        assertThat(folder.path().resolve("segment_0001.ts")).hasBinaryContent(takeExpected());
        assertThat(spool.check()).isNull();
    }

    @Test
    void oneBatchMayEndSegmentsAndBeginOthersAndIsHandedOverOnce() throws Exception {
        stream.onSegmentStart(1);
        give(2);
        end(1, 2);
        stream.onSegmentStart(2);
        give(3);
        end(2, 3);
        stream.onSegmentStart(3);
        give(1);
        stream.flush();
        end(3, 1);
        stream.finish();
        awaitTold("drained");

        assertThat(stream.handOffs()).isEqualTo(2);
        assertThat(recorder.opened).containsExactly(1L, 2L, 3L);
        assertThat(recorder.told).containsExactly("sealed 1", "sealed 2", "sealed 3", "drained");
        byte[] joined = new byte[0];
        for (SealedSegment segment : recorder.sealed) {
            byte[] bytes = Files.readAllBytes(segment.file());
            assertThat(bytes).hasSize((int) segment.bytes());
            joined = concat(joined, bytes);
        }
        assertThat(joined).isEqualTo(takeExpected());
    }

    private static byte[] concat(byte[] a, byte[] b) {
        return Unpooled.wrappedBuffer(a, b).copy().array();
    }

    @Test
    void aStalledDiskFillsTheQueueToItsLimitAndNothingHandedOverIsLost() throws Exception {
        disk.stall();
        stream.onSegmentStart(1);
        int pieces = 0;
        while (!stream.isFull()) {
            give(1);
            stream.flush();
            pieces++;
        }
        assertThat(stream.queuedBytes()).isBetween(SMALL.mostQueuedBytes(), SMALL.mostQueuedBytes() + PIECE);
        assertThat(stream.hasRoom()).isFalse();
        assertThat(buffers.live()).isEqualTo(pieces);

        disk.goOn();
        stream.awaitRoom();
        assertThat(stream.hasRoom()).isTrue();
        end(1, pieces);
        stream.flush();
        awaitTold("sealed 1");

        assertThat(folder.path().resolve("segment_0001.ts")).hasBinaryContent(takeExpected());
        assertThat(buffers.live()).as("given back once written").isZero();
    }

    @Test
    void aSourceThatWaitsForRoomGoesOnWhenThereIsSome() throws Exception {
        disk.stall();
        stream.onSegmentStart(1);
        while (!stream.isFull()) {
            give(1);
            stream.flush();
        }
        CompletableFuture<Void> waiter = CompletableFuture.runAsync(() -> {
            try {
                stream.awaitRoom();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(waiter).isNotDone();
        disk.goOn();
        waiter.get(20, TimeUnit.SECONDS);
        end(1, expected.readableBytes() / PIECE);
        stream.flush();
        awaitTold("sealed 1");
    }

    @Test
    void aFullDiskLeavesWholePacketsSealedAsIncompleteAndCountsTheRest() throws Exception {
        long room = 10L * PACKET + 100;
        disk.fillAfter(room);
        stream.onSegmentStart(1);
        give(5);
        stream.flush();
        await().until(() -> stream.fault() != null);
        assertThat(stream.isFull()).isTrue();
        assertThat(spool.check()).isEqualTo(stream.fault());
        assertThat(stream.fault()).contains("No space left on device").contains("segment_0001.ts.part");
        give(2);
        end(1, 7);
        stream.flush();
        awaitTold("sealed 1 incomplete");

        assertThat(recorder.told)
                .containsExactly(
                        "dropped " + (7L * PIECE - 10L * PACKET) + ": " + stream.fault(), "sealed 1 incomplete");
        byte[] there = Files.readAllBytes(folder.path().resolve("segment_0001.ts"));
        assertThat(there).hasSize(10 * PACKET).isEqualTo(Arrays.copyOf(takeExpected(), 10 * PACKET));
        assertThat(recorder.sealed.get(0).facts().packets()).isEqualTo(10);

        disk.fillAfter(Long.MAX_VALUE);
        stream.clearFault();
        stream.onSegmentStart(2);
        give(1);
        end(2, 1);
        stream.flush();
        awaitTold("sealed 2");
        assertThat(spool.check()).isNull();
        assertThat(folder.path().resolve("segment_0002.ts")).hasBinaryContent(takeExpected());
    }

    @Test
    void everyReceivedByteIsSealedOrCountedWhereverTheDiskFillsUp() {
        long sequence = 0;
        long received = 0;
        for (int round = 0; round < 60; round++) {
            disk.fillAfter(random.nextInt(5 * PIECE));
            stream.clearFault();
            stream.onSegmentStart(++sequence);
            int pieces = 1 + random.nextInt(4);
            for (int i = 0; i < pieces; i++) {
                give(1);
                if (random.nextBoolean()) {
                    stream.flush();
                }
            }
            end(sequence, pieces);
            stream.flush();
            received += (long) pieces * PIECE - 2 * PACKET;
        }
        stream.finish();
        awaitTold("drained");

        long sealed = recorder.sealed.stream()
                .mapToLong(segment -> segment.bytes() - (long) segment.facts().injectedPackets() * PACKET)
                .sum();
        long dropped = recorder.told.stream()
                .filter(told -> told.startsWith("dropped "))
                .mapToLong(told -> Long.parseLong(told.substring("dropped ".length(), told.indexOf(':'))))
                .sum();
        assertThat(dropped).isPositive();
        assertThat(sealed + dropped).isEqualTo(received);
    }

    @Test
    void whatCannotBeSealedIsTriedAgainAndKeepsItsPlace() throws Exception {
        Path inTheWay = Files.createDirectories(folder.path().resolve("segment_0001.ts.facts/in-the-way"));
        for (int sequence = 1; sequence <= 2; sequence++) {
            stream.onSegmentStart(sequence);
            give(2);
            end(sequence, 2);
        }
        stream.finish();
        await().until(() -> spool.check() != null);
        assertThat(spool.check()).contains("cannot seal").contains("segment_0001.ts.part");
        assertThat(recorder.told).isEmpty();

        Files.delete(inTheWay);
        Files.delete(inTheWay.getParent());
        awaitTold("drained");
        assertThat(recorder.told).containsExactly("sealed 1", "sealed 2", "drained");
        assertThat(spool.check()).isNull();
        byte[] all = takeExpected();
        assertThat(folder.path().resolve("segment_0001.ts")).hasBinaryContent(Arrays.copyOf(all, 2 * PIECE));
        assertThat(folder.path().resolve("segment_0002.ts"))
                .hasBinaryContent(Arrays.copyOfRange(all, 2 * PIECE, 4 * PIECE));
    }

    @Test
    void whatCannotBeSealedBeforeTheEndIsFoundAtTheNextStart() throws Exception {
        Path inTheWay = Files.createDirectories(folder.path().resolve("segment_0001.ts.facts/in-the-way"));
        stream.onSegmentStart(1);
        give(2);
        end(1, 2);
        stream.flush();
        await().until(() -> spool.check() != null);
        spool.close();
        Files.delete(inTheWay);
        Files.delete(inTheWay.getParent());

        try (Spool next = Spool.open(root, SMALL)) {
            assertThat(next.folder("live", "live/").recoverParts())
                    .singleElement()
                    .satisfies(segment -> assertThat(segment.file()).hasBinaryContent(takeExpected()));
        }
    }

    @Test
    void aSegmentThatCannotBeginIsToldAsLost() {
        disk.refuse(true);
        stream.onSegmentStart(1);
        give(2);
        end(1, 2);
        stream.finish();
        awaitTold("drained");

        assertThat(recorder.told)
                .hasSize(3)
                .element(0)
                .asString()
                .startsWith("dropped " + (2 * PIECE - 2 * PACKET) + ": cannot write")
                .endsWith("Read-only file system");
        assertThat(recorder.told.get(1)).startsWith("lost 1: cannot write");
    }

    @Test
    void anExistingFileIsNeverWrittenOver() throws Exception {
        Path part = Files.write(folder.path().resolve("segment_0001.ts.part"), new byte[] {1, 2, 3});
        stream.onSegmentStart(1);
        give(1);
        end(1, 1);
        stream.finish();
        awaitTold("drained");

        assertThat(recorder.told.get(1)).startsWith("lost 1").endsWith("exists already");
        assertThat(part).hasBinaryContent(new byte[] {1, 2, 3});
    }

    @Test
    void onlyOneProcessCanHaveASpoolOpen() {
        assertThatThrownBy(() -> Spool.open(root, SpoolLimits.DEFAULT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("in use by another process");
    }

    @Test
    void aSpoolThatClosesUnderAStreamKeepsWhatCameForTheNextStart() throws Exception {
        stream.onSegmentStart(7);
        give(3);
        stream.flush();
        spool.close();
        stream.takePackets(buffers.allocator().directBuffer(PIECE).writeZero(PIECE));
        stream.flush();

        try (Spool next = Spool.open(root, SMALL)) {
            assertThat(next.streamIds()).containsExactly("live");
            StreamFolder again = next.folder("live", "live/");
            List<SealedSegment> recovered = again.recoverParts();
            assertThat(recovered).hasSize(1).isEqualTo(again.sealed());
            assertThat(recovered.get(0).file()).hasBinaryContent(takeExpected());
            assertThat(recovered.get(0).incomplete()).isTrue();
            assertThat(recovered.get(0).facts().startPts()).isEqualTo(Pts.NONE);
            assertThat(again.highestSequence()).isEqualTo(7);
        }
    }

    @Test
    void aStreamIdCannotLeaveTheSpool() {
        for (String id : List.of("..", "a/b", ".", "", ".hidden", "../../x")) {
            assertThatThrownBy(() -> spool.folder(id, "live/")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aPowerCutCostsOfAnOpenSegmentOnlyWhatCameSinceItWasLastForcedToDisk() throws Exception {
        stream.onSegmentStart(1);
        give(10);
        stream.flush();
        await().until(() -> disk.forcedBytes() == 10L * PIECE);
        give(7);
        stream.flush();
        await().until(() -> disk.forcedBytes() == 17L * PIECE);
        spool.close();
        disk.cutPower();

        try (Spool next = Spool.open(root, SMALL)) {
            assertThat(next.folder("live", "live/").recoverParts())
                    .singleElement()
                    .satisfies(segment -> assertThat(segment.file()).hasBinaryContent(takeExpected()));
        }
    }

    @Test
    void withoutAnIntervalAnOpenSegmentIsForcedWhenItIsSealed() throws Exception {
        spool.close();
        Duration never = Duration.ZERO;
        spool = SpoolAccess.open(root, new SpoolLimits(SpoolLimits.LEAST, SpoolLimits.LEAST, 2, never), disk);
        stream = spool.stream(spool.folder("live", "live/"), recorder);
        stream.onSegmentStart(1);
        give(10);
        stream.flush();
        await().until(() -> stream.queuedBytes() == 0);
        assertThat(disk.forcedBytes()).isZero();
        end(1, 10);
        stream.flush();
        awaitTold("sealed 1");
        assertThat(disk.forcedBytes()).isEqualTo(10L * PIECE);
    }

    @Test
    void aFolderThatCannotBeUsedIsToldWithItsName() throws Exception {
        Path file = Files.createFile(root.resolve("file"));
        for (Path path : List.of(file, file.resolve("below"))) {
            assertThatThrownBy(() -> Spool.open(path, SMALL))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(path.toString())
                    .hasMessageContaining("cannot be used");
        }
    }

    @Test
    void theSpoolMayLieBehindALink(@TempDir Path elsewhere) throws Exception {
        Path disk = Files.createDirectory(elsewhere.resolve("disk"));
        Path link = Files.createSymbolicLink(elsewhere.resolve("spool"), disk);

        try (Spool behind = Spool.open(link, SMALL)) {
            behind.folder("live", "live/");
        }
        assertThat(disk.resolve("live")).isDirectory();
    }

    @Test
    void aLinkInTheSpoolIsNoStream(@TempDir Path elsewhere) throws Exception {
        Files.createSymbolicLink(root.resolve("linked"), elsewhere);

        assertThat(spool.streamIds()).containsExactly("live");
        assertThatThrownBy(() -> spool.folder("linked", "linked/"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("symbolic link");
    }
}
