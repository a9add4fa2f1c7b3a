// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.RejectReason;
import io.medicloud.srt.SrtPacketFilter;
import io.medicloud.srt.filter.FecMatrix;
import io.medicloud.srt.packet.ExtensionWriter;
import io.medicloud.srt.packet.HandshakeExtensions;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * What a handshake says about the packet filter (libsrt's extension FILTER). A caller that wants one gets it or is gone; a listener fills what is
 * left open on one side from the other, and does without if the caller does not ask; in rendezvous both must want the same.
 *
 * @param text what we send, empty for no extension
 * @param filter what is in force, null for none
 * @param rejection why there is no agreement
 */
record FilterExchange(
        String text,
        @Nullable SrtPacketFilter filter,
        @Nullable RejectReason rejection) {
    static final FilterExchange NONE = new FilterExchange("", null, null);

    private static final FilterExchange REFUSED = new FilterExchange("", null, RejectCodes.FILTER);

    /** What an initiator asks for. */
    static FilterExchange request(HandshakeTerms terms) {
        return new FilterExchange(terms.packetFilter(), null, null);
    }

    /** What a listener makes of a caller's request. */
    static FilterExchange respond(HandshakeTerms terms, HandshakeExtensions request) {
        if (request.filter().isEmpty()) {
            return NONE;
        }
        SrtPacketFilter peer = parse(request.filter());
        if (peer == null) {
            return REFUSED;
        }
        if (terms.packetFilter().isEmpty()) {
            return agreed(request.filter(), peer);
        }
        SrtPacketFilter merged = SrtPacketFilter.parse(terms.packetFilter()).merge(peer);
        return merged == null ? REFUSED : agreed(merged.withDefaults().text(), merged);
    }

    /** What a caller makes of the response. */
    static FilterExchange conclude(HandshakeTerms terms, HandshakeExtensions response) {
        if (response.filter().isEmpty()) {
            return terms.packetFilter().isEmpty() ? NONE : REFUSED;
        }
        SrtPacketFilter peer = parse(response.filter());
        if (peer == null) {
            return REFUSED;
        }
        boolean isOpen = terms.packetFilter().isEmpty();
        SrtPacketFilter own =
                isOpen ? peer : SrtPacketFilter.parse(terms.packetFilter()).merge(peer);
        // The response is what both go by: it must hold all that we asked for.
        return peer.equals(own) ? agreed("", peer) : REFUSED;
    }

    /** What either side of a rendezvous makes of the other's wish. */
    static FilterExchange meet(HandshakeTerms terms, HandshakeExtensions x) {
        if (terms.packetFilter().isEmpty() && x.filter().isEmpty()) {
            return NONE;
        }
        SrtPacketFilter peer = parse(x.filter());
        if (peer == null || terms.packetFilter().isEmpty()) {
            return REFUSED;
        }
        boolean isSame = peer.equals(SrtPacketFilter.parse(terms.packetFilter()));
        return isSame ? agreed(terms.packetFilter(), peer) : REFUSED;
    }

    private static FilterExchange agreed(String text, SrtPacketFilter filter) {
        return FecMatrix.isSupported(filter) ? new FilterExchange(text, filter, null) : REFUSED;
    }

    private static @Nullable SrtPacketFilter parse(String text) {
        try {
            return SrtPacketFilter.parse(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    boolean hasExtension() {
        return !text.isEmpty();
    }

    /** Appends the extension, if any. */
    void write(ByteBuf out) {
        if (hasExtension()) {
            ExtensionWriter.writeText(out, HandshakeExtensions.FILTER, text);
        }
    }
}
