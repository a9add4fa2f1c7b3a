// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.spool;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Writes one stream's segments as they grow, on the writer's thread: gathering writes of the received slices themselves. */
final class SegmentWriter {
    private final StreamFolder folder;
    private final PartOpener opener;
    private final Sealer sealer;
    private final DiskReserve reserve;
    private final SpoolSink sink;
    private ByteBuffer[] gather = new ByteBuffer[64];
    private volatile @Nullable FileChannel channel;
    private volatile Path part = Path.of("");
    private long sequence;
    private volatile long written;
    private long unwritten;
    private @Nullable String failure;
    /** Of which segment the log has it that somebody who was told of it failed. */
    private long toldFailureOf = -1;

    /** What was forced to disk last, and how much of it; of the forcer's thread alone. */
    private @Nullable FileChannel forced;

    private long forcedBytes;

    SegmentWriter(StreamFolder folder, PartOpener opener, Sealer sealer, DiskReserve reserve, SpoolSink sink) {
        this.folder = folder;
        this.opener = opener;
        this.sealer = sealer;
        this.reserve = reserve;
        this.sink = sink;
    }

    /** Does what the batch says, and releases every slice of it. */
    void write(Batch batch, SpoolStream stream) {
        int from = 0;
        for (Batch.Mark mark : batch.marks) {
            writeRun(batch, from, mark.at(), stream);
            from = mark.at();
            if (mark instanceof Batch.Mark.Start start) {
                begin(start, stream);
            } else if (mark instanceof Batch.Mark.End end) {
                end(end, stream);
            } else {
                stream.onFinished();
                sealer.submitLast(stream.sealLine(), sink::onDrained);
            }
        }
        writeRun(batch, from, batch.slices.size(), stream);
        try {
            sink.onWritten();
        } catch (RuntimeException | Error e) {
            onListenerFailure(e);
        }
    }

    private void begin(Batch.Mark.Start start, SpoolStream stream) {
        sequence = start.sequence();
        written = 0;
        unwritten = 0;
        failure = null;
        part = folder.part(sequence);
        try {
            sink.onOpened(sequence, start.place());
        } catch (RuntimeException | Error e) {
            onListenerFailure(e);
        }
        try {
            requireSpace();
            channel = opener.open(part);
        } catch (IOException | RuntimeException | Error e) {
            fail(e, stream);
        }
    }

    private void writeRun(Batch batch, int from, int to, SpoolStream stream) {
        if (from == to) {
            return;
        }
        int count = 0;
        try {
            count = collect(batch, from, to);
            writeFully(count);
        } catch (IOException | RuntimeException | Error e) {
            fail(e, stream);
        } finally {
            for (int i = 0; i < count; i++) {
                unwritten += gather[i].remaining();
            }
            Arrays.fill(gather, 0, count, null);
            for (int i = from; i < to; i++) {
                batch.slices.get(i).release();
            }
        }
    }

    private int collect(Batch batch, int from, int to) {
        int count = 0;
        for (int i = from; i < to; i++) {
            ByteBuf slice = batch.slices.get(i);
            int parts = slice.nioBufferCount();
            if (count + parts > gather.length) {
                gather = Arrays.copyOf(gather, Math.max(count + parts, gather.length * 2));
            }
            if (parts == 1) {
                gather[count++] = slice.nioBuffer();
            } else {
                for (ByteBuffer piece : slice.nioBuffers()) {
                    gather[count++] = piece;
                }
            }
        }
        return count;
    }

    private void writeFully(int count) throws IOException {
        FileChannel out = channel;
        int first = 0;
        while (out != null && failure == null) {
            while (first < count && !gather[first].hasRemaining()) {
                first++;
            }
            if (first == count) {
                return;
            }
            requireSpace();
            long before = written;
            written = before + out.write(gather, first, count - first);
        }
    }

    /** What is given free for the record is not for us. */
    private void requireSpace() throws IOException {
        if (reserve.isReleased()) {
            throw new IOException("No space left on device");
        }
    }

    /** Also an error of the program: the rest of the batch, and the end of the segment, must not be lost by it. */
    private void fail(Throwable e, SpoolStream stream) {
        String why;
        if (e instanceof IOException io) {
            reserve.onFailure();
            why = Failures.describe(io);
        } else {
            Spool.LOG.error("A segment could not be written", e);
            why = "internal error: " + e;
        }
        String reason = "cannot write " + part + ": " + why;
        failure = reason;
        stream.onFault(reason);
    }

    private void end(Batch.Mark.End end, SpoolStream stream) {
        if (failure == null) {
            stream.onSegmentWritten();
            try {
                sink.onClosed(end.facts(), written, end.place());
            } catch (RuntimeException | Error e) {
                onListenerFailure(e);
            }
        }
        SealTask.Written file = new SealTask.Written(part, channel, written, unwritten, failure);
        channel = null;
        sealer.submit(stream.sealLine(), new SealTask(folder, sink, file, end));
    }

    /** What was received is stored, whatever those do who hear of it. */
    private void onListenerFailure(Throwable e) {
        if (toldFailureOf != sequence) {
            toldFailureOf = sequence;
            Spool.LOG.error("Somebody who was told of segment {} failed", part, e);
        }
    }

    /** Forces to disk what was written since the last time; on the forcer's thread, while others write and seal. */
    void force(SpoolStream stream) {
        FileChannel open = channel;
        long writtenSoFar = written;
        if (open == null || (open == forced && writtenSoFar == forcedBytes)) {
            return;
        }
        try {
            open.force(false);
            if (open != forced) {
                // Its name must be on disk too.
                folder.force();
            }
            forced = open;
            forcedBytes = writtenSoFar;
        } catch (ClosedChannelException e) {
            Spool.LOG.trace("Sealed in the meantime", e);
        } catch (IOException e) {
            stream.onFault("cannot force " + part + " to disk: " + Failures.describe(e));
        } catch (RuntimeException | Error e) {
            // Else it would be the last round.
            Spool.LOG.error("A segment could not be forced to disk", e);
            stream.onFault("cannot force " + part + " to disk: internal error: " + e);
        }
    }

    /** Closes what is open and leaves it to the next start; for a spool that closes under a running stream. */
    void abandon() {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                Spool.LOG.warn("Segment {} of {} could not be closed", sequence, part, e);
            }
        }
    }
}
