// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import static io.medicloud.mpegts.segment.StreamBuilder.FRAME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medicloud.mpegts.packet.Pts;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A policy that changes while the stream runs. */
class SegmenterPolicyTest {
    private static final long SECOND = Pts.HZ;
    private static final SegmentPolicy ONE_SECOND = SegmentPolicy.ofTarget(Duration.ofSeconds(1));

    private final StreamBuilder stream = new StreamBuilder();
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private int pictures;

    /** With a keyframe each so many. */
    private void send(Segmenter segmenter, int count, int gop) {
        for (int i = 0; i < count; i++, pictures++) {
            stream.video(pictures % gop == 0 ? StreamBuilder.IDR : StreamBuilder.P, SECOND + pictures * FRAME);
            byte[] bytes = stream.writer().drain();
            sent.writeBytes(bytes);
            segmenter.onData(Unpooled.wrappedBuffer(bytes), 40_000L * pictures);
        }
    }

    @Test
    void holdsFromTheNextSegmentOnAndLosesNothing() {
        stream.tables();
        Cuts cuts = Cuts.with(ONE_SECOND, (segmenter, allocator) -> {
            send(segmenter, 60, 25);
            // 0.4 s into the third segment, which ends as it began.
            segmenter.setPolicy(ONE_SECOND.withLongest(Duration.ofSeconds(6)).withShortest(Duration.ZERO));
            segmenter.setPolicy(SegmentPolicy.ofTarget(Duration.ofSeconds(3)));
            send(segmenter, 240, 25);
            segmenter.setPolicy(ONE_SECOND);
            send(segmenter, 100, 25);
        });

        assertThat(cuts.facts())
                .extracting(facts -> facts.durationTicks() / SECOND)
                .containsExactly(1L, 1L, 1L, 3L, 3L, 3L, 1L, 1L, 1L, 1L);
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (int i = 0; i < cuts.facts().size(); i++) {
            int injected = cuts.fact(i).injectedPackets() * 188;
            joined.write(cuts.segment(i), injected, cuts.segment(i).length - injected);
        }
        assertThat(joined.toByteArray()).isEqualTo(sent.toByteArray());
    }

    @Test
    void theLongestAndTheMostBytesAreThoseOfTheSegmentsBeginning() {
        stream.tables();
        Cuts cuts = Cuts.with(ONE_SECOND, (segmenter, allocator) -> {
            send(segmenter, 10, 10_000);
            segmenter.setPolicy(ONE_SECOND.withLongest(Duration.ofSeconds(4)));
            send(segmenter, 240, 10_000);
        });

        assertThat(cuts.facts())
                .extracting(SegmentFacts::durationTicks)
                .containsExactly(2 * SECOND, 4 * SECOND, 4 * SECOND);
    }

    @Test
    void beforeTheFirstPacketAndBehindABreakItHoldsAtOnce() {
        stream.tables();
        Cuts cuts = Cuts.with(ONE_SECOND, (segmenter, allocator) -> {
            segmenter.setPolicy(SegmentPolicy.ofTarget(Duration.ofSeconds(2)));
            send(segmenter, 50, 25);
            segmenter.onDiscontinuity();
            segmenter.setPolicy(ONE_SECOND);
            stream.tables();
            send(segmenter, 50, 25);
        });

        assertThat(cuts.facts())
                .extracting(facts -> facts.durationTicks() / SECOND)
                .containsExactly(2L, 1L, 1L);
    }

    @Test
    void theTimeOfDayHasAnotherPeriodFromTheNextMultipleOn() {
        SegmentPolicy four = SegmentPolicy.ofTarget(Duration.ofSeconds(4)).withWallClock(0);
        stream.tables();
        Cuts cuts = Cuts.with(four, (segmenter, allocator) -> {
            send(segmenter, 50, 25);
            segmenter.setPolicy(SegmentPolicy.ofTarget(Duration.ofSeconds(2)).withWallClock(0));
            send(segmenter, 150, 25);
        });

        assertThat(cuts.facts())
                .extracting(facts -> facts.durationTicks() / SECOND)
                .containsExactly(4L, 2L, 2L);
    }

    @Test
    void whatASegmenterHasForGoodIsRefused() {
        Cuts.with(ONE_SECOND, (segmenter, allocator) -> {
            assertThatThrownBy(() -> segmenter.setPolicy(ONE_SECOND.withProgram(2)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> segmenter.setPolicy(ONE_SECOND.withParameterSets(true)))
                    .isInstanceOf(IllegalArgumentException.class);
        });
    }
}
