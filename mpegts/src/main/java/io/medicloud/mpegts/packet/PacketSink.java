// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.packet;

import io.netty.buffer.ByteBuf;

/** Is given the packets that {@link PacketFramer} finds, in order. */
public interface PacketSink {
    /**
     * Packets that lie one behind the other, 188 bytes each, all with their sync byte.
     *
     * @param data lent: valid until the call returns, unless retained
     * @param start absolute index of the first packet's first byte
     * @param count how many there are, at least 1
     */
    void onPackets(ByteBuf data, int start, int count);

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
