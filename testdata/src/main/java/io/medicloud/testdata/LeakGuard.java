// SPDX-License-Identifier: Apache-2.0
package io.medicloud.testdata;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.buffer.UnpooledHeapByteBuf;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An allocator that counts, and complains when it is closed while buffers live. Memory is not pooled, so that a buffer
 * used after its release is found at once. Thread-safe.
 */
public final class LeakGuard implements AutoCloseable {
    private final Counting allocator = new Counting();
    private final AtomicLong allocated = new AtomicLong();
    private final AtomicLong allocatedBytes = new AtomicLong();
    private final AtomicLong released = new AtomicLong();

    public ByteBufAllocator allocator() {
        return allocator;
    }

    /** Buffers ever allocated, slices and composites not counted. */
    public long allocated() {
        return allocated.get();
    }

    /** The initial capacities of all buffers ever allocated, in bytes. */
    public long allocatedBytes() {
        return allocatedBytes.get();
    }

    /** Buffers not yet released. */
    public long live() {
        return allocated.get() - released.get();
    }

    /** Throws {@link AssertionError} if a buffer lives. */
    @Override
    public void close() {
        if (live() != 0) {
            throw new AssertionError(live() + " of " + allocated() + " buffers were not released");
        }
    }

    private void onAllocated(int bytes) {
        allocated.incrementAndGet();
        allocatedBytes.addAndGet(bytes);
    }

    private final class Counting extends AbstractByteBufAllocator {
        Counting() {
            super(true);
        }

        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
            onAllocated(initialCapacity);
            return new UnpooledHeapByteBuf(this, initialCapacity, maxCapacity) {
                @Override
                protected void deallocate() {
                    super.deallocate();
                    released.incrementAndGet();
                }
            };
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            onAllocated(initialCapacity);
            return new UnpooledDirectByteBuf(this, initialCapacity, maxCapacity) {
                @Override
                protected void deallocate() {
                    super.deallocate();
                    released.incrementAndGet();
                }
            };
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }
    }
}
