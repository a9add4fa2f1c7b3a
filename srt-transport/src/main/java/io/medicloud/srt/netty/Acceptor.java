// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.netty;

import io.medicloud.srt.RejectReason;
import io.medicloud.srt.SrtAdmission;
import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtRequest;
import io.medicloud.srt.SrtSink;
import io.medicloud.srt.SrtVerdict;
import io.medicloud.srt.crypto.Passphrase;
import io.medicloud.srt.protocol.ConclusionRequest;
import io.medicloud.srt.protocol.HandshakeTerms;
import io.medicloud.srt.protocol.HandshakeVerdict;
import io.medicloud.srt.protocol.ListenerHandshake;
import io.medicloud.srt.protocol.SessionPolicy;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listener's business on one port and loop. A caller costs nothing before its cookie is right, and one that repeats itself is still one caller. Each
 * tick derives one key at most: hundreds of encrypted callers that come at once wait for each other, and hold nobody else up.
 */
final class Acceptor {
    private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);
    private static final int ANSWER_ROOM = 512;
    private static final int MOST_WAITING = 1024;
    private static final int MOST_A_TICK = 64;
    private static final int MOST_REFUSED = 256;
    /** A caller asks for no longer, unless it was told to. */
    private static final long REFUSED_US = 3_000_000;

    private static final long NEVER = Long.MAX_VALUE;

    private final SrtMultiplexer port;
    private final ListenerHandshake handshake;
    private final SrtAdmission admission;
    private final SessionPolicy policy;
    private final Identities identities;
    private final ListenerTally tally;
    private final OldCallers oldCallers = new OldCallers();
    private final ConclusionLimit limit = new ConclusionLimit();
    private final Map<CallerKey, Accepted> callers = new HashMap<>();
    private final Map<CallerKey, ConclusionRequest> waiting = new LinkedHashMap<>();
    /** Who was refused of late, and may not have heard it. */
    private final Map<CallerKey, Refused> refused = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<CallerKey, Refused> eldest) {
            return size() > MOST_REFUSED;
        }
    };

    private boolean isStopped;

    /** What tells callers apart: two on one port have different socket ids. */
    private record CallerKey(InetSocketAddress address, int socketId) {}

    private record Accepted(NettyConnection connection, int initialSeqNo) {}

    private record Refused(int initialSeqNo, RejectReason reason, long atUs) {}

    Acceptor(
            SrtMultiplexer port,
            ListenerHandshake handshake,
            SrtAdmission admission,
            SessionPolicy policy,
            Identities identities,
            ListenerTally tally) {
        this.port = port;
        this.handshake = handshake;
        this.admission = admission;
        this.policy = policy;
        this.identities = identities;
        this.tally = tally;
    }

    /** From now on nobody is let in. Who was, and asks again because the answer was lost, hears it again as long as the connection lives. */
    void stop() {
        isStopped = true;
        waiting.clear();
        refused.clear();
    }

    /** A datagram without a connection. */
    void onDatagram(ByteBuf datagram, InetSocketAddress from, long nowUs) {
        ByteBuf out = port.allocator().directBuffer(ANSWER_ROOM);
        byte[] address = from.getAddress().getAddress();
        HandshakeVerdict verdict = handshake.onDatagram(datagram, address, from.getPort(), nowUs, out);
        if (verdict instanceof HandshakeVerdict.Asked asked) {
            onAsked(asked.request(), from, nowUs);
        } else if (!isStopped) {
            if (verdict instanceof HandshakeVerdict.Rejected r) {
                count(r.reason(), from);
                tellIfOld(r.reason(), from, nowUs);
            }
            sendIfAny(out, from);
            sayGoodByeIfOld(verdict, datagram, from, nowUs);
        }
        out.release();
    }

    private void sayGoodByeIfOld(HandshakeVerdict verdict, ByteBuf datagram, InetSocketAddress from, long nowUs) {
        if (verdict instanceof HandshakeVerdict.Rejected r && r.reason().equals(RejectReason.VERSION)) {
            ByteBuf out = port.allocator().directBuffer(ANSWER_ROOM);
            handshake.writeShutdown(datagram, nowUs, out);
            sendIfAny(out, from);
            out.release();
        }
    }

    /** A version that is refused before anybody is asked is that of the handshake itself. */
    private void tellIfOld(RejectReason reason, InetSocketAddress from, long nowUs) {
        String line = reason.equals(RejectReason.VERSION) ? oldCallers.onRefused(from, nowUs) : null;
        if (line != null) {
            LOG.info("{}", line);
        }
    }

    private void sendIfAny(ByteBuf out, InetSocketAddress to) {
        if (out.isReadable()) {
            port.send(out, to);
        }
    }

    private void onAsked(ConclusionRequest request, InetSocketAddress from, long nowUs) {
        CallerKey key = new CallerKey(from, request.socketId());
        Accepted known = callers.get(key);
        if (known != null && known.initialSeqNo() == request.initialSeqNo()) {
            known.connection().repeatHandshakeAnswer(nowUs);
            return;
        }
        if (isStopped) {
            return;
        }
        Refused before = refused.get(key);
        if (before != null && before.initialSeqNo() == request.initialSeqNo() && nowUs - before.atUs() < REFUSED_US) {
            refuse(request, before.reason(), from, nowUs);
            return;
        }
        // Who is not let in now will ask again.
        if (waiting.size() < MOST_WAITING && !waiting.containsKey(key) && limit.allows(request.address(), nowUs)) {
            waiting.put(key, request);
        }
    }

    /** Answers those who wait, up to the first that costs a key; answers when the next are to be. */
    long onTick(long nowUs) {
        int answered = 0;
        boolean hasDerived = false;
        while (!waiting.isEmpty() && answered < MOST_A_TICK && !hasDerived) {
            Iterator<Map.Entry<CallerKey, ConclusionRequest>> first =
                    waiting.entrySet().iterator();
            Map.Entry<CallerKey, ConclusionRequest> next = first.next();
            first.remove();
            answered++;
            hasDerived = next.getValue().isEncrypted();
            try {
                answer(next.getValue(), next.getKey(), nowUs);
            } catch (Throwable e) {
                LOG.error("{} could not be answered", next.getKey().address(), e); // it will ask again
            }
        }
        return waiting.isEmpty() ? NEVER : nowUs;
    }

    private void answer(ConclusionRequest request, CallerKey key, long nowUs) {
        ByteBuf out = port.allocator().directBuffer(ANSWER_ROOM);
        if (!port.hasRoom() || port.ticker().isOverloaded()) {
            reject(request, RejectReason.RESOURCE, key.address(), nowUs, out);
        } else {
            SrtVerdict decision = decide(request, key.address());
            if (decision instanceof SrtVerdict.Reject r) {
                refused.put(key, new Refused(request.initialSeqNo(), r.reason(), nowUs));
                reject(request, r.reason(), key.address(), nowUs, out);
            } else if (decision instanceof SrtVerdict.Accept a) {
                accept(request, a, key, nowUs, out);
            } else {
                LOG.debug("{} is to ask again", key.address());
            }
        }
        out.release();
    }

    /** Says it once more, to one that has asked again. */
    private void refuse(ConclusionRequest request, RejectReason reason, InetSocketAddress from, long nowUs) {
        ByteBuf out = port.allocator().directBuffer(ANSWER_ROOM);
        handshake.reject(request, reason, nowUs, out);
        sendIfAny(out, from);
        out.release();
    }

    private SrtVerdict decide(ConclusionRequest request, InetSocketAddress from) {
        try {
            return admission.decide(
                    new SrtRequest(from, port.localAddress(), request.streamId(), request.srtVersion()));
        } catch (Throwable e) {
            LOG.warn("The admission failed for {}", from, e);
            return SrtVerdict.reject(RejectReason.INTERNAL_SERVER_ERROR);
        }
    }

    private void reject(
            ConclusionRequest request, RejectReason reason, InetSocketAddress from, long nowUs, ByteBuf out) {
        count(reason, from);
        handshake.reject(request, reason, nowUs, out);
        sendIfAny(out, from);
    }

    private void accept(ConclusionRequest request, SrtVerdict.Accept decision, CallerKey key, long nowUs, ByteBuf out) {
        int socketId = identities.nextSocketId(port);
        HandshakeVerdict verdict;
        try {
            verdict = handshake.accept(request, terms(decision), socketId, nowUs, out);
        } catch (Throwable e) {
            LOG.error("{} could not be let in", key.address(), e);
            closeSink(
                    decision.sink(),
                    SrtCloseReason.of(SrtCloseReason.Kind.FAILED, "the caller could not be let in: " + e));
            return; // it will ask again
        }
        sendIfAny(out, key.address());
        if (verdict instanceof HandshakeVerdict.Connected connected) {
            endFormer(key);
            NettyConnection connection = new NettyConnection(
                    identities.nextId(),
                    socketId,
                    port,
                    key.address(),
                    request.streamId(),
                    decision.sink(),
                    policy,
                    null,
                    () -> callers.remove(key));
            callers.put(key, new Accepted(connection, request.initialSeqNo()));
            port.add(socketId, connection);
            tally.onAccepted();
            try {
                connection.onConnected(connected, nowUs);
            } catch (Throwable e) {
                connection.fail(e);
            }
        } else if (verdict instanceof HandshakeVerdict.Rejected r) {
            refused.put(key, new Refused(request.initialSeqNo(), r.reason(), nowUs));
            count(r.reason(), key.address());
            closeSink(decision.sink(), SrtCloseReason.rejected(r.reason()));
        }
    }

    /** The caller has started anew, with the same socket id: its former connection ends without a word, which would end the new one. */
    private void endFormer(CallerKey key) {
        Accepted former = callers.get(key);
        if (former != null) {
            String why = "the caller has started anew";
            former.connection().forget(SrtCloseReason.of(SrtCloseReason.Kind.CLOSED_BY_PEER, why));
        }
    }

    private HandshakeTerms terms(SrtVerdict.Accept decision) {
        Passphrase passphrase = decision.passphrase().isEmpty() ? null : new Passphrase(decision.passphrase());
        return handshake.terms().forCaller(passphrase, decision.latencyMs());
    }

    private static void closeSink(SrtSink sink, SrtCloseReason why) {
        try {
            sink.onClosed(why);
        } catch (Throwable e) {
            LOG.warn("The sink of a rejected caller failed", e);
        }
    }

    private void count(RejectReason reason, InetSocketAddress from) {
        tally.onRejected(reason);
        LOG.debug("Rejected {}: {}", from, reason);
    }
}
