// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.transfer;

import io.medicloud.mpegts.packet.PacketFramer;
import io.medicloud.mpegts.packet.PacketSink;
import io.medicloud.mpegts.packet.TsPacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Reads a channel as messages of whole 188-byte packets, whatever their size and place in it. */
final class PacketReader implements Messages, PacketSink {
    private static final int PIECE = 64 << 10;

    private final ReadableByteChannel in;
    private final int messageSize;
    private final PacketFramer framer = new PacketFramer(this, (fault, pid) -> {});
    private final ByteBuf piece = ByteBufAllocator.DEFAULT.directBuffer(PIECE, PIECE);
    private final ArrayDeque<ByteBuf> ready = new ArrayDeque<>();
    private @Nullable ByteBuf begun;
    private boolean isEnded;
    private boolean hasPackets;

    PacketReader(ReadableByteChannel in, int messageSize) {
        this.in = in;
        this.messageSize = messageSize;
    }

    @Override
    public @Nullable ByteBuf next() throws IOException {
        while (ready.isEmpty() && !isEnded) {
            int read = in.read(piece.nioBuffer(0, PIECE));
            if (read < 0) {
                end();
            } else {
                framer.onData(piece.setIndex(0, read));
            }
        }
        return ready.poll();
    }

    private void end() throws IOException {
        isEnded = true;
        framer.finish();
        if (begun != null) {
            ready.add(begun);
            begun = null;
        }
        if (!hasPackets) {
            throw new IOException(
                    "is no transport stream, and has no clock to go by; --rate max or 8M sends any bytes");
        }
    }

    @Override
    public void onPackets(ByteBuf data, int start, int count) {
        for (int i = 0; i < count; i++) {
            add(data, start + i * TsPacket.SIZE);
        }
    }

    @Override
    public void onDamagedPacket(ByteBuf data, int start) {
        add(data, start);
    }

    private void add(ByteBuf data, int start) {
        hasPackets = true;
        ByteBuf message = begun == null ? ByteBufAllocator.DEFAULT.directBuffer(messageSize, messageSize) : begun;
        message.writeBytes(data, start, TsPacket.SIZE);
        boolean isFull = message.writableBytes() < TsPacket.SIZE;
        begun = isFull ? null : message;
        if (isFull) {
            ready.add(message);
        }
    }

    @Override
    public void close() {
        framer.finish();
        piece.release();
        ready.forEach(ByteBuf::release);
        if (begun != null) {
            begun.release();
        }
    }
}
