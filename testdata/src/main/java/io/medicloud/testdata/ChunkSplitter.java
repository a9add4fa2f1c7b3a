// SPDX-License-Identifier: Apache-2.0
package io.medicloud.testdata;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/** Cuts a byte stream into chunks as a socket or a file might. The same seed cuts the same way. Not thread-safe. */
public final class ChunkSplitter {
    private final IntSupplier nextSize;

    private ChunkSplitter(IntSupplier nextSize) {
        this.nextSize = nextSize;
    }

    /** Chunks of {@code size} bytes, the last one shorter. */
    public static ChunkSplitter every(int size) {
        return new ChunkSplitter(() -> size);
    }

    /** Chunks of {@code least} to {@code most} bytes, the last one perhaps shorter. */
    public static ChunkSplitter random(long seed, int least, int most) {
        if (least < 1 || most < least) {
            throw new IllegalArgumentException(least + " to " + most);
        }
        Random random = new Random(seed);
        return new ChunkSplitter(() -> least + random.nextInt(most - least + 1));
    }

    /** The chunks as arrays of their own. */
    public void split(byte[] data, Consumer<byte[]> chunks) {
        int at = 0;
        while (at < data.length) {
            int end = (int) Math.min(data.length, (long) at + nextSize.getAsInt());
            chunks.accept(Arrays.copyOfRange(data, at, end));
            at = end;
        }
    }

    /** Lends each chunk in a buffer of its own, released and, if nobody retained it, gone when {@code sink} returns. */
    public void lend(byte[] data, ByteBufAllocator allocator, Consumer<ByteBuf> sink) {
        split(data, bytes -> {
            ByteBuf chunk = allocator.buffer(bytes.length, bytes.length);
            try {
                sink.accept(chunk.writeBytes(bytes));
            } finally {
                chunk.release();
            }
        });
    }
}
