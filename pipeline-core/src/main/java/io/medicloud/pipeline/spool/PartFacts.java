// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.spool;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.mpegts.segment.SegmentPolicy;
import io.medicloud.mpegts.segment.SegmentSink;
import io.medicloud.mpegts.segment.Segmenter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What is in a segment that a crash left open, as its bytes tell. Reads them piece by piece. */
final class PartFacts implements SegmentSink {
    private static final int PIECE = 64 << 10;
    private static final Duration TARGET = Duration.ofHours(1);
    private static final Duration LONGEST = Duration.ofDays(1);

    private @Nullable SegmentFacts first;
    private long startPts = Pts.NONE;
    private long ticks;
    private long continuityErrors;

    private PartFacts() {}

    /** The facts of the whole packets in a file; how many of them were put in front it does not tell. */
    static SegmentFacts of(Path part, long sequence, long bytes) {
        SegmentFacts unknown = FactsText.unknown(sequence, bytes);
        try (FileChannel file = FileChannel.open(part, StandardOpenOption.READ)) {
            PartFacts found = new PartFacts();
            found.read(file, unknown.bytes());
            return found.told(unknown);
        } catch (IOException e) {
            Spool.LOG.warn("{} cannot be read, what is in it is not known: {}", part, Failures.describe(e));
            return unknown;
        }
    }

    private void read(FileChannel file, long bytes) throws IOException {
        long room = Math.max(2 * bytes, SegmentPolicy.LEAST_BYTES);
        Segmenter segmenter = new Segmenter(new SegmentPolicy(TARGET, LONGEST, room), this);
        try {
            for (long at = 0; at < bytes; ) {
                // Another for each: slices of it are held for a while.
                ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE, bytes - at));
                int read = file.read(piece, at);
                if (read < 0) {
                    break;
                }
                at += read;
                segmenter.onData(Unpooled.wrappedBuffer(piece.array(), 0, read), 0);
            }
        } finally {
            segmenter.finish();
        }
    }

    private SegmentFacts told(SegmentFacts unknown) {
        SegmentFacts began = first;
        return began == null
                ? unknown
                : new SegmentFacts(
                        unknown.sequence(),
                        unknown.bytes(),
                        unknown.packets(),
                        0,
                        0,
                        startPts,
                        ticks,
                        // With tables of the segmenter's own in front it does not begin with them.
                        began.independent() && began.injectedPackets() == 0,
                        unknown.discontinuity(),
                        continuityErrors);
    }

    @Override
    public void onSegmentStart(long sequence) {}

    @Override
    public void takePackets(ByteBuf packets) {
        packets.release();
    }

    @Override
    public void onSegmentEnd(SegmentFacts facts) {
        first = first == null ? facts : first;
        startPts = startPts == Pts.NONE ? facts.startPts() : startPts;
        ticks += facts.durationTicks();
        continuityErrors += facts.continuityErrors();
    }
}
