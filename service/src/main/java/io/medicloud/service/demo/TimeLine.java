// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.demo;

import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.mpegts.segment.SegmentPolicy;
import io.medicloud.mpegts.segment.SegmentSink;
import io.medicloud.mpegts.segment.Segmenter;
import io.netty.buffer.ByteBuf;
import java.time.Duration;

/** Measures how long a stream lasts, by the times of the stream that segments are timed by. */
final class TimeLine implements SegmentSink {
    private static final SegmentPolicy LONG =
            new SegmentPolicy(Duration.ofHours(1), Duration.ofHours(2), Integer.MAX_VALUE);

    private double seconds;

    private TimeLine() {}

    /** From the first picture to the end of the last, in seconds; 0 if there is none. */
    static double seconds(ByteBuf stream) {
        TimeLine line = new TimeLine();
        Segmenter segmenter = new Segmenter(LONG, line);
        segmenter.onData(stream, 0);
        segmenter.finish();
        return line.seconds;
    }

    @Override
    public void onSegmentStart(long sequence) {
        // Only how long it is counts.
    }

    @Override
    public void takePackets(ByteBuf packets) {
        packets.release();
    }

    @Override
    public void onSegmentEnd(SegmentFacts facts) {
        seconds += facts.durationSeconds();
    }
}
