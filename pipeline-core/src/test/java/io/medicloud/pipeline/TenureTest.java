// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import static io.medicloud.pipeline.support.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.record.SegmentRecord;
import io.medicloud.pipeline.record.SegmentState;
import io.medicloud.pipeline.support.PushSource;
import io.medicloud.pipeline.timeline.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A stream that others may write too, and that is this process's for as long as its tenure says. */
final class TenureTest extends PipelineScene {
    /** Has the numbers from the first to before the end. */
    private static final class Numbers implements Tenure {
        private final long epoch;
        private final long first;
        private final long end;
        private volatile boolean isOver;

        Numbers(long epoch, long first, long end) {
            this.epoch = epoch;
            this.first = first;
            this.end = end;
        }

        @Override
        public long epoch() {
            return epoch;
        }

        @Override
        public long begin(long atLeast) throws IOException {
            if (Math.max(first, atLeast) >= end) {
                throw new IOException("no number is left");
            }
            return Math.max(first, atLeast);
        }

        @Override
        public boolean holds() {
            return !isOver;
        }

        @Override
        public boolean take(long number) {
            return number >= first && number < end;
        }
    }

    private Pipeline start(Tenure tenure) throws Exception {
        return start(PipelineConfig.of("live", TWO_SECONDS).withTenure(tenure));
    }

    private List<Long> numbers() throws Exception {
        return pipelines.ledger().newest("live", 100).stream()
                .map(SegmentRecord::sequence)
                .toList();
    }

    @Test
    void numbersAndEpochAreThoseOfTheTenure() throws Exception {
        Pipeline pipeline = start(new Numbers(3, 7, 100));
        source.connect();
        source.push(MEDIA);
        get(pipeline.stop("stopped", PATIENCE));
        assertThat(numbers()).containsExactly(7L, 8L, 9L, 10L);
        assertThat(pipelines.ledger().newest("live", 100))
                .extracting(segment -> segment.place().epoch())
                .containsOnly(3L);
        assertThat(events.joined(stored())).isEqualTo(MEDIA);
    }

    @Test
    void whatWasOpenAtACrashAndIsNotRecordedIsTheRunningOwnersAllTheSame() throws Exception {
        get(start(new Numbers(3, 7, 100)).stop("crash", PATIENCE));
        Files.write(spooled().resolve("segment_0006.ts.part"), FIRST_HALF);
        Files.write(spooled().resolve("segment_0007.ts.part"), SECOND_HALF);
        restart();
        await().untilAsserted(
                        () -> assertThat(stored().resolve("segment_0007.ts")).hasBinaryContent(SECOND_HALF));
        await().untilAsserted(() -> assertThat(pipelines.ledger().newest("live", 100))
                .extracting(SegmentRecord::sequence, segment -> segment.place().epoch())
                .containsExactlyInAnyOrder(tuple(6L, 0L), tuple(7L, 3L)));
        assertThat(events.of(StreamEvent.ForeignFound.class)).isEmpty();
    }

    @Test
    void ofASegmentThatCountedAsLostItIsKeptWhereItStood() throws Exception {
        get(start(new Numbers(3, 7, 100)).stop("crash", PATIENCE));
        Place place = new Place(1_700_000_000_000L, 2, 6, List.of(), 3);
        pipelines.ledger().onOpened("live", 7, place);
        pipelines.ledger().onMoved("live", 7, SegmentState.LOST, null);
        pipelines.ledger().awaitWritten();
        Files.write(spooled().resolve("segment_0007.ts.part"), SECOND_HALF);
        restart();
        await().untilAsserted(
                        () -> assertThat(stored().resolve("segment_0007.ts")).hasBinaryContent(SECOND_HALF));
        assertThat(pipelines.ledger().newest("live", 100))
                .extracting(SegmentRecord::place)
                .containsExactly(place);
    }

    @Test
    void whatStandsInTheStoreIsPassedOver() throws Exception {
        Files.createDirectories(stored());
        Files.writeString(stored().resolve("segment_0008.ts"), "another's");
        Pipeline pipeline = start(new Numbers(3, 7, 100));
        source.connect();
        source.push(MEDIA);
        get(pipeline.stop("stopped", PATIENCE));
        assertThat(numbers()).containsExactly(9L, 10L, 11L, 12L);
    }

    @Test
    void aNumberThatIsRefusedIsNotWrittenAndEndsTheStream() throws Exception {
        Pipeline pipeline = start(new Numbers(1, 1, 3));
        source.connect();
        source.push(MEDIA);
        PipelineEnd end = get(pipeline.ended());
        assertThat(end.reason()).contains("not this node's");
        await().untilAsserted(
                        () -> assertThat(stored().resolve("segment_0002.ts")).exists());
        assertThat(numbers()).containsExactly(1L, 2L);
        assertThat(stored().resolve("segment_0003.ts")).doesNotExist();
        long kept = Files.size(stored().resolve("segment_0001.ts")) + Files.size(stored().resolve("segment_0002.ts"));
        assertThat(pipeline.stats().droppedBytes()).isPositive();
        assertThat(kept + pipeline.stats().droppedBytes())
                .as("what is not kept is counted")
                .isGreaterThanOrEqualTo(pipeline.stats().receivedBytes());
    }

    @Test
    void nothingIsReceivedPastTheEndOfTheTenureAndWhatWasIsKept() throws Exception {
        Numbers tenure = new Numbers(1, 1, 100);
        Pipeline pipeline = start(tenure);
        source.connect();
        source.push(FIRST_HALF);
        tenure.isOver = true;
        source.push(SECOND_HALF);
        get(pipeline.ended());
        await().untilAsserted(() -> assertThat(events.joined(stored())).isEqualTo(FIRST_HALF));
    }

    @Test
    void whoHasNoNumberOpensNothing() {
        assertThatThrownBy(() -> start(new Numbers(1, 1, 1))).hasMessageContaining("no number is left");
        assertThat(pipelines.open()).isEmpty();
    }

    @Test
    void whatAnotherOwnerHasListedMeanwhileStaysInTheList() throws Exception {
        Pipeline first = start(new Numbers(1, 1, 5));
        source.connect();
        source.push(MEDIA);
        get(first.stop("moves", PATIENCE));
        Path list = stored().resolve("segments.jsonl");
        await().untilAsserted(() -> assertThat(list).content().hasLineCount(4));
        String others = Files.readAllLines(list)
                .get(3)
                .replace("segment_0004", "segment_0005")
                .replace("\"sequence\": 4", "\"sequence\": 5");
        Files.writeString(list, Files.readString(list) + others + "\n");
        Files.writeString(stored().resolve("segment_0005.ts"), "another's");

        try (PushSource again = new PushSource(buffers.allocator())) {
            Pipeline second =
                    pipelines.open(PipelineConfig.of("live", TWO_SECONDS).withTenure(new Numbers(3, 1, 100)));
            second.start(again);
            again.connect();
            again.push(MEDIA);
            get(second.stop("stopped", PATIENCE));
        }
        await().untilAsserted(
                        () -> assertThat(list).content().hasLineCount(9).contains("segment_0005", "segment_0009"));
    }
}
