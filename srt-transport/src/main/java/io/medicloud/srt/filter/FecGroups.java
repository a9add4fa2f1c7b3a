// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.filter;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The newest groups of rows, or of columns. A group takes the place of the one that is a full turn older; a complete one gives its sum back at
 * once, so that without loss there are only the sums of groups that are being filled.
 */
final class FecGroups {
    private final int perColumn;
    private final int groupSize;
    private final int payloadSize;
    private final @Nullable Group[] slots;
    private @Nullable ParityBlock[] spare = new @Nullable ParityBlock[4];
    private int spares;

    /**
     * No groups.
     *
     * @param columns 1 for rows
     * @param perColumn how many groups of each are remembered
     * @param groupSize packets of a group
     */
    FecGroups(int columns, int perColumn, int groupSize, int payloadSize) {
        this.perColumn = perColumn;
        this.groupSize = groupSize;
        this.payloadSize = payloadSize;
        slots = new @Nullable Group[columns * perColumn];
    }

    /** The group of this number, or null if it is forgotten. */
    @Nullable
    Group group(int column, long number) {
        int i = column * perColumn + (int) (number % perColumn);
        Group group = slots[i];
        if (group == null) {
            group = new Group(column);
            slots[i] = group;
        }
        if (group.number > number) {
            return null;
        }
        if (group.number < number) {
            group.begin(number);
        }
        return group;
    }

    private ParityBlock takeBlock() {
        if (spares > 0) {
            ParityBlock block = spare[--spares];
            spare[spares] = null;
            if (block != null) {
                block.clear();
                return block;
            }
        }
        return new ParityBlock(payloadSize);
    }

    private void giveBack(ParityBlock block) {
        if (spares == spare.length) {
            spare = Arrays.copyOf(spare, 2 * spares);
        }
        spare[spares++] = block;
    }

    /** One group, and the sum of what is there of it. */
    final class Group {
        private final int column;
        private long number = -1;
        private int collected;
        private boolean hasExtra;
        private @Nullable ParityBlock block;

        Group(int column) {
            this.column = column;
        }

        int column() {
            return column;
        }

        long number() {
            return number;
        }

        private void begin(long newNumber) {
            number = newNumber;
            collected = 0;
            hasExtra = false;
            release();
        }

        /** A data packet of it. */
        void add(ByteBuf packet, byte[] scratch) {
            block().add(packet, scratch);
            if (++collected == groupSize) {
                release();
            }
        }

        /** Its extra packet, if it is of use. */
        void addExtra(ByteBuf packet, byte[] scratch) {
            if (!hasExtra && collected < groupSize) {
                hasExtra = true;
                block().addExtra(packet, scratch);
            }
        }

        /** The sum, if that is the one packet which is missing; null otherwise. */
        @Nullable
        ParityBlock missingPacket() {
            ParityBlock sum = block;
            return hasExtra && collected == groupSize - 1 && sum != null && sum.isPacket() ? sum : null;
        }

        private ParityBlock block() {
            ParityBlock sum = block;
            if (sum == null) {
                sum = takeBlock();
                block = sum;
            }
            return sum;
        }

        private void release() {
            ParityBlock sum = block;
            if (sum != null) {
                giveBack(sum);
                block = null;
            }
        }
    }
}
