// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import static io.medicloud.pipeline.support.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.segment.SegmentPolicy;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.retry.Backoff;
import io.medicloud.pipeline.spool.DiskLimits;
import io.medicloud.pipeline.spool.SpoolLimits;
import io.medicloud.pipeline.store.StoreException.Kind;
import io.medicloud.pipeline.store.UploadLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A stream whose store or disk is away, slow, full, or not as it was left. */
final class PipelineFailuresTest extends PipelineScene {
    @Test
    void aStoreThatIsAwayHoldsUpNothingAndWhatIsLeftGoesUpAtTheNextStart() throws Exception {
        Pipeline pipeline = sealedWhileTheStoreIsAway();

        PipelineEnd end = get(pipeline.stop("stopped", Duration.ofMillis(50)));

        assertThat(end.leftInSpool()).isEqualTo(4);
        assertThat(stored()).doesNotExist();
        assertThat(events.of(StreamEvent.UploadFailed.class))
                .first()
                .satisfies(failed -> assertThat(failed.retried()).isTrue());

        store.fail(null);
        restart();
        await().until(() -> events.of(StreamEvent.SegmentUploaded.class).size() == 4);

        assertThat(events.joined(stored())).isEqualTo(MEDIA);
        events.checkOrder();
        Pipeline again = pipelines.open(PipelineConfig.of("live", TWO_SECONDS));
        assertThat(again.firstSequence()).isEqualTo(5);
    }

    @Test
    void whatACrashLeftOpenIsTrimmedSealedAndUploaded() throws Exception {
        pipelines.close();
        Files.createDirectories(spooled());
        Files.write(spooled().resolve("segment_0008.ts.part"), Arrays.copyOf(MEDIA, 1000 * 188 + 77));
        pipelines = newPipelines(Limits.DEFAULT);

        await().until(() -> events.of(StreamEvent.SegmentUploaded.class).size() == 1);

        assertThat(stored().resolve("segment_0008.ts")).hasBinaryContent(Arrays.copyOf(MEDIA, 1000 * 188));
        assertThat(events.of(StreamEvent.SegmentSealed.class).get(0).incomplete())
                .isTrue();
        assertThat(pipelines.open(PipelineConfig.of("live", TWO_SECONDS)).firstSequence())
                .isEqualTo(9);
    }

    @Test
    void numberingGoesOnAfterTheHighestThatTheStoreHas() throws Exception {
        Files.createDirectories(stored().resolve("segment_9999.ts"));
        for (String name : List.of("segment_0003.ts", "segment_10000.ts", "segment_0007.ts", "index.m3u8")) {
            Files.write(stored().resolve(name), new byte[] {1});
        }
        Pipeline pipeline = start();
        source.connect();
        source.push(FIRST_HALF);
        get(pipeline.stop("stopped", PATIENCE));

        assertThat(pipeline.firstSequence()).isEqualTo(10_001);
        assertThat(stored().resolve("segment_10001.ts")).exists();
        assertThat(stored().resolve("segment_10000.ts")).hasBinaryContent(new byte[] {1});
    }

    @Test
    void anObjectWithOtherBytesIsKeptAndOursIsPutAside() throws Exception {
        store.fail(Kind.UNREACHABLE);
        Pipeline pipeline = start();
        Files.createDirectories(stored());
        Files.write(stored().resolve("segment_0001.ts"), new byte[] {1});
        store.fail(null);
        source.connect();
        source.push(MEDIA);

        PipelineEnd end = get(pipeline.stop("stopped", PATIENCE));

        assertThat(end.leftInSpool()).isZero();
        assertThat(stored().resolve("segment_0001.ts")).hasBinaryContent(new byte[] {1});
        assertThat(spooled().resolve("rejected/segment_0001.ts"))
                .hasSize(events.sealed().get(0).bytes());
        assertThat(events.of(StreamEvent.UploadFailed.class))
                .filteredOn(failed -> !failed.retried())
                .singleElement()
                .satisfies(failed -> assertThat(failed.sequence()).isEqualTo(1));
        assertThat(stored().resolve("segment_0002.ts")).exists();
    }

    @Test
    void aDiskThatStallsCostsAGapThatIsCountedToldAndFlagged() throws Exception {
        pipelines.close();
        SpoolLimits small = new SpoolLimits(SpoolLimits.LEAST, SpoolLimits.LEAST, 4, Duration.ofSeconds(1));
        pipelines = newPipelines(Limits.DEFAULT.withSpool(small));
        Pipeline pipeline = start();
        source.connect();
        disk.stall();
        byte[] longer = concat(concat(MEDIA, MEDIA), MEDIA);
        source.push(longer);
        assertThat(pipeline.stats().droppedBytes()).isPositive();
        assertThat(pipeline.stats().queuedBytes()).isLessThan(small.mostQueuedBytes() + (128 << 10));
        disk.goOn();
        await().until(() -> pipelines.queuedBytes() == 0);
        pushNoFasterThanTheDisk(MEDIA);
        get(pipeline.stop("stopped", PATIENCE));

        long dropped = events.of(StreamEvent.BytesDropped.class).stream()
                .mapToLong(StreamEvent.BytesDropped::bytes)
                .sum();
        byte[] joined = events.joined(stored());
        assertThat(dropped).isEqualTo(pipeline.stats().droppedBytes());
        assertThat(joined.length + dropped).isEqualTo(longer.length + MEDIA.length);
        assertThat(events.of(StreamEvent.BytesDropped.class).get(0).reason()).contains("spool.queue");
        // Once each time that it begins.
        assertThat(events.of(StreamEvent.LimitReached.class))
                .isNotEmpty()
                .hasSizeLessThanOrEqualTo(
                        events.of(StreamEvent.BytesDropped.class).size())
                .allSatisfy(reached -> assertThat(reached.limit()).startsWith("spool.queue"));
        int kept = joined.length - MEDIA.length;
        assertThat(Arrays.copyOf(joined, kept)).isEqualTo(Arrays.copyOf(longer, kept));
        assertThat(Arrays.copyOfRange(joined, kept, joined.length)).isEqualTo(MEDIA);
        List<StreamEvent.SegmentSealed> sealed = events.of(StreamEvent.SegmentSealed.class);
        int cut = indexOfIncomplete(sealed);
        assertThat(sealed.get(cut + 1).facts().discontinuity()).isTrue();
        events.checkOrder();
    }

    private void pushNoFasterThanTheDisk(byte[] data) {
        int step = 500 * 188;
        for (int at = 0; at < data.length; at += step) {
            source.push(Arrays.copyOfRange(data, at, Math.min(data.length, at + step)));
            await().until(() -> pipelines.queuedBytes() == 0);
        }
    }

    private static int indexOfIncomplete(List<StreamEvent.SegmentSealed> sealed) {
        assertThat(sealed.stream().filter(StreamEvent.SegmentSealed::incomplete))
                .hasSize(1);
        for (int i = 0; i < sealed.size(); i++) {
            if (sealed.get(i).incomplete()) {
                return i;
            }
        }
        throw new AssertionError();
    }

    @Test
    void aDiskThatIsFullIsTriedAgainAndNothingIsUnaccountedFor() throws Exception {
        disk.fillAfter(FIRST_HALF.length + 12_345);
        Pipeline pipeline = start();
        source.connect();
        source.push(MEDIA);
        await().until(() -> {
            source.push(SECOND_HALF);
            return pipeline.stats().droppedBytes() > 0;
        });
        disk.fillAfter(Long.MAX_VALUE);
        source.advance(2 * Overflow.STEP_US);
        source.push(MEDIA);
        get(pipeline.stop("stopped", PATIENCE));

        byte[] joined = events.joined(stored());
        assertThat(Arrays.copyOfRange(joined, joined.length - MEDIA.length, joined.length))
                .isEqualTo(MEDIA);
        assertThat(Arrays.copyOf(joined, FIRST_HALF.length)).isEqualTo(FIRST_HALF);
        assertThat(events.of(StreamEvent.BytesDropped.class))
                .anySatisfy(dropped -> assertThat(dropped.reason()).contains("No space left on device"));
        assertThat(events.of(StreamEvent.SegmentSealed.class)).anyMatch(StreamEvent.SegmentSealed::incomplete);
    }

    @Test
    void whatIsAboveTheBitRateIsDroppedCountedAndTold() throws Exception {
        SourceLimits limits = new SourceLimits(Duration.ZERO, Duration.ZERO, Duration.ZERO, 800_000);
        Pipeline pipeline = start(PipelineConfig.of("live", TWO_SECONDS).withLimits(limits));
        source.connect();
        source.push(MEDIA);
        get(pipeline.stop("stopped", PATIENCE));

        long dropped = pipeline.stats().droppedBytes();
        assertThat(events.joined(stored()).length + dropped).isEqualTo(MEDIA.length);
        assertThat(dropped).isPositive();
        assertThat(events.of(StreamEvent.LimitReached.class))
                .extracting(StreamEvent.LimitReached::limit)
                .contains("stream.maxBitrate");
        assertThat(events.of(StreamEvent.BytesDropped.class).stream()
                        .mapToLong(StreamEvent.BytesDropped::bytes)
                        .sum())
                .isEqualTo(dropped);
    }

    @Test
    void whileTheSpoolIsFullThatIsSaidAndNothingIsDeleted() throws Exception {
        pipelines.close();
        pipelines = newPipelines(Limits.DEFAULT.withDisk(new DiskLimits(FIRST_HALF.length, 0, false)));
        store.fail(Kind.UNREACHABLE);
        Pipeline pipeline = start();
        source.connect();
        source.push(MEDIA);
        source.disconnect();
        await().until(() -> pipelines.spoolFull() != null);

        assertThat(pipelines.spoolFull()).startsWith("spool.maxBytes: ");
        await().untilAsserted(() -> assertThat(events.of(StreamEvent.LimitReached.class))
                .singleElement()
                .satisfies(reached -> assertThat(reached.limit()).isEqualTo("spool.maxBytes")));
        store.fail(null);
        get(pipeline.stop("stopped", PATIENCE));

        assertThat(events.joined(stored())).isEqualTo(MEDIA);
        await().until(() -> pipelines.spoolFull() == null);
        await().untilAsserted(() -> assertThat(events.of(StreamEvent.LimitCleared.class))
                .singleElement()
                .satisfies(cleared -> assertThat(cleared.limit()).isEqualTo("spool.maxBytes")));
    }

    @Test
    void whileTooMuchWaitsForTheStoreThatIsSaid() throws Exception {
        pipelines.close();
        pipelines = newPipelines(Limits.DEFAULT.withBacklog(new BacklogLimits(3, 0)));
        store.fail(Kind.UNREACHABLE);
        Pipeline pipeline = start();
        source.connect();
        source.push(MEDIA);
        source.disconnect();
        await().until(() -> pipelines.backlogFull() != null);

        assertThat(pipelines.backlogFull()).startsWith("upload.maxSegments: 4 segments wait");
        await().untilAsserted(() -> assertThat(events.of(StreamEvent.LimitReached.class))
                .singleElement()
                .satisfies(reached -> assertThat(reached.limit()).isEqualTo("upload.maxSegments")));
        store.fail(null);
        get(pipeline.stop("stopped", PATIENCE));
        await().until(() -> pipelines.backlogFull() == null);
        await().untilAsserted(() -> assertThat(events.of(StreamEvent.LimitCleared.class))
                .singleElement()
                .satisfies(cleared -> assertThat(cleared.limit()).isEqualTo("upload.maxSegments")));
        assertThat(events.joined(stored())).isEqualTo(MEDIA);
    }

    @Test
    void theOldestSegmentsMakeRoomIfThatIsThePolicyAndAreTold() throws Exception {
        pipelines.close();
        pipelines = newPipelines(Limits.DEFAULT.withDisk(new DiskLimits(FIRST_HALF.length, 0, true)));
        store.fail(Kind.UNREACHABLE);
        Pipeline pipeline = start();
        source.connect();
        source.push(MEDIA);
        source.disconnect();
        await().until(() -> events.of(StreamEvent.SegmentLost.class).size() >= 2 && pipelines.spoolFull() == null);
        store.fail(null);
        get(pipeline.stop("stopped", PATIENCE));

        List<Long> lost = events.of(StreamEvent.SegmentLost.class).stream()
                .map(StreamEvent.SegmentLost::sequence)
                .toList();
        assertThat(lost).startsWith(1L, 2L);
        assertThat(events.of(StreamEvent.SegmentLost.class))
                .allSatisfy(segment -> assertThat(segment.reason()).contains("spool.whenFull=dropOldest"));
        assertThat(events.of(StreamEvent.SegmentUploaded.class)).hasSize(4 - lost.size());
        assertThat(stored().resolve("segment_0004.ts")).exists();
        assertThat(spooled().resolve("rejected")).doesNotExist();
    }

    @Test
    void moreSegmentsThanMayWaitInMemoryWaitOnDisk() throws Exception {
        pipelines.close();
        Limits limits = Limits.DEFAULT;
        pipelines = newPipelines(limits.withUploads(new UploadLimits(
                2, 3, limits.uploads().backoff(), Duration.ofSeconds(5), Duration.ofMillis(50), Duration.ZERO)));
        store.fail(Kind.UNREACHABLE);
        Pipeline pipeline = start(PipelineConfig.of("live", SegmentPolicy.ofTarget(Duration.ofMillis(500))));
        source.connect();
        source.push(MEDIA);
        source.disconnect();
        source.connect();
        source.push(MEDIA);
        source.disconnect();
        await().untilAsserted(
                        () -> assertThat(pipeline.stats().segmentsSealed()).isGreaterThanOrEqualTo(16));
        assertThat(pipeline.stats().pendingUploads()).isEqualTo(3);

        store.fail(null);
        get(pipeline.stop("stopped", PATIENCE));

        assertThat(events.joined(stored())).isEqualTo(concat(MEDIA, MEDIA));
        events.checkOrder();
    }

    /** One at a time waits in memory; files are given up after a moment. */
    private Pipelines impatient(int mostQueued) throws Exception {
        pipelines.close();
        Backoff short50 = new Backoff(Duration.ofMillis(10), Duration.ofMillis(50));
        return newPipelines(Limits.DEFAULT.withUploads(new UploadLimits(
                2, mostQueued, short50, Duration.ofMillis(50), Duration.ofMillis(50), Duration.ofMillis(200))));
    }

    private Pipeline sealedWhileTheStoreIsAway() throws Exception {
        store.fail(Kind.UNREACHABLE);
        Pipeline pipeline = start();
        source.connect();
        source.push(MEDIA);
        source.disconnect();
        await().until(() -> pipeline.stats().segmentsSealed() == 4);
        return pipeline;
    }

    @Test
    void aDiskThatIsAwayForLongCostsNoSegment() throws Exception {
        pipelines = impatient(100);
        Pipeline pipeline = sealedWhileTheStoreIsAway();
        Path lock = folder.resolve("spool/.lock");
        Files.move(spooled(), folder.resolve("away"));
        Files.move(lock, folder.resolve("lock"));
        store.fail(null);
        int before = store.attempts().size();
        await().until(() ->
                store.attempts().size() > before + 20); // 50 ms apart, five times as long as a file is waited for
        Files.move(folder.resolve("away"), spooled());
        Files.move(folder.resolve("lock"), lock);
        get(pipeline.stop("stopped", PATIENCE));

        assertThat(events.joined(stored())).isEqualTo(MEDIA);
        assertThat(events.of(StreamEvent.UploadFailed.class)).allMatch(StreamEvent.UploadFailed::retried);
        events.checkOrder();
    }

    @Test
    void aFileThatSomebodyDeletedIsToldLostAndIsUploadedIfALaterStartFindsIt() throws Exception {
        pipelines = impatient(100);
        Pipeline pipeline = sealedWhileTheStoreIsAway();
        Path second = spooled().resolve("segment_0002.ts");
        byte[] bytes = Files.readAllBytes(second);
        Files.delete(second);
        store.fail(null);
        get(pipeline.stop("stopped", PATIENCE));

        assertThat(events.of(StreamEvent.SegmentLost.class))
                .singleElement()
                .satisfies(lost -> assertThat(lost.sequence()).isEqualTo(2));
        assertThat(events.of(StreamEvent.SegmentUploaded.class))
                .extracting(StreamEvent.SegmentUploaded::sequence)
                .containsExactly(1L, 3L, 4L);

        pipelines.close();
        Files.createDirectories(spooled());
        Files.write(second, bytes);
        pipelines = newPipelines(Limits.DEFAULT);
        await().until(() -> events.of(StreamEvent.SegmentUploaded.class).size() == 4);
        await().untilAsserted(() -> assertThat(Files.readString(stored().resolve("segments.jsonl")))
                .contains("\"sequence\": 2,")
                .doesNotContain("\"incomplete\": true"));
    }

    @Test
    void aSegmentIsNotUploadedBeforeItIsToldToBeSealed() throws Exception {
        pipelines = impatient(1);
        Pipeline pipeline = sealedWhileTheStoreIsAway();
        Files.copy(spooled().resolve("segment_0004.ts"), spooled().resolve("segment_0009.ts"));
        store.fail(null);
        get(pipeline.stop("stopped", PATIENCE));

        assertThat(events.joined(stored())).isEqualTo(MEDIA);
        assertThat(stored().resolve("segment_0009.ts")).doesNotExist();

        restart();
        await().until(() -> events.of(StreamEvent.SegmentUploaded.class).size() == 5);
        assertThat(stored().resolve("segment_0009.ts")).exists();
    }

    @Test
    void ofAStreamThatIsOverNoEmptyFolderIsKeptAndItsNumbersGoOn() throws Exception {
        Pipeline pipeline = start();
        source.connect();
        source.push(MEDIA);
        get(pipeline.stop("stopped", PATIENCE));
        restart();

        assertThat(spooled()).doesNotExist();
        assertThat(start().firstSequence()).isEqualTo(5);
    }
}
