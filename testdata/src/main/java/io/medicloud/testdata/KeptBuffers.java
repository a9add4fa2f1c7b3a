// SPDX-License-Identifier: Apache-2.0
package io.medicloud.testdata;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.buffer.UnpooledHeapByteBuf;
import io.netty.util.internal.PlatformDependent;
import java.util.ArrayList;
import java.util.List;

/** Allocates direct buffers and keeps every one to the end, so that an address tells which buffer a byte lay in. */
public final class KeptBuffers extends AbstractByteBufAllocator implements AutoCloseable {
    private final List<ByteBuf> kept = new ArrayList<>();
    private final List<Long> addresses = new ArrayList<>();

    public KeptBuffers() {
        super(true);
    }

    /** The capacities of all buffers, in bytes. */
    public synchronized long allocatedBytes() {
        return kept.stream().mapToLong(ByteBuf::capacity).sum();
    }

    /** Do these bytes lie in one of the buffers? */
    public synchronized boolean holds(long address, int bytes) {
        for (int i = 0; i < kept.size(); i++) {
            long start = addresses.get(i);
            if (address >= start && address + bytes <= start + kept.get(i).capacity()) {
                return true;
            }
        }
        return false;
    }

    @Override
    protected synchronized ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
        ByteBuf buffer = new UnpooledDirectByteBuf(this, initialCapacity, maxCapacity);
        kept.add(buffer.retain());
        addresses.add(PlatformDependent.directBufferAddress(buffer.nioBuffer(0, initialCapacity)));
        return buffer;
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
        return new UnpooledHeapByteBuf(this, initialCapacity, maxCapacity);
    }

    @Override
    public boolean isDirectBufferPooled() {
        return false;
    }

    @Override
    public synchronized void close() {
        for (ByteBuf buffer : kept) {
            if (!buffer.release()) {
                throw new AssertionError("a buffer is still in use");
            }
        }
    }
}
