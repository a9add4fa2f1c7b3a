// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.RejectReason;
import io.medicloud.srt.crypto.KeySource;
import io.medicloud.srt.packet.ControlPacket;
import io.medicloud.srt.packet.ControlType;
import io.medicloud.srt.packet.ExtensionWriter;
import io.medicloud.srt.packet.HandshakeExtensions;
import io.medicloud.srt.packet.HandshakePacket;
import io.medicloud.srt.packet.PacketFault;
import io.medicloud.srt.packet.SrtPacket;
import io.medicloud.srt.packet.SrtTimestamp;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** The caller's side of the handshake (draft 4.3.1): induction, then conclusion, each repeated until it is answered. */
public final class CallerHandshake implements OutgoingHandshake {
    private static final long REPEAT_US = 250_000;

    private enum Phase {
        INDUCTION,
        CONCLUSION,
        OVER
    }

    private final HandshakeTerms terms;
    private final KeySource source;
    private final int socketId;
    private final int initialSeqNo;
    private final byte[] peerAddress;
    private final long startUs;
    private Phase phase = Phase.INDUCTION;
    private long nextSendUs;
    private int synCookie;
    private int encryptionField;
    private int abandonedSocketId;
    private boolean isPeerOld;
    private @Nullable KeyExchange keys;

    /**
     * A handshake that begins now; call {@link #poll} to send.
     *
     * @param peerAddress the listener's, 4 or 16 bytes
     */
    public CallerHandshake(
            HandshakeTerms terms, KeySource source, int socketId, int initialSeqNo, byte[] peerAddress, long nowUs) {
        this.terms = terms;
        this.source = source;
        this.socketId = socketId;
        this.initialSeqNo = initialSeqNo;
        this.peerAddress = peerAddress.clone();
        startUs = nowUs;
        nextSendUs = nowUs;
    }

    /** Writes what is to be sent now, if anything. */
    @Override
    public boolean poll(ByteBuf out, long nowUs) {
        int timestamp = SrtTimestamp.of(nowUs - startUs);
        if (abandonedSocketId != SrtPacket.NO_SOCKET) {
            ControlPacket.writeShutdown(out, timestamp, abandonedSocketId);
            abandonedSocketId = SrtPacket.NO_SOCKET;
            return true;
        }
        if (phase == Phase.OVER || nowUs < nextSendUs) {
            return false;
        }
        nextSendUs = nowUs + REPEAT_US;
        if (phase == Phase.INDUCTION) {
            HandshakePacket.write(
                    out,
                    fields(HandshakePacket.VERSION_4, 0, HandshakePacket.EXT_INDUCTION, HandshakePacket.INDUCTION),
                    timestamp,
                    SrtPacket.NO_SOCKET);
        } else if (keys != null) {
            writeConclusion(keys, timestamp, out);
        }
        return true;
    }

    private void writeConclusion(KeyExchange exchange, int timestamp, ByteBuf out) {
        FilterExchange filter = FilterExchange.request(terms);
        boolean isConfigured = !terms.streamId().isEmpty() || filter.hasExtension();
        int extensions = HandshakePacket.EXT_HSREQ
                | (exchange.hasExtension() ? HandshakePacket.EXT_KMREQ : 0)
                | (isConfigured ? HandshakePacket.EXT_CONFIG : 0);
        HandshakePacket.Fields fields =
                fields(HandshakePacket.VERSION_5, encryptionField, extensions, HandshakePacket.CONCLUSION);
        HandshakePacket.write(out, fields, timestamp, SrtPacket.NO_SOCKET);
        Negotiation.request(terms).write(out, HandshakeExtensions.HSREQ);
        if (!terms.streamId().isEmpty()) {
            ExtensionWriter.writeText(out, HandshakeExtensions.SID, terms.streamId());
        }
        filter.write(out);
        exchange.write(out, HandshakeExtensions.KMREQ);
    }

    private HandshakePacket.Fields fields(int version, int encryption, int extension, int type) {
        return new HandshakePacket.Fields(
                version,
                encryption,
                extension,
                initialSeqNo,
                terms.mtu(),
                terms.flowWindow(),
                type,
                socketId,
                synCookie,
                peerAddress);
    }

    /** Time has passed. */
    @Override
    public HandshakeVerdict onTick(long nowUs) {
        if (phase != Phase.OVER && nowUs - startUs >= terms.connectTimeoutUs()) {
            phase = Phase.OVER;
            return HandshakeVerdict.TIMED_OUT;
        }
        return HandshakeVerdict.WAITING;
    }

    /** A datagram to our socket id came from the listener's address. */
    @Override
    public HandshakeVerdict onDatagram(ByteBuf packet, long nowUs) {
        if (SrtPacket.check(packet) != PacketFault.NONE || phase == Phase.OVER) {
            return HandshakeVerdict.MALFORMED;
        }
        ControlType type = SrtPacket.isControl(packet) ? ControlPacket.type(packet) : ControlType.UNKNOWN;
        if (type == ControlType.SHUTDOWN) {
            phase = Phase.OVER;
            return new HandshakeVerdict.Rejected(RejectReason.CLOSE, true);
        }
        if (type != ControlType.HANDSHAKE) {
            // The listener believes to be connected: its answer was lost.
            if (phase == Phase.CONCLUSION) {
                nextSendUs = nowUs;
            }
            return HandshakeVerdict.WAITING;
        }
        int handshakeType = HandshakePacket.handshakeType(packet);
        if (HandshakePacket.isRejection(handshakeType)) {
            phase = Phase.OVER;
            return new HandshakeVerdict.Rejected(RejectCodes.ofHandshakeType(handshakeType), true);
        }
        if (handshakeType == HandshakePacket.INDUCTION && phase == Phase.INDUCTION) {
            return onInduction(packet, nowUs);
        }
        if (handshakeType == HandshakePacket.CONCLUSION && phase == Phase.CONCLUSION) {
            return onConclusion(packet, nowUs);
        }
        return HandshakeVerdict.UNEXPECTED;
    }

    private HandshakeVerdict onInduction(ByteBuf packet, long nowUs) {
        boolean isHsv5 = HandshakePacket.version(packet) >= HandshakePacket.VERSION_5
                && HandshakePacket.extensionField(packet) == HandshakePacket.EXT_MAGIC;
        if (!isHsv5) {
            isPeerOld = true;
            phase = Phase.OVER;
            return new HandshakeVerdict.Rejected(RejectReason.VERSION, false);
        }
        synCookie = HandshakePacket.synCookie(packet);
        int listeners = HandshakePacket.encryptionField(packet);
        encryptionField = terms.encryptionField(listeners);
        keys = KeyExchange.request(terms, listeners, source);
        phase = Phase.CONCLUSION;
        nextSendUs = nowUs;
        return HandshakeVerdict.WAITING;
    }

    @Override
    public boolean isPeerOld() {
        return isPeerOld;
    }

    private HandshakeVerdict onConclusion(ByteBuf packet, long nowUs) {
        HandshakeExtensions x = HandshakeExtensions.parse(packet);
        boolean isSound = HandshakePacket.version(packet) == HandshakePacket.VERSION_5
                && HandshakePacket.initialSeqNo(packet) == initialSeqNo
                && HandshakePacket.mtu(packet) <= terms.mtu()
                && HandshakePacket.socketId(packet) != SrtPacket.NO_SOCKET
                && x.hsType() == HandshakeExtensions.HSRSP;
        if (!isSound || keys == null) {
            return HandshakeVerdict.MALFORMED;
        }
        RejectReason unfit = terms.isTooOld(x.srtVersion()) ? RejectReason.VERSION : RejectCodes.ofUnsupported(x);
        if (unfit != null) {
            return abandon(packet, unfit);
        }
        KeyExchange agreed = keys.conclude(terms, x);
        RejectReason rejection = agreed.rejection();
        if (rejection != null) {
            return abandon(packet, rejection);
        }
        FilterExchange filter = FilterExchange.conclude(terms, x);
        RejectReason conflict = filter.rejection();
        if (conflict != null) {
            return abandon(packet, conflict);
        }
        phase = Phase.OVER;
        Negotiation n = Negotiation.conclude(terms, x);
        SessionParameters parameters = new SessionParameters(
                socketId,
                HandshakePacket.socketId(packet),
                initialSeqNo,
                initialSeqNo,
                HandshakePacket.mtu(packet),
                HandshakePacket.flowWindow(packet),
                terms.byTimestamp(),
                n.receiveLatencyMs(),
                n.peerLatencyMs(),
                x.flags(),
                x.srtVersion(),
                terms.streamId(),
                filter.filter(),
                startUs,
                nowUs - Integer.toUnsignedLong(SrtPacket.timestamp(packet)),
                agreed.receiveKeys(),
                agreed.sendKeys());
        return new HandshakeVerdict.Connected(parameters, new byte[0]);
    }

    /** The listener has made a connection that we do not want: it is told. */
    private HandshakeVerdict abandon(ByteBuf packet, RejectReason reason) {
        phase = Phase.OVER;
        abandonedSocketId = HandshakePacket.socketId(packet);
        return new HandshakeVerdict.Rejected(reason, false);
    }
}
