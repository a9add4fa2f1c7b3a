// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.RejectReason;
import io.medicloud.srt.crypto.KeySource;
import io.medicloud.srt.packet.ControlPacket;
import io.medicloud.srt.packet.ControlType;
import io.medicloud.srt.packet.HandshakeExtensions;
import io.medicloud.srt.packet.HandshakePacket;
import io.medicloud.srt.packet.PacketFault;
import io.medicloud.srt.packet.SrtPacket;
import io.medicloud.srt.packet.SrtTimestamp;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The listener's side of the handshake (draft 4.3.1). It keeps no state of any caller: what a CONCLUSION must prove is in its cookie. Every
 * answer is at most as long as the request until then. HSv4 peers (before SRT 1.3) are refused.
 */
public final class ListenerHandshake {
    private final HandshakeTerms terms;
    private final SynCookie cookie;
    private final KeySource source;
    private final long startUs;

    public ListenerHandshake(HandshakeTerms terms, SynCookie cookie, KeySource source, long nowUs) {
        this.terms = terms;
        this.cookie = cookie;
        this.source = source;
        startUs = nowUs;
    }

    public HandshakeTerms terms() {
        return terms;
    }

    /**
     * A datagram to socket id 0 came from this address.
     *
     * @param out takes the answer when the verdict is {@code Answered} or {@code Rejected}
     */
    public HandshakeVerdict onDatagram(ByteBuf packet, byte[] address, int port, long nowUs, ByteBuf out) {
        if (SrtPacket.check(packet) != PacketFault.NONE
                || !SrtPacket.isControl(packet)
                || ControlPacket.type(packet) != ControlType.HANDSHAKE) {
            return HandshakeVerdict.MALFORMED;
        }
        return switch (HandshakePacket.handshakeType(packet)) {
            case HandshakePacket.INDUCTION -> {
                induce(packet, address, cookie.bake(address, port, nowUs), nowUs, out);
                yield HandshakeVerdict.ANSWERED;
            }
            case HandshakePacket.CONCLUSION -> {
                boolean isProven = cookie.matches(HandshakePacket.synCookie(packet), address, port, nowUs);
                yield isProven ? conclude(packet, address, port, nowUs, out) : HandshakeVerdict.BAD_COOKIE;
            }
            default -> HandshakeVerdict.UNEXPECTED;
        };
    }

    private void induce(ByteBuf request, byte[] address, int synCookie, long nowUs, ByteBuf out) {
        HandshakePacket.Fields fields = new HandshakePacket.Fields(
                HandshakePacket.VERSION_5,
                terms.encryptionField(),
                HandshakePacket.EXT_MAGIC,
                HandshakePacket.initialSeqNo(request),
                HandshakePacket.mtu(request),
                HandshakePacket.flowWindow(request),
                HandshakePacket.INDUCTION,
                HandshakePacket.socketId(request),
                synCookie,
                address);
        HandshakePacket.write(out, fields, SrtTimestamp.of(nowUs - startUs), HandshakePacket.socketId(request));
    }

    private HandshakeVerdict conclude(ByteBuf packet, byte[] address, int port, long nowUs, ByteBuf out) {
        HandshakeExtensions x = HandshakeExtensions.parse(packet);
        ConclusionRequest request = ConclusionRequest.of(packet, address, port, x, nowUs);
        RejectReason reason = fault(packet, x);
        return reason == null ? new HandshakeVerdict.Asked(request) : reject(request, reason, nowUs, out);
    }

    private @Nullable RejectReason fault(ByteBuf packet, HandshakeExtensions x) {
        if (HandshakePacket.version(packet) == HandshakePacket.VERSION_4) {
            return RejectReason.VERSION;
        }
        boolean isSound = x.hsType() == HandshakeExtensions.HSREQ
                && (x.fault() == PacketFault.NONE || x.isCutOff())
                && x.srtVersion() >= HandshakeTerms.FIRST_HSV5_VERSION
                && HandshakePacket.socketId(packet) != SrtPacket.NO_SOCKET;
        if (!isSound) {
            return RejectReason.ROGUE;
        }
        return RejectCodes.ofUnsupported(x);
    }

    /** Writes a good-bye to a caller that was refused: HSv4 reads a rejection as if it were none. */
    public void writeShutdown(ByteBuf request, long nowUs, ByteBuf out) {
        ControlPacket.writeShutdown(out, SrtTimestamp.of(nowUs - startUs), HandshakePacket.socketId(request));
    }

    /** Writes a rejection: the request's fields, without extensions. */
    public HandshakeVerdict reject(ConclusionRequest request, RejectReason reason, long nowUs, ByteBuf out) {
        HandshakePacket.Fields fields = new HandshakePacket.Fields(
                HandshakePacket.VERSION_5,
                request.encryptionField(),
                request.extensionField(),
                request.initialSeqNo(),
                request.mtu(),
                request.flowWindow(),
                RejectCodes.handshakeType(reason),
                request.socketId(),
                request.synCookie(),
                request.address());
        HandshakePacket.write(out, fields, SrtTimestamp.of(nowUs - startUs), request.socketId());
        return new HandshakeVerdict.Rejected(reason, false);
    }

    /**
     * Accepts a caller on these terms, if its version and its encryption fit them; {@code out} takes the answer in both cases. Derives a key, which takes
     * about a millisecond, when there is one to derive.
     *
     * @param own terms for this caller: the listener's, or with another passphrase
     * @param socketId of the new connection
     */
    public HandshakeVerdict accept(
            ConclusionRequest request, HandshakeTerms own, int socketId, long nowUs, ByteBuf out) {
        HandshakeExtensions x = request.extensions();
        if (x.srtVersion() < own.leastVersion()) {
            return reject(request, RejectReason.VERSION, nowUs, out);
        }
        KeyExchange keys = KeyExchange.respond(own, x, source);
        RejectReason rejection = keys.rejection();
        if (rejection != null) {
            return reject(request, rejection, nowUs, out);
        }
        FilterExchange filter = FilterExchange.respond(own, x);
        RejectReason conflict = filter.rejection();
        if (conflict != null) {
            return reject(request, conflict, nowUs, out);
        }
        Negotiation n = Negotiation.respond(own, x);
        HandshakePacket.Fields fields = new HandshakePacket.Fields(
                HandshakePacket.VERSION_5,
                own.encryptionField(),
                HandshakePacket.EXT_HSREQ
                        | (keys.hasExtension() ? HandshakePacket.EXT_KMREQ : 0)
                        | (filter.hasExtension() ? HandshakePacket.EXT_CONFIG : 0),
                request.initialSeqNo(),
                Math.min(own.mtu(), request.mtu()),
                own.flowWindow(),
                HandshakePacket.CONCLUSION,
                socketId,
                request.synCookie(),
                request.address());
        // The new socket's clock begins now.
        HandshakePacket.write(out, fields, 0, request.socketId());
        n.write(out, HandshakeExtensions.HSRSP);
        filter.write(out);
        keys.write(out, HandshakeExtensions.KMRSP);
        byte[] answer = new byte[out.readableBytes()];
        out.getBytes(out.readerIndex(), answer);
        SessionParameters parameters = new SessionParameters(
                socketId,
                request.socketId(),
                request.initialSeqNo(),
                request.initialSeqNo(),
                Math.min(own.mtu(), request.mtu()),
                request.flowWindow(),
                own.byTimestamp(),
                n.receiveLatencyMs(),
                n.peerLatencyMs(),
                x.flags(),
                x.srtVersion(),
                x.streamId(),
                filter.filter(),
                nowUs,
                request.baseUs(),
                keys.receiveKeys(),
                keys.sendKeys());
        return new HandshakeVerdict.Connected(parameters, answer);
    }
}
