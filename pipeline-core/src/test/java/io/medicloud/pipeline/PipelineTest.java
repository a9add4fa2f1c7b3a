// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import static io.medicloud.pipeline.support.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.record.LedgerLimits;
import io.medicloud.pipeline.record.SegmentRecord;
import io.medicloud.pipeline.record.SegmentState;
import io.medicloud.pipeline.record.StreamRetention;
import io.medicloud.pipeline.spool.SealedSegment;
import io.medicloud.pipeline.store.StoreException.Kind;
import io.medicloud.pipeline.support.PushSource;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** One live stream, with its connections, stops and ends. */
final class PipelineTest extends PipelineScene {
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
        await().untilAsserted(() -> assertThat(spooled().toFile().list())
                .as("deleted once uploaded")
                .isEmpty());
    }

    @Test
    void howLongSegmentsTakeIsToldAndKept() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        pipelines.setDeliveries(new DeliverySink() {
            @Override
            public void onSpooled(SealedSegment segment, Duration took) {
                told.add("spooled " + segment.sequence() + (took.isNegative() ? " before it came" : ""));
            }

            @Override
            public void onStored(SealedSegment segment, Duration took) {
                told.add("stored " + segment.sequence() + (took.isNegative() ? " before it came" : ""));
            }

            @Override
            public void onDone(SealedSegment segment, boolean isListed) {
                boolean isInOrder = segment.beganUs() > 0 && segment.beganUs() <= segment.arrivedUs();
                told.add((isListed ? "listed " : "not listed ")
                        + segment.sequence()
                        + (isInOrder ? "" : " in no order"));
            }
        });
        Pipeline pipeline = start();
        SegmentFigures before = pipeline.segments();
        source.connect();
        source.push(MEDIA);
        get(pipeline.stop("stopped", PATIENCE));

        assertThat(told)
                .containsExactlyInAnyOrder(
                        "spooled 1",
                        "stored 1",
                        "spooled 2",
                        "stored 2",
                        "spooled 3",
                        "stored 3",
                        "spooled 4",
                        "stored 4",
                        "listed 1",
                        "listed 2",
                        "listed 3",
                        "listed 4");
        assertThat(before.spoolUs()).isEqualTo(SegmentFigures.NOT_KNOWN);
        assertThat(before.storeUs()).isEqualTo(SegmentFigures.NOT_KNOWN);
        SegmentFigures figures = pipeline.segments();
        SegmentFacts last = events.sealed().get(3);
        assertThat(figures.targetSeconds()).isEqualTo(2.0);
        assertThat(figures.seconds()).isEqualTo(last.durationSeconds());
        assertThat(figures.bytes()).isEqualTo(last.bytes());
        assertThat(figures.newestUs()).isNotNegative();
        assertThat(figures.spoolUs()).isNotNegative();
        assertThat(figures.storeUs()).isNotNegative();
        assertThat(figures.waitingUs()).isZero();
        assertThat(pipelines.uploads().counts().stored()).isEqualTo(4);
        assertThat(pipelines.uploads().oldestNanos()).isZero();
    }

    @Test
    void aStreamThatWasStoppedBeforeItsStartIsNotToldToStartAndIsNotWatched() throws Exception {
        int timed = pipelines.timed();
        Pipeline pipeline = pipelines.open(PipelineConfig.of("live", TWO_SECONDS));
        get(pipeline.stop("stopped", PATIENCE));

        pipeline.start(source);

        assertThat(events.names()).containsExactly("Ended");
        assertThat(pipelines.timed()).isEqualTo(timed);
        assertThat(source.isClosed()).isTrue();
        assertThatThrownBy(() -> pipeline.start(source)).isInstanceOf(IllegalStateException.class);
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
    void theManifestNamesEverySegment() throws Exception {
        Pipeline pipeline = start();
        source.connect();
        source.push(MEDIA);
        get(pipeline.stop("stopped", PATIENCE));

        List<String> lines = Files.readAllLines(stored().resolve("segments.jsonl"));
        assertThat(lines).hasSize(4);
        for (int i = 0; i < 4; i++) {
            SegmentFacts facts = events.sealed().get(i);
            assertThat(lines.get(i))
                    .startsWith("{\"sequence\": " + (i + 1) + ", \"file\": \"segment_000" + (i + 1)
                            + ".ts\", \"bytes\": " + facts.bytes() + ",")
                    .contains("\"durationSeconds\": 2.000000", "\"independent\": true", "\"errors\": {\"syncLoss\": 0")
                    .endsWith("}}");
        }
        await().until(() -> pipelines.ledger().segments("live", 1, 10).stream()
                .allMatch(segment -> segment.state() == SegmentState.EVICTED));
    }

    @Test
    void segmentsLeaveTheStoreAndTheManifestWhenTheyArePastTheirTime() throws Exception {
        pipelines.close();
        pipelines = newPipelines(
                Limits.DEFAULT.withRetention(new RetentionLimits(Duration.ZERO, 0, 3, Duration.ofMillis(50))));
        Pipeline pipeline = start();
        source.connect();
        source.push(MEDIA);
        get(pipeline.stop("stopped", PATIENCE));

        await().until(() ->
                Files.readAllLines(stored().resolve("segments.jsonl")).size() == 3);
        assertThat(stored().resolve("segment_0001.ts")).doesNotExist();
        assertThat(stored().resolve("segment_0002.ts")).exists();
        assertThat(events.of(StreamEvent.SegmentExpired.class))
                .extracting(StreamEvent.SegmentExpired::sequence)
                .containsExactly(1L);
        assertThat(pipelines.ledger().segments("live", 1, 1))
                .extracting(SegmentRecord::state)
                .containsExactly(SegmentState.EXPIRED);
    }

    /** As after a million segments: a retention that is set later deletes also what the record knows by the day alone. */
    @Test
    void segmentsThatTheRecordHasForgottenLeaveTheStoreToo() throws Exception {
        pipelines.close();
        Limits cut = Limits.DEFAULT.withLedger(new LedgerLimits(10_000, 500, 1));
        pipelines = newPipelines(cut);
        Pipeline pipeline = start();
        source.connect();
        source.push(MEDIA);
        get(pipeline.stop("stopped", PATIENCE));
        await().until(() -> pipelines.ledger().segments("live", 1, 10).stream()
                .allMatch(segment -> segment.state() == SegmentState.EVICTED));
        for (int i = 0; i < 1000; i++) {
            pipelines.ledger().append(new StreamEvent.MediaFlowing("live", Instant.EPOCH));
        }
        await().until(() -> pipelines.ledger().segments("live", 1, 10).size() == 1);
        pipelines.close();
        pipelines = newPipelines(cut.withRetention(new RetentionLimits(Duration.ZERO, 0, 2, Duration.ofMillis(50))));

        await().until(() -> Files.notExists(stored().resolve("segment_0002.ts")));
        assertThat(stored().resolve("segment_0001.ts")).doesNotExist();
        assertThat(stored().resolve("segment_0003.ts")).exists();
        assertThat(stored().resolve("segment_0004.ts")).exists();
        await().until(() ->
                pipelines.ledger().forgotten("live").stream().allMatch(left -> left.first() == 3 && left.count() == 1));
        assertThat(events.of(StreamEvent.SegmentExpired.class))
                .extracting(StreamEvent.SegmentExpired::sequence)
                .containsExactly(1L, 2L);
    }

    @Test
    void aStreamMayHaveARetentionOfItsOwnWhichHoldsBeyondItsEnd() throws Exception {
        pipelines.close();
        pipelines = newPipelines(
                Limits.DEFAULT.withRetention(new RetentionLimits(Duration.ZERO, 0, 1000, Duration.ofMillis(50))));
        Pipeline pipeline =
                start(PipelineConfig.of("live", TWO_SECONDS).withRetention(new StreamRetention(Duration.ZERO, 0, 2)));
        source.connect();
        source.push(MEDIA);
        get(pipeline.stop("stopped", PATIENCE));

        await().until(() ->
                Files.readAllLines(stored().resolve("segments.jsonl")).size() == 2);
        assertThat(stored().resolve("segment_0002.ts")).doesNotExist();
        assertThat(stored().resolve("segment_0003.ts")).exists();
        assertThat(pipelines.ledger().retention("live")).isEqualTo(new StreamRetention(Duration.ZERO, 0, 2));

        pipelines.open(PipelineConfig.of("live", TWO_SECONDS));
        assertThat(pipelines.ledger().retention("live")).isEqualTo(StreamRetention.CONFIGURED);
    }

    @Test
    void aSourceThatDoesNotComeBackAfterARestartEndsTheStreamToo() throws Exception {
        Pipeline pipeline = start(PipelineConfig.of("live", TWO_SECONDS)
                .withReconnectWindow(Duration.ofMillis(100))
                .resumed());

        assertThat(get(pipeline.ended()).reason()).contains("away for longer than");
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
        assertThat(stored().toFile().list())
                .contains("segments.jsonl")
                .filteredOn(name -> name.endsWith(".ts"))
                .hasSize(4);
    }
}
