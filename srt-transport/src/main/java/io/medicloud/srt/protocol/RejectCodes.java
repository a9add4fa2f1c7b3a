// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.RejectReason;
import io.medicloud.srt.packet.HandshakePacket;

/** Reasons that only the protocol itself gives, and the way from a reason to the wire and back (draft 4.3, table 7). */
final class RejectCodes {
    static final RejectReason RENDEZVOUS_COOKIE = new RejectReason(9);
    static final RejectReason MESSAGE_API = new RejectReason(12);
    static final RejectReason CONGESTION = new RejectReason(13);
    static final RejectReason FILTER = new RejectReason(14);
    static final RejectReason GROUP = new RejectReason(15);
    static final RejectReason CRYPTO = new RejectReason(17);

    private RejectCodes() {}

    static int handshakeType(RejectReason reason) {
        return HandshakePacket.FIRST_REJECTION + reason.code();
    }

    static RejectReason ofHandshakeType(int handshakeType) {
        return new RejectReason(handshakeType - HandshakePacket.FIRST_REJECTION);
    }
}
