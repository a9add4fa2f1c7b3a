// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.mpegts.segment.SegmentPolicy;
import io.medicloud.mpegts.segment.SegmentSink;
import io.medicloud.mpegts.segment.Segmenter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Streams as the harness sends them, and segments as the service cuts them. */
final class LoopFixture {
    /** Encoded once: it takes a second. */
    static final MediaLoop LOOP = SyntheticLoop.of(1_000_000);

    static final long RUN = 0x1234_5678_9ABCL;
    private static final long BEGAN_US = 1_700_000_000_000_000L;

    private LoopFixture() {}

    /** One that has sent so many packets. */
    static SentStream sent(int number, int packets) {
        SentStream stream = new SentStream(RUN, number, LOOP);
        stream.resume(BEGAN_US);
        stream.sent(packets);
        return stream;
    }

    /** Its bytes. */
    static byte[] bytes(SentStream stream, long first, int packets) {
        byte[] out = new byte[packets * TsPacket.SIZE];
        stream.write(first, packets, out);
        return out;
    }

    /** Cut every two seconds. */
    static List<byte[]> cut(byte[] stream) {
        List<byte[]> segments = new ArrayList<>();
        Segmenter segmenter = new Segmenter(SegmentPolicy.ofTarget(Duration.ofSeconds(2)), new SegmentSink() {
            private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

            @Override
            public void onSegmentStart(long sequence) {
                bytes.reset();
            }

            @Override
            public void takePackets(ByteBuf packets) {
                try {
                    packets.readBytes(bytes, packets.readableBytes());
                } catch (IOException e) {
                    throw new AssertionError(e);
                } finally {
                    packets.release();
                }
            }

            @Override
            public void onSegmentEnd(SegmentFacts facts) {
                segments.add(bytes.toByteArray());
            }
        });
        ByteBuf data = Unpooled.wrappedBuffer(stream);
        segmenter.onData(data, 0);
        segmenter.finish();
        data.release();
        return segments;
    }
}
