// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.netty.buffer.ByteBuf;

/** A handshake that this end has begun. */
public sealed interface OutgoingHandshake permits CallerHandshake, RendezvousHandshake {
    /** Writes what is to be sent now, and answers whether there was anything. Ask again until there is not. */
    boolean poll(ByteBuf out, long nowUs);

    /** Time has passed. */
    HandshakeVerdict onTick(long nowUs);

    /** A datagram from the peer's address, lent. */
    HandshakeVerdict onDatagram(ByteBuf packet, long nowUs);

    /** Whether it was rejected because the peer speaks the handshake of SRT before 1.3 (HSv4). */
    boolean isPeerOld();
}
