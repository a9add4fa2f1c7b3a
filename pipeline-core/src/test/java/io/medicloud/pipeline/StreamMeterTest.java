// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.packet.TsFault;
import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.mpegts.segment.SegmentPolicy;
import io.medicloud.mpegts.segment.SegmentSink;
import io.medicloud.mpegts.segment.Segmenter;
import io.medicloud.testdata.SyntheticEncoder;
import io.medicloud.testdata.SyntheticStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is told of a stream while it comes, at its own pace. */
final class StreamMeterTest {
    private static final int MESSAGE = 7 * 188;
    private static final byte[] STREAM =
            new SyntheticEncoder(SyntheticStream.DEFAULT.withGop(Duration.ofSeconds(2))).generate(Duration.ofSeconds(9));
    /** The stream in nine seconds. */
    private static final long STEP_US = 9_000_000L * MESSAGE / STREAM.length;

    private final Segmenter segmenter =
            new Segmenter(SegmentPolicy.ofTarget(Duration.ofSeconds(6)), new Discarding());
    private StreamMeter meter = new StreamMeter(segmenter, true);
    private long nowUs = 5_000_000;

    @AfterEach
    void finish() {
        segmenter.finish();
        meter.finish();
    }

    @Test
    void rateContentAndIndicatorsAreTold() {
        assertThat(meter.measures()).isEqualTo(StreamMeasures.NONE);
        meter.onConnected(nowUs);
        send(STREAM.length);

        StreamMeasures measures = meter.measures();
        assertThat(measures.bitsPerSecond()).isBetween(300_000L, 1_200_000L);
        assertThat(measures.packets()).isPositive();
        assertThat(measures.count(TsFault.CONTINUITY)).isZero();
        assertThat(measures.lastDataUs()).isLessThanOrEqualTo(measures.atUs());
        var tracks = measures.programs().get(0).streams();
        assertThat(tracks.get(0).codec()).isEqualTo("h264");
        assertThat(tracks.get(0).width()).isEqualTo(320);
        assertThat(tracks.get(1).codec()).isEqualTo("aac");
        var monitor = Objects.requireNonNull(measures.monitor());
        assertThat(monitor.videos().get(0).lastGop()).isEqualTo(50);
        assertThat(monitor.videos().get(0).lastGopSeconds()).isEqualTo(2.0);
    }

    @Test
    void whatIsNotMonitoredIsMeasuredAllTheSame() {
        meter = new StreamMeter(segmenter, false);
        meter.onConnected(nowUs);
        send(STREAM.length / 3);
        assertThat(meter.measures().monitor()).isNull();
        assertThat(meter.measures().bitsPerSecond()).isPositive();
    }

    @Test
    void damageIsCountedAndAnotherConnectionBeginsAnew() {
        meter.onConnected(nowUs);
        send(STREAM.length / 2);
        nowUs += 100_000;
        segmenter.onDiscontinuity();
        meter.onConnected(nowUs);
        send(STREAM.length / 2);
        var monitor = Objects.requireNonNull(meter.measures().monitor());
        // The stream begins again with other counters; that is no error of either connection.
        assertThat(monitor.packets()).isLessThan(STREAM.length / 2 / 188 + 1);
        assertThat(meter.measures().count(TsFault.CONTINUITY)).isZero();
    }

    /** Sends so much of the stream from its beginning, and looks after each message, as a source does. */
    private void send(int length) {
        for (int at = 0; at + MESSAGE <= length; at += MESSAGE) {
            nowUs += STEP_US;
            ByteBuf message = Unpooled.wrappedBuffer(STREAM, at, MESSAGE);
            meter.onData(message, nowUs);
            segmenter.onData(message, nowUs);
            meter.look(nowUs);
            message.release();
        }
    }

    private static final class Discarding implements SegmentSink {
        @Override
        public void onSegmentStart(long sequence) {}

        @Override
        public void takePackets(ByteBuf packets) {
            packets.release();
        }

        @Override
        public void onSegmentEnd(SegmentFacts facts) {}
    }
}
