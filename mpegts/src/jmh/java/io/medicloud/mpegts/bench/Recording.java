// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A file in memory, in pieces as a reader would hand them in. */
final class Recording implements AutoCloseable {
    /** About 1 MiB, a whole number of packets. */
    static final int PIECE = 5577 * 188;

    private final List<ByteBuf> pieces = new ArrayList<>();
    private long bytes;
    private int times = 1;

    private Recording() {}

    /** The first bytes of a file, at most so many. */
    static Recording of(Path file, long most, int piece, boolean direct) throws IOException {
        Recording recording = new Recording();
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            long end = Math.min(most, in.size());
            while (recording.bytes < end) {
                int size = (int) Math.min(piece, end - recording.bytes);
                ByteBuf buffer = direct
                        ? ByteBufAllocator.DEFAULT.directBuffer(size, size)
                        : ByteBufAllocator.DEFAULT.heapBuffer(size, size);
                while (buffer.isWritable()) {
                    buffer.writeBytes(in, recording.bytes + buffer.writerIndex(), buffer.writableBytes());
                }
                recording.add(buffer);
            }
        }
        return recording;
    }

    /** These bytes. */
    static Recording of(byte[] stream, int piece) {
        Recording recording = new Recording();
        for (int at = 0; at < stream.length; at += piece) {
            int size = Math.min(piece, stream.length - at);
            recording.add(ByteBufAllocator.DEFAULT.directBuffer(size, size).writeBytes(stream, at, size));
        }
        return recording;
    }

    private void add(ByteBuf piece) {
        pieces.add(piece);
        bytes += piece.readableBytes();
    }

    /** Is read so many times in a row from now on: what fits a cache stays there. */
    Recording repeated(int times) {
        this.times = times;
        return this;
    }

    long bytes() {
        return times * bytes;
    }

    void forEachPiece(Consumer<ByteBuf> reader) {
        for (int i = 0; i < times; i++) {
            for (ByteBuf piece : pieces) {
                reader.accept(piece);
            }
        }
    }

    @Override
    public void close() {
        pieces.forEach(ByteBuf::release);
        pieces.clear();
    }
}
