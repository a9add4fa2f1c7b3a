// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.medicloud.testdata.ChunkSplitter;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;

class SegmenterFuzzTest {
    @FuzzTest
    void segmentsAreTheInputAndDoNotDependOnThePieces(byte[] input) {
        Random random = new Random(Arrays.hashCode(input));
        SegmentPolicy policy = policy(random);
        Cuts whole = Cuts.of(input, policy, ChunkSplitter.every(Math.max(1, input.length)));
        whole.assertGapless();
        assertThat(whole.joined().length).isLessThanOrEqualTo(input.length);
        for (SegmentFacts facts : whole.facts()) {
            assertThat(facts.bytes()).isLessThanOrEqualTo(policy.mostBytes());
        }
        Cuts.of(input, policy, ChunkSplitter.random(random.nextLong(), 1, 2000)).assertSameAs(whole);
    }

    /** Time passes, pieces come late, and the source is cut now and then. */
    @FuzzTest
    void nothingIsLostWhateverHappensInBetween(byte[] input) {
        Random random = new Random(Arrays.hashCode(input));
        SegmentPolicy policy = policy(random);
        long[] nowUs = new long[1];
        long[] packets = new long[1];
        Cuts cuts = Cuts.with(policy, (segmenter, allocator) -> {
            ChunkSplitter.random(random.nextLong(), 1, 2000).lend(input, allocator, piece -> {
                nowUs[0] += random.nextInt(400_000);
                segmenter.onData(piece, nowUs[0]);
                if (random.nextInt(4) == 0) {
                    segmenter.onTime(nowUs[0] + random.nextInt(1_000_000));
                }
                if (random.nextInt(20) == 0) {
                    segmenter.onDiscontinuity();
                }
            });
            segmenter.finish();
            packets[0] = segmenter.packets();
        });
        cuts.assertGapless();
        assertThat(cuts.joined().length).isEqualTo(packets[0] * 188);
    }

    private static SegmentPolicy policy(Random random) {
        Duration target = Duration.ofMillis(100 + random.nextInt(5000));
        return new SegmentPolicy(
                target, target.plusMillis(random.nextInt(5000)), SegmentPolicy.LEAST_BYTES + random.nextInt(1 << 20));
    }
}
