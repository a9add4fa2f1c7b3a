// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.RejectReason;
import io.medicloud.srt.crypto.KeySource;
import io.medicloud.srt.packet.ControlPacket;
import io.medicloud.srt.packet.HandshakeExtensions;
import io.medicloud.srt.packet.HandshakePacket;
import io.medicloud.srt.packet.PacketFault;
import io.medicloud.srt.packet.SrtPacket;
import io.medicloud.srt.packet.SrtTimestamp;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * The handshake of two peers that call each other (draft 4.3.2). Who is the initiator is decided by the cookies; unlike the draft, and like
 * every deployed peer, by the sign of their wrapping difference.
 */
public final class RendezvousHandshake implements OutgoingHandshake {
    private static final long REPEAT_US = 250_000;
    private static final long TIMEOUT_FACTOR = 10;

    private enum State {
        WAVING,
        ATTENTION,
        FINE,
        INITIATED,
        OVER
    }

    private enum Role {
        UNDECIDED,
        INITIATOR,
        RESPONDER
    }

    private final HandshakeTerms terms;
    private final FilterExchange filter;
    private final KeySource source;
    private final int socketId;
    private final int initialSeqNo;
    private final int cookie;
    private final byte[] peerAddress;
    private final long startUs;
    private State state = State.WAVING;
    private Role role = Role.UNDECIDED;
    private long nextSendUs;
    private int sendType = HandshakePacket.WAVEAHAND;
    private boolean sendsExtensions;
    private int peerSocketId;
    private int encryptionField;
    private int rejectType;
    private boolean isPeerOld;
    private @Nullable KeyExchange keys;
    private @Nullable Negotiation negotiation;
    private @Nullable SessionParameters parameters;

    /**
     * A handshake that begins now; call {@link #poll} to send.
     *
     * @param cookie ours, not 0
     */
    public RendezvousHandshake(
            HandshakeTerms terms,
            KeySource source,
            int socketId,
            int initialSeqNo,
            int cookie,
            byte[] peerAddress,
            long nowUs) {
        this.terms = terms;
        filter = FilterExchange.request(terms);
        encryptionField = terms.encryptionField();
        this.source = source;
        this.socketId = socketId;
        this.initialSeqNo = initialSeqNo;
        this.cookie = cookie;
        this.peerAddress = peerAddress.clone();
        startUs = nowUs;
        nextSendUs = nowUs;
    }

    /** Writes what is to be sent now, if anything. */
    @Override
    public boolean poll(ByteBuf out, long nowUs) {
        int timestamp = SrtTimestamp.of(nowUs - startUs);
        if (rejectType != 0) {
            write(out, rejectType, timestamp, false);
            rejectType = 0;
            return true;
        }
        if (state == State.OVER || nowUs < nextSendUs) {
            return false;
        }
        nextSendUs = nowUs + REPEAT_US;
        write(out, sendType, timestamp, sendsExtensions);
        return true;
    }

    private void write(ByteBuf out, int type, int timestamp, boolean extended) {
        KeyExchange k = keys;
        Negotiation n = negotiation;
        boolean hasKeys = extended && k != null && k.hasExtension();
        boolean hasFilter = extended && filter.hasExtension();
        int extension = (extended ? HandshakePacket.EXT_HSREQ : 0)
                | (hasKeys ? HandshakePacket.EXT_KMREQ : 0)
                | (hasFilter ? HandshakePacket.EXT_CONFIG : 0);
        HandshakePacket.Fields fields = new HandshakePacket.Fields(
                HandshakePacket.VERSION_5,
                encryptionField,
                extension,
                initialSeqNo,
                terms.mtu(),
                terms.flowWindow(),
                type,
                socketId,
                cookie,
                peerAddress);
        HandshakePacket.write(out, fields, timestamp, peerSocketId);
        if (extended && k != null && n != null) {
            boolean isRequest = role == Role.INITIATOR;
            n.write(out, isRequest ? HandshakeExtensions.HSREQ : HandshakeExtensions.HSRSP);
            filter.write(out);
            k.write(out, isRequest ? HandshakeExtensions.KMREQ : HandshakeExtensions.KMRSP);
        }
    }

    /** Time has passed. */
    @Override
    public HandshakeVerdict onTick(long nowUs) {
        if (state != State.OVER && nowUs - startUs >= TIMEOUT_FACTOR * terms.connectTimeoutUs()) {
            state = State.OVER;
            return HandshakeVerdict.TIMED_OUT;
        }
        return HandshakeVerdict.WAITING;
    }

    /** A datagram to socket id 0 or ours came from the peer's address. Data that connects us is for the session too. */
    @Override
    public HandshakeVerdict onDatagram(ByteBuf packet, long nowUs) {
        if (SrtPacket.check(packet) != PacketFault.NONE || state == State.OVER) {
            return HandshakeVerdict.MALFORMED;
        }
        if (!SrtPacket.isControl(packet)) {
            return onTraffic(nowUs);
        }
        return switch (ControlPacket.type(packet)) {
            case HANDSHAKE -> onHandshake(packet, nowUs);
            case KEEPALIVE, USER -> onTraffic(nowUs);
            case SHUTDOWN -> onShutdown(packet);
            default -> HandshakeVerdict.UNEXPECTED;
        };
    }

    /** The peer believes to be connected: as good as an AGREEMENT. */
    private HandshakeVerdict onTraffic(long nowUs) {
        return parameters == null ? HandshakeVerdict.UNEXPECTED : connected(nowUs);
    }

    /** The peer has given up, if it is one that knows us. */
    private HandshakeVerdict onShutdown(ByteBuf packet) {
        if (role == Role.UNDECIDED || SrtPacket.destinationSocketId(packet) != socketId) {
            return HandshakeVerdict.UNEXPECTED;
        }
        state = State.OVER;
        return new HandshakeVerdict.Rejected(RejectReason.CLOSE, true);
    }

    private HandshakeVerdict onHandshake(ByteBuf packet, long nowUs) {
        int type = HandshakePacket.handshakeType(packet);
        if (HandshakePacket.isRejection(type)) {
            state = State.OVER;
            return new HandshakeVerdict.Rejected(RejectCodes.ofHandshakeType(type), true);
        }
        return switch (type) {
            case HandshakePacket.WAVEAHAND -> onWave(packet, nowUs);
            case HandshakePacket.CONCLUSION -> onConclusion(packet, nowUs);
            case HandshakePacket.AGREEMENT -> onAgreement(nowUs);
            case HandshakePacket.INDUCTION -> reject(RejectReason.ROGUE);
            default -> HandshakeVerdict.UNEXPECTED;
        };
    }

    private HandshakeVerdict onWave(ByteBuf packet, long nowUs) {
        if (state != State.WAVING && state != State.ATTENTION) {
            return HandshakeVerdict.UNEXPECTED;
        }
        HandshakeVerdict contest = contest(packet);
        if (contest != null) {
            return contest;
        }
        state = State.ATTENTION;
        return sendConclusion(role == Role.INITIATOR, nowUs);
    }

    private HandshakeVerdict onConclusion(ByteBuf packet, long nowUs) {
        HandshakeVerdict contest = contest(packet);
        if (contest != null) {
            return contest;
        }
        HandshakeExtensions x = HandshakeExtensions.parse(packet);
        boolean hadParameters = parameters != null;
        RejectReason rejection = hadParameters ? null : learn(packet, x, nowUs);
        if (rejection != null) {
            return reject(rejection);
        }
        boolean isExtended = x.hsType() != 0 && parameters != null;
        if (role == Role.INITIATOR) {
            if (state != State.WAVING && isExtended) {
                return connected(nowUs);
            }
            state = state == State.WAVING ? State.FINE : state;
            return sendConclusion(true, nowUs);
        }
        if (state == State.WAVING) {
            state = State.FINE;
        } else if (state == State.ATTENTION && isExtended) {
            state = State.INITIATED;
        }
        return sendConclusion(parameters != null, nowUs);
    }

    private HandshakeVerdict onAgreement(long nowUs) {
        if (parameters == null) {
            return HandshakeVerdict.UNEXPECTED;
        }
        if (state == State.ATTENTION && role == Role.RESPONDER) {
            return sendConclusion(true, nowUs);
        }
        return connected(nowUs);
    }

    /** Decides the roles by the first packet of the peer; null to go on. */
    private @Nullable HandshakeVerdict contest(ByteBuf packet) {
        if (role == Role.UNDECIDED && isOld(packet)) {
            isPeerOld = true;
            peerSocketId = HandshakePacket.socketId(packet);
            return reject(RejectReason.VERSION);
        }
        if (HandshakePacket.version(packet) != HandshakePacket.VERSION_5
                || HandshakePacket.socketId(packet) == SrtPacket.NO_SOCKET) {
            return HandshakeVerdict.MALFORMED;
        }
        if (role != Role.UNDECIDED) {
            return null;
        }
        int peerCookie = HandshakePacket.synCookie(packet);
        int difference = cookie - peerCookie;
        if (difference == 0) {
            return reject(RejectCodes.RENDEZVOUS_COOKIE);
        }
        boolean wins = difference == Integer.MIN_VALUE ? cookie > peerCookie : difference > 0;
        role = wins ? Role.INITIATOR : Role.RESPONDER;
        peerSocketId = HandshakePacket.socketId(packet);
        int peers = HandshakePacket.encryptionField(packet);
        encryptionField = terms.encryptionField(peers);
        if (wins) {
            negotiation = Negotiation.request(terms);
            keys = KeyExchange.request(terms, peers, source);
        }
        return null;
    }

    /** HSv4 says the kind of its socket where HSv5 says what extensions follow: none, in a peer's first packet. */
    private static boolean isOld(ByteBuf packet) {
        return HandshakePacket.version(packet) == HandshakePacket.VERSION_4
                && HandshakePacket.extensionField(packet) != 0;
    }

    @Override
    public boolean isPeerOld() {
        return isPeerOld;
    }

    /** Learns from the extensions, if they are those that our role waits for. */
    private @Nullable RejectReason learn(ByteBuf packet, HandshakeExtensions x, long nowUs) {
        int awaited = role == Role.INITIATOR ? HandshakeExtensions.HSRSP : HandshakeExtensions.HSREQ;
        if (x.hsType() != awaited) {
            return null;
        }
        RejectReason unfit = terms.isTooOld(x.srtVersion()) ? RejectReason.VERSION : RejectCodes.ofUnsupported(x);
        if (unfit != null) {
            return unfit;
        }
        KeyExchange own = keys;
        KeyExchange agreed =
                role == Role.INITIATOR && own != null ? own.conclude(terms, x) : KeyExchange.respond(terms, x, source);
        if (agreed.rejection() != null) {
            return agreed.rejection();
        }
        FilterExchange met = FilterExchange.meet(terms, x);
        if (met.rejection() != null) {
            return met.rejection();
        }
        Negotiation n = role == Role.INITIATOR ? Negotiation.conclude(terms, x) : Negotiation.respond(terms, x);
        if (role == Role.RESPONDER) {
            keys = agreed;
            negotiation = n;
        }
        parameters = new SessionParameters(
                socketId,
                HandshakePacket.socketId(packet),
                initialSeqNo,
                HandshakePacket.initialSeqNo(packet),
                Math.min(terms.mtu(), HandshakePacket.mtu(packet)),
                HandshakePacket.flowWindow(packet),
                terms.byTimestamp(),
                n.receiveLatencyMs(),
                n.peerLatencyMs(),
                x.flags(),
                x.srtVersion(),
                "",
                met.filter(),
                startUs,
                nowUs - Integer.toUnsignedLong(SrtPacket.timestamp(packet)),
                agreed.receiveKeys(),
                agreed.sendKeys());
        return null;
    }

    private HandshakeVerdict sendConclusion(boolean extended, long nowUs) {
        sendType = HandshakePacket.CONCLUSION;
        sendsExtensions = extended && negotiation != null;
        nextSendUs = nowUs;
        return HandshakeVerdict.WAITING;
    }

    private HandshakeVerdict connected(long nowUs) {
        SessionParameters agreed = parameters;
        if (agreed == null) {
            return HandshakeVerdict.UNEXPECTED;
        }
        state = State.OVER;
        ByteBuf agreement = Unpooled.buffer(HandshakePacket.LENGTH);
        write(agreement, HandshakePacket.AGREEMENT, SrtTimestamp.of(nowUs - startUs), false);
        return new HandshakeVerdict.Connected(agreed, agreement.array());
    }

    private HandshakeVerdict reject(RejectReason reason) {
        state = State.OVER;
        rejectType = RejectCodes.handshakeType(reason);
        return new HandshakeVerdict.Rejected(reason, false);
    }
}
