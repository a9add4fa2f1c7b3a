// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a batch of datagrams is received into: to the channel one buffer, cut into places of equal size, but each place is a buffer of its own. A
 * datagram's slice is that buffer itself, so a datagram that is kept keeps no other one in memory. Used again for every batch; for one event loop.
 */
final class DatagramSlots extends CompositeByteBuf {
    static final int MOST = 64;

    private final ByteBufAllocator allocator;
    private final int slotSize;
    private final @Nullable ByteBuf[] slots = new @Nullable ByteBuf[MOST];
    private int offered;

    DatagramSlots(ByteBufAllocator allocator, int slotSize) {
        super(allocator, true, MOST);
        this.allocator = allocator;
        this.slotSize = slotSize;
    }

    /** Offers so many empty places; the taker releases the answer. */
    ByteBuf offer(int count) {
        for (int i = 0; i < count; i++) {
            if (slots[i] == null) {
                slots[i] = allocator.directBuffer(slotSize, slotSize);
            }
        }
        offered = count;
        setIndex(0, 0);
        return retain();
    }

    /** Releases the places from {@code count} on. */
    void shrinkTo(int count) {
        for (int i = count; i < MOST; i++) {
            ByteBuf slot = slots[i];
            if (slot != null) {
                slots[i] = null;
                slot.release();
            }
        }
    }

    @Override
    public int capacity() {
        return offered * slotSize;
    }

    @Override
    public boolean isDirect() {
        return true;
    }

    @Override
    public int nioBufferCount() {
        return 1; // for one place at a time
    }

    @Override
    public boolean hasMemoryAddress() {
        return false;
    }

    @Override
    public ByteBuffer internalNioBuffer(int index, int length) {
        ByteBuf slot = slots[index / slotSize];
        if (slot == null) {
            throw new IllegalStateException("this place was taken");
        }
        return slot.internalNioBuffer(index % slotSize, length);
    }

    /** Takes the datagram that was received at a place; its buffer is the caller's from now on. */
    @Override
    public ByteBuf retainedSlice(int index, int length) {
        int i = index / slotSize;
        ByteBuf slot = slots[i];
        if (slot == null) {
            throw new IllegalStateException("this place was taken");
        }
        slots[i] = null;
        return slot.setIndex(0, length);
    }

    @Override
    protected void deallocate() {
        shrinkTo(0);
        super.deallocate();
    }
}
