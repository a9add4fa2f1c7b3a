// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.source;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A recording as a source: reads a file, or standard input, on a thread of its own. The pooled direct buffers that it
 * reads into are those that reach the disk; each holds whole packets as long as the file does.
 */
public final class FileSource implements Source {
    private static final int PACKETS_PER_BUFFER = 348;
    private static final int PACKET_BYTES = 188;
    private static final int BUFFER_BYTES = PACKETS_PER_BUFFER * PACKET_BYTES;

    /** Opens what is read. */
    private interface Opener {
        ReadableByteChannel open() throws IOException;
    }

    private final String name;
    private final Opener opener;
    private final Pace pace;
    private final PaceClock clock;
    private final ByteBufAllocator allocator;
    private final Object lock = new Object();
    private volatile boolean closed;
    private Thread thread = new Thread("file-source-not-started");

    private FileSource(String name, Opener opener, Pace pace, PaceClock clock, ByteBufAllocator allocator) {
        this.name = name;
        this.opener = opener;
        this.pace = pace;
        this.clock = clock;
        this.allocator = allocator;
    }

    /** Reads a file from its start to its end. */
    public static FileSource of(Path file, Pace pace, PaceClock clock, ByteBufAllocator allocator) {
        return new FileSource(
                file.toString(), () -> FileChannel.open(file, StandardOpenOption.READ), pace, clock, allocator);
    }

    /** Reads standard input to its end; it is not closed. */
    public static FileSource standardInput(Pace pace, PaceClock clock, ByteBufAllocator allocator) {
        return new FileSource("standard input", () -> Channels.newChannel(System.in), pace, clock, allocator);
    }

    @Override
    public boolean canWait() {
        return true;
    }

    @Override
    public void start(SourceSink sink) {
        synchronized (lock) {
            thread = new Thread(() -> run(sink), "file-source");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void run(SourceSink sink) {
        try {
            if (!closed) {
                read(sink);
            }
            sink.onEnd(closed ? "closed" : "end of " + name);
        } catch (ClosedByInterruptException | InterruptedException e) {
            sink.onEnd("closed");
        } catch (NoSuchFileException e) {
            sink.onFailure(name + ": no such file");
        } catch (IOException e) {
            sink.onFailure("cannot read " + name + ": " + e.getMessage());
        }
    }

    private void read(SourceSink sink) throws IOException, InterruptedException {
        ReadableByteChannel in = opener.open();
        PcrPacer pacer = new PcrPacer(clock, sink);
        try {
            sink.onConnected(name, clock.nowUs());
            boolean more = true;
            while (more && !closed) {
                ByteBuf buffer = allocator.directBuffer(BUFFER_BYTES, BUFFER_BYTES);
                try {
                    more = fill(buffer, in);
                    pass(buffer, sink, pacer);
                } finally {
                    buffer.release();
                }
            }
        } finally {
            pacer.finish();
            if (in instanceof FileChannel) {
                in.close();
            }
        }
    }

    private void pass(ByteBuf buffer, SourceSink sink, PcrPacer pacer) throws InterruptedException {
        if (!buffer.isReadable()) {
            return;
        }
        if (pace == Pace.PCR) {
            pacer.pass(buffer);
        } else {
            sink.onData(buffer, clock.nowUs());
            sink.onBatchEnd(clock.nowUs());
        }
    }

    /** Fills the buffer unless the end comes first; a pipe gives what it has, a piece at a time. */
    private static boolean fill(ByteBuf buffer, ReadableByteChannel in) throws IOException {
        while (buffer.isWritable()) {
            int read = in.read(buffer.nioBuffer(buffer.writerIndex(), buffer.writableBytes()));
            if (read < 0) {
                return false;
            }
            buffer.writerIndex(buffer.writerIndex() + read);
        }
        return true;
    }

    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            thread.interrupt();
        }
    }
}
