// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.protocol;

import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtStats;
import io.medicloud.srt.packet.ControlPacket;
import io.medicloud.srt.packet.HandshakePacket;
import io.medicloud.srt.packet.KeyMaterial;
import io.medicloud.srt.packet.PacketFault;
import io.medicloud.srt.packet.SrtPacket;
import io.medicloud.srt.packet.SrtTimestamp;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * One connection after its handshake. Give it every datagram that comes for its socket id from its peer's address, and a tick every one or two
 * milliseconds; it answers through its {@link SessionOutput}. No bytes make it throw.
 */
public final class SrtSession {
    private static final long KEEPALIVE_US = 1_000_000;
    private static final long PLAYOUT_MARGIN_US = 50_000;
    /** What a drain waits beyond the latency, for drift and a late tick. */
    private static final long DRAIN_MARGIN_US = 20_000;
    /** How long after that it waits for what it has acknowledged, and what the peer's drift, or a packet that is missing, has put off. */
    private static final long DRAIN_PATIENCE_US = 100_000;
    /** How long a tick may be while nothing is missing. */
    private static final long CALM_TICK_US = 3_000;

    private final SessionParameters parameters;
    private final SessionPolicy policy;
    private final SessionOutput output;
    private final SessionCounters counters;
    private final RttEstimator rtt = new RttEstimator();
    private final ControlSender control;
    private final TsbpdClock clock;
    private final SrtReceiver receiver;
    private final Delivery delivery;
    private final SrtSender sender;
    private final byte[] handshakeAnswer;
    private SessionState state = SessionState.CONNECTED;
    private SrtCloseReason closeReason = SrtCloseReason.of(SrtCloseReason.Kind.CLOSED_HERE, "closed here");
    private long heardUs;
    private long lingerUntilUs;
    private long drainUntilUs = Long.MAX_VALUE;
    private int shutdownTimestamp;

    /**
     * A session that begins now.
     *
     * @param handshakeAnswer our last handshake packet, sent again when the peer repeats its own; empty if there is none to repeat
     */
    public SrtSession(
            SessionParameters parameters,
            SessionPolicy policy,
            byte[] handshakeAnswer,
            ByteBufAllocator allocator,
            SessionOutput output,
            long nowUs) {
        this.parameters = parameters;
        this.policy = policy;
        this.output = output;
        this.handshakeAnswer = handshakeAnswer.clone();
        counters = new SessionCounters(nowUs);
        int longest = parameters.mtu() - SessionCounters.HEADERS + SrtPacket.HEADER_LENGTH;
        control = new ControlSender(allocator, output, parameters, longest, nowUs);
        clock = new TsbpdClock(parameters.peerBaseUs(), parameters.receiveLatencyMs() * 1000L);
        receiver = new SrtReceiver(parameters, policy, clock, rtt, control, counters, allocator, nowUs);
        boolean byTimestamp = parameters.deliversByTimestamp();
        delivery = new Delivery(receiver, clock, byTimestamp, byTimestamp && policy.dropsTooLate(), counters, output);
        sender = new SrtSender(parameters, policy, rtt, control, counters, allocator, nowUs);
        heardUs = nowUs;
    }

    public SessionParameters parameters() {
        return parameters;
    }

    public boolean isClosed() {
        return state == SessionState.CLOSED;
    }

    /** When anything of the peer was heard last: a packet of SRT of whatever kind. */
    public long heardUs() {
        return heardUs;
    }

    /** One datagram of the peer, lent; the session may retain it, decrypts in place, and owns its indices from now on. */
    public void onDatagram(ByteBuf datagram, long nowUs) {
        onDatagram(datagram, nowUs, nowUs);
    }

    /**
     * As {@link #onDatagram(ByteBuf, long)}, for whoever looks rarely: it came after {@code sinceUs}, and about now. So the answer to what left then does not
     * pass for half a span late.
     */
    public void onDatagram(ByteBuf datagram, long sinceUs, long nowUs) {
        if (state == SessionState.CLOSED) {
            return;
        }
        if (SrtPacket.check(datagram) != PacketFault.NONE) {
            counters.pktIgnored++;
            return;
        }
        heardUs = nowUs;
        if (SrtPacket.isControl(datagram)) {
            onControl(datagram, sinceUs, nowUs);
        } else if (state != SessionState.LINGERING) {
            onData(datagram, sinceUs, nowUs);
        }
    }

    private void onData(ByteBuf datagram, long sinceUs, long nowUs) {
        if (state == SessionState.DRAINING
                && SrtTimestamp.distance(shutdownTimestamp, SrtPacket.timestamp(datagram)) > 0) {
            state = SessionState.CONNECTED; // sent after the good-bye: that was another packet, damaged
        }
        if (isBeyondEnd(datagram, nowUs)) {
            counters.pktIgnored++;
            return;
        }
        receiver.onData(datagram, sinceUs, nowUs);
    }

    /** Whether we end before its time comes: to its sender it must not have arrived, so it is not acknowledged. */
    private boolean isBeyondEnd(ByteBuf datagram, long nowUs) {
        return drainUntilUs != Long.MAX_VALUE
                && parameters.deliversByTimestamp()
                && clock.deliveryUs(SrtPacket.timestamp(datagram), nowUs) > drainUntilUs;
    }

    private void onControl(ByteBuf packet, long sinceUs, long nowUs) {
        switch (ControlPacket.type(packet)) {
            case HANDSHAKE -> onHandshake(packet, nowUs);
            case KEEPALIVE -> receiver.onKeepAlive(packet, nowUs);
            case ACK -> sender.onAck(packet, receiver.hasData(), nowUs);
            case NAK -> sender.onNak(packet, nowUs);
            case ACKACK -> receiver.onAckAck(packet, sinceUs, nowUs);
            case DROPREQ -> receiver.onDropRequest(packet);
            case SHUTDOWN -> onShutdown(packet);
            case USER -> onUser(packet, nowUs);
            default -> counters.pktIgnored++;
        }
    }

    /** A repeated handshake changes nothing; the peer may have missed our answer. */
    private void onHandshake(ByteBuf packet, long nowUs) {
        boolean isRepeat = HandshakePacket.handshakeType(packet) == HandshakePacket.CONCLUSION
                && HandshakePacket.socketId(packet) == parameters.peerSocketId();
        if (isRepeat) {
            repeatHandshakeAnswer(nowUs);
        } else {
            counters.pktIgnored++;
        }
    }

    /** Sends our last handshake packet again, as when the peer's CONCLUSION came again without our socket id. */
    public void repeatHandshakeAnswer(long nowUs) {
        if (handshakeAnswer.length > 0 && state != SessionState.CLOSED) {
            control.sendHandshake(handshakeAnswer, nowUs);
        }
    }

    private void onShutdown(ByteBuf packet) {
        // A SHUTDOWN has no content: what has some was a DROPREQ with a flipped bit.
        if (state == SessionState.CONNECTED && ControlPacket.cifLength(packet) <= Integer.BYTES) {
            state = state.moveTo(SessionState.DRAINING);
            shutdownTimestamp = SrtPacket.timestamp(packet);
        }
    }

    private void onUser(ByteBuf packet, long nowUs) {
        int length = ControlPacket.cifLength(packet);
        if (length > KeyMaterial.LONGEST) {
            counters.pktIgnored++;
            return;
        }
        byte[] content = new byte[length];
        packet.getBytes(ControlPacket.cifStart(packet), content);
        if (ControlPacket.subtype(packet) == ControlPacket.SUBTYPE_KMRSP) {
            sender.onKeyResponse(content);
        } else if (ControlPacket.subtype(packet) == ControlPacket.SUBTYPE_KMREQ && receiver.onKeyMaterial(content)) {
            control.sendUser(ControlPacket.SUBTYPE_KMRSP, content, nowUs);
        } else {
            counters.pktIgnored++;
        }
    }

    /** Time has passed: delivers, acknowledges, asks again, paces, keeps alive, and notices silence. */
    public void onTick(long nowUs) {
        onTick(nowUs, nowUs);
    }

    /**
     * Time has passed; delivers what is due until {@code untilUs}. Whoever ticks rarely says half a tick from now: then payloads are as often a little too
     * early as too late.
     */
    public void onTick(long nowUs, long untilUs) {
        if (state == SessionState.CLOSED) {
            return;
        }
        if (state != SessionState.LINGERING) {
            delivery.onTick(nowUs, untilUs);
            if (state == SessionState.CLOSED) {
                return;
            }
        }
        receiver.onTick(nowUs);
        if (sender.onTick(nowUs) && state == SessionState.CONNECTED) {
            output.onWritable();
        }
        if (nowUs - control.lastSentUs() >= KEEPALIVE_US) {
            control.sendKeepAlive(nowUs);
        }
        end(nowUs);
    }

    private void end(long nowUs) {
        long patienceUs = parameters.deliversByTimestamp() ? DRAIN_PATIENCE_US : 0;
        boolean isDrained = drainUntilUs != Long.MAX_VALUE
                && (nowUs - patienceUs >= drainUntilUs || receiver.buffer().packets() == 0);
        if (isDrained && state == SessionState.CONNECTED) {
            close(closeReason, nowUs);
        }
        if (state == SessionState.DRAINING && receiver.buffer().packets() == 0) {
            finish(SrtCloseReason.of(SrtCloseReason.Kind.CLOSED_BY_PEER, "the peer closed the connection"));
        } else if (state == SessionState.LINGERING && (isPlayedOut(nowUs) || nowUs >= lingerUntilUs)) {
            control.sendShutdown(nowUs);
            finish(closeReason);
        } else if (nowUs - heardUs > policy.peerIdleTimeoutUs() && isDelivered(nowUs)) {
            control.sendShutdown(nowUs);
            finish(SrtCloseReason.of(
                    SrtCloseReason.Kind.PEER_SILENT, "the peer was silent for " + (nowUs - heardUs) / 1000 + " ms"));
        }
    }

    /** Whether the peer has all we sent, and has delivered it: some discard what waits for its time when the good-bye comes. */
    private boolean isPlayedOut(long nowUs) {
        return sender.buffer().isEmpty() && (!sender.hasSubmitted() || nowUs - sender.lastSubmittedUs() >= playoutUs());
    }

    private long playoutUs() {
        return parameters.peerLatencyMs() * 1000L + rtt.rttUs() + PLAYOUT_MARGIN_US;
    }

    /** Whether nothing waits for its time any more; what waits for a lost packet has waited long enough when that time is over. */
    private boolean isDelivered(long nowUs) {
        long overUs = heardUs + policy.peerIdleTimeoutUs() + clock.latencyUs();
        return receiver.buffer().packets() == 0 || nowUs > overUs;
    }

    /**
     * When the next tick is needed, if no datagram arrives and nothing is submitted before: at once while anything is missing or was lately, soon while
     * anything is under way, else when the peer must hear from us or has been silent for too long.
     */
    public long nextTickUs(long nowUs) {
        if (state == SessionState.CLOSED) {
            return Long.MAX_VALUE;
        }
        if (state != SessionState.CONNECTED) {
            return nowUs;
        }
        if (!receiver.isAtRest() || !sender.isAtRest()) {
            return receiver.isCalm(nowUs) && sender.isCalm(nowUs) ? nowUs + CALM_TICK_US : nowUs;
        }
        return Math.min(control.lastSentUs() + KEEPALIVE_US, heardUs + policy.peerIdleTimeoutUs() + 1);
    }

    /**
     * Takes a payload to send, of 1 to {@link #payloadSize} bytes; false if the buffer is full, and it stays the caller's.
     *
     * @param submittedUs when the application gave it, which is the packet's time: at most {@code nowUs}
     */
    public boolean send(ByteBuf payload, long submittedUs, long nowUs) {
        if (state != SessionState.CONNECTED) {
            payload.release();
            return true;
        }
        return sender.submit(payload, submittedUs, nowUs);
    }

    /** How many payloads {@link #send} would take now. */
    public int sendRoom() {
        return sender.buffer().limit() - sender.buffer().packets();
    }

    /** Whether keys are agreed on in both directions. */
    public boolean isEncrypted() {
        return parameters.receiveKeys() != null && parameters.sendKeys() != null;
    }

    /** Longest payload of a packet, in bytes. */
    public int payloadSize() {
        int overhead = parameters.sendKeys() == null ? 0 : parameters.sendKeys().overhead();
        return Math.min(policy.payloadSize(), parameters.wirePayloadSize() - overhead);
    }

    /** Begins to close: what was sent is waited for, up to the linger time; nothing more is delivered. */
    public void close(SrtCloseReason why, long nowUs) {
        if (state == SessionState.CONNECTED) {
            state = state.moveTo(SessionState.LINGERING);
            closeReason = why;
            lingerUntilUs = policy.lingerUs() == 0 ? nowUs : nowUs + policy.lingerUs() + playoutUs();
            receiver.buffer().clear();
        } else if (state == SessionState.DRAINING) {
            finish(why);
        }
    }

    /** Begins to close once what has arrived is delivered: one latency from now at the latest. Of what is closing already nothing is asked. */
    public void drain(long nowUs) {
        if (drainUntilUs == Long.MAX_VALUE) {
            long latencyUs = clock.latencyUs();
            drainUntilUs = nowUs + latencyUs + Delivery.graceUs(latencyUs) + DRAIN_MARGIN_US;
        }
    }

    /** Ends at once, with a word to the peer. */
    public void abort(SrtCloseReason why, long nowUs) {
        if (state != SessionState.CLOSED) {
            try {
                control.sendShutdown(nowUs);
            } finally {
                finish(why); // there may be no memory for a word
            }
        }
    }

    /** Ends at once, without a word: the peer has gone, and who has its socket id now is another. */
    public void forget(SrtCloseReason why) {
        if (state != SessionState.CLOSED) {
            finish(why);
        }
    }

    private void finish(SrtCloseReason why) {
        state = state.moveTo(SessionState.CLOSED);
        receiver.buffer().clear();
        sender.buffer().clear();
        output.onClosed(why);
    }

    /** The statistics now. */
    public SrtStats stats(long nowUs) {
        return SessionStatistics.of(parameters, counters, rtt, receiver, sender, clock, nowUs);
    }

    /** The statistics' interval begins anew. */
    public void restartStatsInterval(long nowUs) {
        counters.restartInterval(nowUs);
    }
}
