// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.SrtCloseReason;
import io.netty.buffer.ByteBuf;

/** What a session does to the world. Called from within the session's own methods; must not call the session back. */
public interface SessionOutput {
    /** A datagram for the peer, lent: retain it to send it later; its indices must be left alone. */
    void onDatagram(ByteBuf datagram);

    /** A payload whose time has come, in order; lent. */
    void onPayload(ByteBuf payload, long nowUs);

    /** No more payloads for now; follows at least one. */
    void onBatchEnd(long nowUs);

    /** There is room for a payload again, after one was refused. */
    void onWritable();

    /** The session has ended; nothing follows. */
    void onClosed(SrtCloseReason why);
}
