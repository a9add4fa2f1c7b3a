// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Packets by sequence number, in an array that doubles when the span between the first and the last grows, up to a limit. Idle connections
 * so cost little, busy ones no allocation. The ring releases nothing by itself.
 */
final class PacketRing {
    private static final int INITIAL_CAPACITY = 64;

    private final int limit;
    private @Nullable ByteBuf[] slots = new @Nullable ByteBuf[INITIAL_CAPACITY];

    /** A ring for at most {@code limit} places, rounded up to a power of two. */
    PacketRing(int limit) {
        this.limit = Math.max(INITIAL_CAPACITY, Integer.highestOneBit(Math.max(1, limit - 1)) << 1);
    }

    int limit() {
        return limit;
    }

    int capacity() {
        return slots.length;
    }

    @Nullable
    ByteBuf get(int seqNo) {
        return slots[seqNo & (slots.length - 1)];
    }

    /** Makes room for {@code span} places from {@code first} on; it must not exceed the limit. True if the places moved. */
    boolean ensure(int first, int span) {
        if (span <= slots.length) {
            return false;
        }
        @Nullable ByteBuf[] old = slots;
        int capacity = Math.min(limit, Integer.highestOneBit(span - 1) << 1);
        slots = new @Nullable ByteBuf[capacity];
        for (int i = 0; i < old.length; i++) {
            int seqNo = first + i;
            slots[seqNo & (capacity - 1)] = old[seqNo & (old.length - 1)];
        }
        return true;
    }

    void set(int seqNo, ByteBuf packet) {
        slots[seqNo & (slots.length - 1)] = packet;
    }

    @Nullable
    ByteBuf clear(int seqNo) {
        int index = seqNo & (slots.length - 1);
        ByteBuf packet = slots[index];
        slots[index] = null;
        return packet;
    }
}
