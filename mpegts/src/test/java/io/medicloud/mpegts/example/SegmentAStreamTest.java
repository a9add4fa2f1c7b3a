// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.mpegts.segment.SegmentPolicy;
import io.medicloud.mpegts.segment.SegmentSink;
import io.medicloud.mpegts.segment.Segmenter;
import io.medicloud.testdata.SyntheticEncoder;
import io.medicloud.testdata.SyntheticStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The example of the README, run. */
class SegmentAStreamTest {
    @Test
    void aStreamIsCutAsTheReadmeSays() {
        List<SegmentFacts> segments = new ArrayList<>();
        Segmenter segmenter = new Segmenter(SegmentPolicy.ofTarget(Duration.ofSeconds(2)), new SegmentSink() {
            @Override
            public void onSegmentStart(long sequence) {}

            @Override
            public void takePackets(ByteBuf packets) {
                packets.release();
            }

            @Override
            public void onSegmentEnd(SegmentFacts facts) {
                segments.add(facts);
            }
        });
        byte[] stream = new SyntheticEncoder(SyntheticStream.DEFAULT).generate(Duration.ofSeconds(6));
        for (int from = 0; from < stream.length; from += 10_000) {
            ByteBuf piece = Unpooled.wrappedBuffer(stream, from, Math.min(10_000, stream.length - from));
            segmenter.onData(piece, 0);
            piece.release();
        }
        segmenter.finish();

        assertThat(segments).hasSize(3).allMatch(SegmentFacts::independent);
    }
}
