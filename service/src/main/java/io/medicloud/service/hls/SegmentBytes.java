// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.hls;

import io.medicloud.pipeline.Pipeline;
import io.medicloud.pipeline.Pipelines;
import io.medicloud.pipeline.record.SegmentRecord;
import io.medicloud.pipeline.store.SegmentStore;
import io.medicloud.pipeline.store.StoreException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Where the bytes of segments are: in the spool first, in the store once they have left it. Thread-safe; its calls block. */
final class SegmentBytes {
    private final Pipelines pipelines;
    private final SegmentStore store;

    SegmentBytes(Pipelines pipelines, SegmentStore store) {
        this.pipelines = pipelines;
        this.store = store;
    }

    /** One segment, to be read from front to back. Belongs to one thread at a time. */
    interface Source extends AutoCloseable {
        /** All its bytes. */
        long length();

        /** Up to that many bytes from there on, at least one; where they are missing an exception. */
        byte[] read(long at, int most) throws IOException;

        @Override
        void close() throws IOException;
    }

    /** A source from its beginning, as a stream. */
    static final class Input extends InputStream {
        private final Source source;
        private long at;

        Input(Source source) {
            this.source = source;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int most = (int) Math.min(length, source.length() - at);
            if (most <= 0) {
                return length == 0 ? 0 : -1;
            }
            byte[] piece = source.read(at, most);
            System.arraycopy(piece, 0, into, offset, piece.length);
            at += piece.length;
            return piece.length;
        }
    }

    /** Opens the file in the spool; null if it is not there. */
    @Nullable
    Source openSpooled(String streamId, long sequence) throws IOException {
        try {
            return FileSource.of(FileChannel.open(pipelines.spoolFile(streamId, sequence), StandardOpenOption.READ));
        } catch (NoSuchFileException e) {
            return openUnsealed(streamId, sequence);
        }
    }

    /** What is listed while it is forced to disk. */
    private @Nullable Source openUnsealed(String streamId, long sequence) throws IOException {
        Pipeline open = pipelines.find(streamId);
        if (open == null || !open.window().isWritten(sequence)) {
            return null;
        }
        try {
            return FileSource.of(open.window().open(sequence));
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Opens a segment wherever it is. The store is asked when something is read. */
    Source open(SegmentRecord segment) throws IOException {
        Source spooled = openSpooled(segment.streamId(), segment.sequence());
        return spooled == null ? new StoreSource(segment) : spooled;
    }

    private record FileSource(FileChannel channel, long length) implements Source {
        static FileSource of(FileChannel channel) throws IOException {
            return new FileSource(channel, channel.size());
        }

        @Override
        public byte[] read(long at, int most) throws IOException {
            ByteBuffer buffer = ByteBuffer.allocate(most);
            if (channel.read(buffer, at) <= 0) {
                throw new EOFException("the file ends at " + at);
            }
            return buffer.hasRemaining() ? Arrays.copyOf(buffer.array(), buffer.position()) : buffer.array();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private final class StoreSource implements Source {
        private final SegmentRecord segment;
        private @Nullable InputStream in;
        private long position;

        StoreSource(SegmentRecord segment) {
            this.segment = segment;
        }

        @Override
        public long length() {
            return segment.facts().bytes();
        }

        @Override
        public byte[] read(long at, int most) throws IOException {
            InputStream from = at(at);
            byte[] bytes = from.readNBytes(most);
            if (bytes.length == 0) {
                throw new EOFException(segment.key() + " ends at " + at);
            }
            position += bytes.length;
            return bytes;
        }

        private InputStream at(long at) throws IOException {
            InputStream open = in;
            if (open != null && position == at) {
                return open;
            }
            close();
            try {
                open = store.read(segment.key(), at, length() - at);
            } catch (StoreException e) {
                throw new IOException(e.getMessage(), e);
            }
            in = open;
            position = at;
            return open;
        }

        @Override
        public void close() throws IOException {
            InputStream open = in;
            in = null;
            if (open != null) {
                open.close();
            }
        }
    }
}
