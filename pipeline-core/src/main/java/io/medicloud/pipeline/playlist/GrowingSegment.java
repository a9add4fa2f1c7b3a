// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.playlist;

import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.pipeline.timeline.Place;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A segment whose parts are told while its file grows. What it reads belongs to one thread at a time. */
final class GrowingSegment {
    private static final int PIECE = 1024 * TsPacket.SIZE;

    private final int partTargetMs;
    /** While the file is read: its tables are too large to be kept for each segment of a window. */
    private @Nullable PartScanner scanner;

    private @Nullable FileChannel channel;
    private volatile long closedBytes = -1;
    private volatile long closedTicks;
    private volatile boolean isDone;
    private volatile boolean isWhole;

    final long sequence;
    final Place place;
    /** Guarded by the window. */
    List<LivePart> parts = List.of();

    GrowingSegment(long sequence, Place place, int partTargetMs) {
        this.sequence = sequence;
        this.place = place;
        this.partTargetMs = partTargetMs;
    }

    /** All is written that will be. */
    void close(long bytes, long ticks) {
        closedTicks = ticks;
        closedBytes = bytes;
    }

    /** Nothing more will be found. */
    boolean isDone() {
        return isDone;
    }

    /** Are its parts all there? */
    boolean isWhole() {
        return isWhole;
    }

    /** Reads what was written since the last time, and returns the parts that are whole since then. */
    List<LivePart> read(LiveWindow.SegmentFiles files) throws IOException {
        FileChannel in = channel;
        if (in == null) {
            in = files.open(sequence);
            channel = in;
        }
        PartScanner scan = scanner;
        if (scan == null) {
            scan = new PartScanner(partTargetMs);
            scanner = scan;
        }
        long closed = closedBytes;
        long end = closed >= 0 ? closed : in.size() / TsPacket.SIZE * TsPacket.SIZE;
        while (scan.bytes() < end) {
            ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE, end - scan.bytes()));
            if (!fill(piece, in, scan.bytes())) {
                giveUp();
                return List.of();
            }
            ByteBuf packets = Unpooled.wrappedBuffer(piece.flip());
            scan.onPackets(packets);
            packets.release();
        }
        if (closed >= 0) {
            scan.finish(closedTicks);
            isWhole = true;
            giveUp();
        }
        return scan.take();
    }

    private static boolean fill(ByteBuffer piece, FileChannel in, long from) throws IOException {
        int count = 0;
        while (piece.hasRemaining() && count >= 0) {
            count = in.read(piece, from + piece.position());
        }
        return !piece.hasRemaining();
    }

    /** Frees the file, and what read it. */
    void giveUp() throws IOException {
        isDone = true;
        scanner = null;
        FileChannel in = channel;
        channel = null;
        if (in != null) {
            in.close();
        }
    }
}
