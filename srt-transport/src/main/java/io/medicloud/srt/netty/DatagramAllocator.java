// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives one channel what it reads into, and says how long it goes on: until the socket is empty, or {@value #MOST_AT_ONCE} datagrams were read. Where
 * the transport reads many at once, it gets {@link DatagramSlots}, about twice as many as there were last.
 */
final class DatagramAllocator implements RecvByteBufAllocator {
    static final int MOST_AT_ONCE = 2048;

    private static final int LEAST_SLOTS = 4;

    private final ByteBufAllocator allocator;
    private final int slotSize;
    private final @Nullable DatagramSlots slots;
    private final Reading reading = new Reading();
    private boolean isReleased;

    DatagramAllocator(ByteBufAllocator allocator, int slotSize, boolean inBatches) {
        this.allocator = allocator;
        this.slotSize = slotSize;
        slots = inBatches ? new DatagramSlots(allocator, slotSize) : null;
    }

    /** How many datagrams the last reading brought. */
    int lastRead() {
        return reading.total;
    }

    /** Keeps as little memory as is needed to notice the next datagram. */
    void rest() {
        reading.slotCount = LEAST_SLOTS;
        if (slots != null) {
            slots.shrinkTo(LEAST_SLOTS);
        }
    }

    /** The channel is closed, perhaps from within a reading: that goes no further. */
    void release() {
        isReleased = true;
        if (slots != null && slots.refCnt() > 0) {
            slots.release();
        }
    }

    @Override
    @SuppressWarnings("deprecation") // the interface's own
    public Handle newHandle() {
        return reading;
    }

    private final class Reading implements ExtendedHandle {
        private int slotCount = LEAST_SLOTS;
        private int total;
        private int last;
        private int attempted;
        private int bytes;

        @Override
        public ByteBuf allocate(ByteBufAllocator ignored) {
            return slots == null ? allocator.directBuffer(slotSize, slotSize) : slots.offer(slotCount);
        }

        @Override
        public int guess() {
            return slotSize;
        }

        @Override
        public void reset(ChannelConfig config) {
            total = 0;
            last = 0;
        }

        @Override
        public void incMessagesRead(int count) {
            total += count;
            last = count;
        }

        @Override
        public void lastBytesRead(int count) {
            bytes = count;
        }

        @Override
        public int lastBytesRead() {
            return bytes;
        }

        @Override
        public void attemptedBytesRead(int count) {
            attempted = count;
        }

        @Override
        public int attemptedBytesRead() {
            return attempted;
        }

        @Override
        public boolean continueReading() {
            boolean mayBeMore = slots == null ? last > 0 : last == slotCount;
            if (mayBeMore && slotCount < DatagramSlots.MOST) {
                slotCount *= 2;
            }
            return mayBeMore && !isReleased && total < MOST_AT_ONCE;
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier ignored) {
            return continueReading();
        }

        @Override
        public void readComplete() {
            if (total < slotCount / 4 && slotCount > LEAST_SLOTS) {
                slotCount /= 2;
            }
        }
    }
}
