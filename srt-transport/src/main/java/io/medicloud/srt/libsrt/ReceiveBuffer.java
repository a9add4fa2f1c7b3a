// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.libsrt;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Where the messages of one connection are received: one behind the other in a pooled direct buffer. A full buffer is
 * let go and lives on in the slices that were retained of it; one of which nothing was retained is used again.
 */
final class ReceiveBuffer {

    static final int BYTES = 64 * 1024;
    /** The longest message of live mode (SRT_LIVE_MAX_PLSIZE). */
    static final int MOST_MESSAGE_BYTES = 1456;

    private final ByteBufAllocator allocator;
    private @Nullable ByteBuf buffer;
    private long address;
    private int next;

    ReceiveBuffer(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** The address with room for the longest message. */
    long room() {
        ByteBuf current = buffer;
        if (current != null && current.capacity() - next < MOST_MESSAGE_BYTES) {
            if (current.refCnt() > 1) {
                current.release();
                buffer = null;
            }
            next = 0;
        }
        if (buffer == null) {
            ByteBuf fresh = allocator.directBuffer(BYTES, BYTES);
            buffer = fresh;
            address = Memory.addressOf(fresh);
            next = 0;
        }
        return address + next;
    }

    /** The message of so many bytes that was written to {@link #room}: the buffer with its indices around it. */
    ByteBuf message(int length) {
        ByteBuf current = buffer;
        if (current == null) {
            throw new IllegalStateException("no room was asked for");
        }
        current.setIndex(next, next + length);
        next += length;
        return current;
    }

    void release() {
        if (buffer != null) {
            buffer.release();
            buffer = null;
        }
    }
}
