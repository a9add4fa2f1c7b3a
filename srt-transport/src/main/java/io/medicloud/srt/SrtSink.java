// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt;

import io.netty.buffer.ByteBuf;

/**
 * Takes what one connection has to say. Every method is called on the one loop thread that serves this connection, and
 * usually all others: return soon, never block. What a method throws closes the connection.
 *
 * <p>Order: {@link #onConnected} once, then payloads and the rest, then {@link #onClosed} once and nothing after. A
 * connection that does not come about gets {@link #onClosed} alone.
 */
public interface SrtSink {

    /** The handshake is done; the connection may be sent on from now. */
    void onConnected(SrtConnection connection);

    /**
     * One payload, in order, at its time (TSBPD), decrypted.
     *
     * @param payload lent until the method returns; its indices are around the payload, and move on afterwards: to keep
     *     it, take a {@link ByteBuf#retainedSlice}. Consecutive payloads usually lie next to
     *     each other in one pooled direct buffer, which stays in memory while any slice of it is retained
     * @param nowUs monotonic time in microseconds ({@link System#nanoTime} / 1000), the same for a whole batch
     */
    void onPayload(ByteBuf payload, long nowUs);

    /** No more payloads are ready for now: pass on what was gathered. */
    default void onBatchEnd(long nowUs) {}

    /** There is room again after {@link SrtConnection#send} said no. */
    default void onWritable() {}

    /** The connection has ended, and everything that could be delivered was. */
    void onClosed(SrtCloseReason why);
}
