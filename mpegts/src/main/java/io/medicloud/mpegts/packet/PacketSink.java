// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.packet;

import io.netty.buffer.ByteBuf;

/** Is given the packets that {@link PacketFramer} finds, in order. */
public interface PacketSink {
    /** So many packets' headers, looked at here, are still near when the sink looks at them. */
    int MOST_AT_ONCE = 64;

    /**
     * Packets that lie one behind the other, 188 bytes each, all with their sync byte.
     *
     * @param data lent: valid until the call returns, unless retained
     * @param start absolute index of the first packet's first byte
     * @param count how many there are, at least 1
     */
    void onPackets(ByteBuf data, int start, int count);

    /**
     * Places for packets that lie one behind the other, 188 bytes each: those up to the first without its sync byte are packets, to be taken as by
     * {@link #onPackets}. Who reads the headers anyway sees it there, and need not be handed packets that were looked at before.
     *
     * @param data lent, as above
     * @param start absolute index of the first one's first byte
     * @param most how many there are, at least 1
     * @return how many are packets and have been taken; may be fewer than there are, but none only if the first is no packet
     */
    default int onPlaces(ByteBuf data, int start, int most) {
        int count = PacketFramer.run(
                data, start, start + TsPacket.SIZE * Math.min(most, MOST_AT_ONCE), TsPacket.SIZE, most);
        if (count > 0) {
            onPackets(data, start, count);
        }
        return count;
    }

    /**
     * One packet whose sync byte is damaged, between others that have theirs. Nothing in it can be trusted.
     *
     * @param data lent, as above
     * @param start absolute index of its first byte
     */
    void onDamagedPacket(ByteBuf data, int start);

    /** The packets behind this do not follow those before it: bytes between them were skipped. */
    default void onSyncLoss() {}
}
