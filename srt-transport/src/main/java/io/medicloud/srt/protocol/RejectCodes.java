// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.RejectReason;
import io.medicloud.srt.packet.HandshakeExtensions;
import io.medicloud.srt.packet.HandshakePacket;
import io.medicloud.srt.packet.SrtFlags;
import org.jspecify.annotations.Nullable;

/** Reasons that only the protocol itself gives, and the way from a reason to the wire and back (draft 4.3, table 7). */
final class RejectCodes {
    static final RejectReason RENDEZVOUS_COOKIE = new RejectReason(9);
    static final RejectReason MESSAGE_API = new RejectReason(12);
    static final RejectReason CONGESTION = new RejectReason(13);
    static final RejectReason FILTER = new RejectReason(14);
    static final RejectReason GROUP = new RejectReason(15);
    static final RejectReason CRYPTO = new RejectReason(17);

    private RejectCodes() {}

    /** What the peer's extensions want that we do not do: messages, another congestion control, or a group; null if nothing. */
    static @Nullable RejectReason ofUnsupported(HandshakeExtensions x) {
        if ((x.flags() & SrtFlags.STREAM) != 0) {
            return MESSAGE_API;
        }
        if (!x.congestion().isEmpty() && !x.congestion().equals("live")) {
            return CONGESTION;
        }
        return x.hasGroup() ? GROUP : null;
    }

    static int handshakeType(RejectReason reason) {
        return HandshakePacket.FIRST_REJECTION + reason.code();
    }

    static RejectReason ofHandshakeType(int handshakeType) {
        return new RejectReason(handshakeType - HandshakePacket.FIRST_REJECTION);
    }
}
