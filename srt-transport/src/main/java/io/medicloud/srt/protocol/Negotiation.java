// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.packet.ExtensionWriter;
import io.medicloud.srt.packet.HandshakeExtensions;
import io.medicloud.srt.packet.SrtFlags;
import io.netty.buffer.ByteBuf;

/**
 * The latencies and flags of an HSREQ or HSRSP (draft 3.2.1.1, 4.4).
 *
 * @param flags what we say of ourselves
 * @param receiveLatencyMs of our receiver
 * @param peerLatencyMs of the peer's receiver
 */
record Negotiation(int flags, int receiveLatencyMs, int peerLatencyMs) {
    /** What an initiator asks for. */
    static Negotiation request(HandshakeTerms terms) {
        return new Negotiation(terms.flags(), terms.receiveLatencyMs(), terms.peerLatencyMs());
    }

    /** What a responder decides: for each direction the larger wish. */
    static Negotiation respond(HandshakeTerms terms, HandshakeExtensions request) {
        boolean peerReceivesByTime = (request.flags() & SrtFlags.TSBPDRCV) != 0;
        int flags = peerReceivesByTime ? terms.flags() : terms.flags() & ~SrtFlags.TSBPDSND;
        return new Negotiation(
                flags,
                Math.max(terms.receiveLatencyMs(), request.senderLatencyMs()),
                peerReceivesByTime ? Math.max(terms.peerLatencyMs(), request.receiverLatencyMs()) : 0);
    }

    /** What the initiator learns from the response. */
    static Negotiation conclude(HandshakeTerms terms, HandshakeExtensions response) {
        return new Negotiation(terms.flags(), response.senderLatencyMs(), response.receiverLatencyMs());
    }

    void write(ByteBuf out, int type) {
        ExtensionWriter.writeHs(out, type, HandshakeTerms.VERSION, flags, receiveLatencyMs, peerLatencyMs);
    }
}
