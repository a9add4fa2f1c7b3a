// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.transfer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;

/** Reads a channel as messages of one size; each is a slice of the buffer it was read into. */
final class MessageReader implements Messages {
    private static final int BUFFER = 64 << 10;

    private final ReadableByteChannel in;
    private final int messageSize;
    private ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer(BUFFER, BUFFER);

    MessageReader(ReadableByteChannel in, int messageSize) {
        this.in = in;
        this.messageSize = messageSize;
    }

    @Override
    public @Nullable ByteBuf next() throws IOException {
        while (buffer.readableBytes() < messageSize) {
            if (buffer.writerIndex() - buffer.readerIndex() + buffer.writableBytes() < messageSize) {
                renew();
            }
            int n = in.read(buffer.nioBuffer(buffer.writerIndex(), buffer.writableBytes()));
            if (n < 0) {
                int rest = buffer.readableBytes();
                return rest == 0 ? null : buffer.readRetainedSlice(rest);
            }
            buffer.writerIndex(buffer.writerIndex() + n);
        }
        return buffer.readRetainedSlice(messageSize);
    }

    private void renew() {
        ByteBuf fresh = ByteBufAllocator.DEFAULT.directBuffer(BUFFER, BUFFER);
        fresh.writeBytes(buffer);
        buffer.release();
        buffer = fresh;
    }

    @Override
    public void close() {
        buffer.release();
    }
}
