// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.playlist;

import io.medicloud.mpegts.packet.TsPacket;
import io.medicloud.pipeline.timeline.Place;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
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
    private boolean isRead;
    private volatile boolean isDone;
    private volatile boolean isWhole;

    final long sequence;
    final Place place;
    /** What was found of it, from its beginning. Guarded by the window. */
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

    /** Is all written that will be? */
    boolean isClosed() {
        return closedBytes >= 0;
    }

    /** Nothing more will be found. */
    boolean isDone() {
        return isDone;
    }

    /** Are some of its parts known, and more to be found? Guarded by the window. */
    boolean isToldInPart() {
        return !isDone && !parts.isEmpty();
    }

    /** Are its parts all there? */
    boolean isWhole() {
        return isWhole;
    }

    /** Reads what was written since the last time, and returns the parts that are whole since then. */
    List<LivePart> read(LiveWindow.SegmentFiles files) throws IOException {
        long closed = closedBytes;
        FileChannel in = channel == null ? open(files, closed >= 0) : channel;
        channel = in;
        if (in == null) {
            return List.of();
        }
        PartScanner scan = scanner;
        if (scan == null) {
            scan = new PartScanner(partTargetMs);
            scanner = scan;
        }
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
            isRead = true;
            closeFile();
        }
        return scan.take();
    }

    /** Null if it is not there yet: the window hears of a segment before its file is made. */
    private @Nullable FileChannel open(LiveWindow.SegmentFiles files, boolean isClosed) throws IOException {
        try {
            return files.open(sequence);
        } catch (NoSuchFileException e) {
            if (isClosed) {
                throw e;
            }
            return null;
        }
    }

    /** Adds what was read to what is known; with the last part it is whole. Guarded by the window. */
    void add(List<LivePart> found) {
        List<LivePart> all = new ArrayList<>(parts);
        all.addAll(found);
        parts = all;
        isWhole |= isRead;
        isDone |= isRead;
    }

    private static boolean fill(ByteBuffer piece, FileChannel in, long from) throws IOException {
        int count = 0;
        while (piece.hasRemaining() && count >= 0) {
            count = in.read(piece, from + piece.position());
        }
        return !piece.hasRemaining();
    }

    /** Nothing more is looked for. */
    void giveUp() throws IOException {
        isDone = true;
        closeFile();
    }

    /** Frees the file, and what read it. */
    private void closeFile() throws IOException {
        scanner = null;
        FileChannel in = channel;
        channel = null;
        if (in != null) {
            in.close();
        }
    }
}
