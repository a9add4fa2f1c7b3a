// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import static io.medicloud.pipeline.support.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.mpegts.segment.SegmentPolicy;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.spool.Spool;
import io.medicloud.pipeline.spool.SpoolAccess;
import io.medicloud.pipeline.spool.SpoolLimits;
import io.medicloud.pipeline.store.StoreException.Kind;
import io.medicloud.pipeline.store.UploadLimits;
import io.medicloud.pipeline.support.Media;
import io.medicloud.pipeline.support.PushSource;
import io.medicloud.pipeline.support.Recorded;
import io.medicloud.pipeline.support.ScriptedDisk;
import io.medicloud.pipeline.support.ScriptedStore;
import io.medicloud.testdata.LeakGuard;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One live stream, with its connections, stops and failures, into a store that does as the test says. */
class PipelineTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final SegmentPolicy TWO_SECONDS = SegmentPolicy.ofTarget(Duration.ofSeconds(2));
    private static final byte[] MEDIA = Media.eightSeconds();
    private static final byte[] FIRST_HALF = Arrays.copyOf(MEDIA, MEDIA.length / 2 / 188 * 188);
    private static final byte[] SECOND_HALF = Arrays.copyOfRange(MEDIA, FIRST_HALF.length, MEDIA.length);

    @TempDir
    Path folder;

    private final Recorded events = new Recorded();
    private final LeakGuard buffers = new LeakGuard();
    private final PushSource source = new PushSource(buffers.allocator());
    private final ScriptedDisk disk = new ScriptedDisk();
    private ScriptedStore store;
    private Pipelines pipelines;

    @BeforeEach
    void open() throws Exception {
        store = new ScriptedStore(folder.resolve("store"));
        pipelines = newPipelines(Limits.DEFAULT);
    }

    private Pipelines newPipelines(Limits limits) throws Exception {
        Spool spool = SpoolAccess.open(folder.resolve("spool"), limits.spool(), disk);
        return new Pipelines(spool, store, limits, events, () -> Instant.EPOCH);
    }

    private void restart() throws Exception {
        pipelines.close(Duration.ZERO);
        pipelines = newPipelines(Limits.DEFAULT);
    }

    @AfterEach
    void close() throws Exception {
        disk.goOn();
        store.release();
        source.close();
        pipelines.close(Duration.ZERO);
        await().untilAsserted(() -> assertThat(buffers.live()).isZero());
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("spool-writer", "spool-sealer");
    }

    private Pipeline start() throws Exception {
        return start(PipelineConfig.of("live", TWO_SECONDS));
    }

    private Pipeline start(PipelineConfig config) throws Exception {
        Pipeline pipeline = pipelines.open(config);
        pipeline.start(source);
        return pipeline;
    }

    private static PipelineEnd get(CompletionStage<PipelineEnd> end) throws Exception {
        return end.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private Path stored() {
        return folder.resolve("store/live");
    }

    private Path spooled() {
        return folder.resolve("spool/live");
    }

    @Test
    void whatIsReceivedStandsInTheStoreByteForByte() throws Exception {
        Pipeline pipeline = start();
        assertThat(pipeline.state()).isEqualTo(PipelineState.WAITING);
        source.connect();
        assertThat(pipeline.state()).isEqualTo(PipelineState.CONNECTED);
        assertThat(pipeline.isStreaming()).isFalse();
        source.push(MEDIA);
        assertThat(pipeline.state()).isEqualTo(PipelineState.STREAMING);
        assertThat(pipeline.isStreaming()).isTrue();

        PipelineEnd end = get(pipeline.stop("stopped by the test", PATIENCE));

        assertThat(events.joined(stored())).isEqualTo(MEDIA);
        events.checkOrder();
        assertThat(events.sealed())
                .hasSize(4)
                .allSatisfy(facts -> assertThat(facts.independent()).isTrue())
                .allSatisfy(facts -> assertThat(facts.discontinuity()).isFalse());
        assertThat(events.names())
                .startsWith("Started", "Connected", "MediaFlowing", "SegmentSealed")
                .endsWith("SegmentUploaded", "Ended");
        assertThat(end).isEqualTo(new PipelineEnd("stopped by the test", false, 4, 0, 0));
        assertThat(pipeline.state()).isEqualTo(PipelineState.ENDED);
        assertThat(pipeline.isStreaming()).isFalse();
        PipelineStats stats = pipeline.stats();
        assertThat(stats.receivedBytes()).isEqualTo(MEDIA.length);
        assertThat(stats.segmentsUploaded()).isEqualTo(4);
        assertThat(stats.peer()).isEqualTo("test:1");
        assertThat(pipelines.open()).isEmpty();
        assertThat(spooled().toFile().list()).as("deleted once uploaded").containsExactly("next-5");
    }

    @Test
    void eachBatchIsHandedOverOnceAndNoPayloadByteIsCopied() throws Exception {
        Pipeline pipeline = start();
        source.connect();
        source.push(MEDIA);
        long handOffs = pipeline.stats().handOffs();
        get(pipeline.stop("stopped", PATIENCE));

        // A batch in which everything is held back until its key frame is known gives nothing to hand over.
        assertThat(handOffs).isLessThanOrEqualTo(source.batches()).isGreaterThan(source.batches() * 8L / 10);
        assertThat(buffers.allocatedBytes()).as("what the source received into").isEqualTo(MEDIA.length);
    }

    @Test
    void aBrokenConnectionSealsTheSegmentAtOnceAndTheNextGoesOnWithADiscontinuity() throws Exception {
        Pipeline pipeline = start();
        source.connect();
        source.push(FIRST_HALF);
        source.disconnect();
        assertThat(pipeline.state()).isEqualTo(PipelineState.RECONNECTING);
        assertThat(pipeline.isStreaming()).isTrue();
        await().until(() ->
                events.sealed().stream().mapToLong(SegmentFacts::bytes).sum() >= FIRST_HALF.length);
        int before = events.sealed().size();

        source.connect();
        assertThat(pipeline.state()).isEqualTo(PipelineState.CONNECTED);
        source.push(SECOND_HALF);
        get(pipeline.stop("stopped", PATIENCE));

        assertThat(events.joined(stored())).isEqualTo(MEDIA);
        events.checkOrder();
        assertThat(events.sealed().get(before).discontinuity()).isTrue();
        assertThat(events.sealed().stream().filter(SegmentFacts::discontinuity)).hasSize(1);
        assertThat(events.names())
                .containsSubsequence("Connected", "MediaFlowing", "Disconnected", "Connected", "MediaFlowing", "Ended");
        assertThat(pipeline.stats().connections()).isEqualTo(2);
    }

    @Test
    void aStoreThatIsAwayHoldsUpNothingAndWhatIsLeftGoesUpAtTheNextStart() throws Exception {
        store.fail(Kind.UNREACHABLE);
        Pipeline pipeline = start();
        source.connect();
        source.push(MEDIA);
        source.disconnect();
        await().until(() -> pipeline.stats().segmentsSealed() == 4);

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
        SpoolLimits small = new SpoolLimits(SpoolLimits.LEAST, SpoolLimits.LEAST, 4);
        pipelines = newPipelines(
                new Limits(small, Limits.DEFAULT.uploads(), Limits.DEFAULT.lookup(), Limits.DEFAULT.drain()));
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
        assertThat(events.of(StreamEvent.BytesDropped.class).get(0).reason()).contains("mostQueuedBytes");
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

    private static byte[] concat(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
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
    void aSourceThatStaysAwayEndsTheStream() throws Exception {
        Pipeline pipeline = start(PipelineConfig.of("live", TWO_SECONDS).withReconnectWindow(Duration.ofMillis(100)));
        source.connect();
        source.push(FIRST_HALF);
        source.disconnect();

        PipelineEnd end = get(pipeline.ended());

        assertThat(end.reason()).contains("away for longer than");
        assertThat(end.failed()).isFalse();
        assertThat(events.joined(stored())).isEqualTo(FIRST_HALF);
    }

    @Test
    void aSourceThatComesBackInTimeGoesOn() throws Exception {
        Pipeline pipeline = start(PipelineConfig.of("live", TWO_SECONDS).withReconnectWindow(Duration.ofMinutes(1)));
        source.connect();
        source.push(FIRST_HALF);
        source.disconnect();
        source.connect();
        source.push(SECOND_HALF);

        assertThat(pipeline.state()).isEqualTo(PipelineState.STREAMING);
        assertThat(get(pipeline.stop("stopped", PATIENCE)).segmentsSealed()).isPositive();
    }

    @Test
    void aSourceThatFailsEndsTheStreamAsFailedWithWhatItDelivered() throws Exception {
        Pipeline pipeline = start();
        source.connect();
        source.push(FIRST_HALF);
        source.fail("the network card is gone");

        PipelineEnd end = get(pipeline.ended());

        assertThat(end.failed()).isTrue();
        assertThat(end.reason()).isEqualTo("the network card is gone");
        assertThat(pipeline.state()).isEqualTo(PipelineState.FAILED);
        assertThat(events.joined(stored())).isEqualTo(FIRST_HALF);
        assertThat(events.names()).endsWith("Failed");
    }

    @Test
    void aStreamThatNeverHadAnythingEndsWithoutATrace() throws Exception {
        Pipeline never = pipelines.open(PipelineConfig.of("never", TWO_SECONDS));
        assertThat(get(never.stop("stopped", PATIENCE)).segmentsSealed()).isZero();
        Pipeline waiting = start();
        assertThat(get(waiting.stop("stopped", PATIENCE)).segmentsSealed()).isZero();
        assertThat(waiting.stop("again", PATIENCE)).isCompleted();

        assertThat(folder.resolve("store/never")).doesNotExist();
        assertThat(stored()).doesNotExist();
        assertThat(events.names()).containsExactly("Ended", "Started", "Ended");
    }

    @Test
    void oneIdCannotBeOpenTwiceButAgainOnceItHasEnded() throws Exception {
        PipelineConfig config = PipelineConfig.of("live", TWO_SECONDS);
        Pipeline first = pipelines.open(config);
        assertThatThrownBy(() -> pipelines.open(config))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("live");
        get(first.stop("stopped", PATIENCE));

        assertThat(pipelines.open(config).state()).isEqualTo(PipelineState.WAITING);
    }

    @Test
    void moreSegmentsThanMayWaitInMemoryWaitOnDisk() throws Exception {
        pipelines.close();
        Limits limits = Limits.DEFAULT;
        pipelines = newPipelines(new Limits(
                limits.spool(),
                new UploadLimits(2, 3, limits.uploads().backoff(), Duration.ofSeconds(5), Duration.ofMillis(50)),
                limits.lookup(),
                limits.drain()));
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

    @Test
    void streamsDoNotDisturbEachOther() throws Exception {
        store.script(segment -> segment != null && segment.key().startsWith("other/") ? Kind.UNREACHABLE : null);
        PushSource otherSource = new PushSource(buffers.allocator());
        Pipeline other = pipelines.open(PipelineConfig.of("other", TWO_SECONDS));
        other.start(otherSource);
        Pipeline pipeline = start();
        otherSource.connect();
        source.connect();
        otherSource.push(MEDIA);
        source.push(MEDIA);

        assertThat(get(pipeline.stop("stopped", PATIENCE)).leftInSpool()).isZero();
        assertThat(get(other.stop("stopped", Duration.ZERO)).leftInSpool()).isPositive();
        assertThat(stored().toFile().list()).hasSize(4);
    }
}
