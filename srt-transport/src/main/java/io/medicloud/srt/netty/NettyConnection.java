// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.netty;

import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtCloseReason.Kind;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtSink;
import io.medicloud.srt.SrtStats;
import io.medicloud.srt.packet.SrtPacket;
import io.medicloud.srt.protocol.HandshakeVerdict;
import io.medicloud.srt.protocol.OutgoingHandshake;
import io.medicloud.srt.protocol.SessionOutput;
import io.medicloud.srt.protocol.SessionPolicy;
import io.medicloud.srt.protocol.SrtSession;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection on its port: the handshake, then the session, between the socket and the sink. What comes from other threads waits for the tick. */
final class NettyConnection implements SrtConnection, SessionOutput {
    private static final Logger LOG = LoggerFactory.getLogger(NettyConnection.class);
    private static final int HANDSHAKE_ROOM = 1500;
    private static final long NEVER = Long.MIN_VALUE;

    private final long id;
    private final int socketId;
    private final SrtMultiplexer port;
    private final InetSocketAddress peer;
    private final SrtSink sink;
    private final SessionPolicy policy;
    private final Queue<Submission> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean isSubmitting = new AtomicBoolean();
    private final AtomicInteger waitingCount = new AtomicInteger();
    private final AtomicLong heardUs = new AtomicLong(NEVER);
    private final Runnable onEnd;
    private @Nullable OutgoingHandshake handshake;
    private @Nullable Throwable failure;
    private boolean closing;
    private boolean draining;
    private long dueUs;
    private volatile @Nullable SrtSession session;
    private volatile String streamId;
    private volatile boolean connected;
    private volatile boolean ended;
    private volatile boolean refused;
    private volatile int room;
    private volatile int payloadSize;
    private volatile boolean encrypted;
    private volatile SrtStats lastStats = SrtStats.NONE;

    /** A payload, and when the application gave it: that is the packet's time. */
    private record Submission(ByteBuf payload, long atUs) {}

    NettyConnection(
            long id,
            int socketId,
            SrtMultiplexer port,
            InetSocketAddress peer,
            String streamId,
            SrtSink sink,
            SessionPolicy policy,
            @Nullable OutgoingHandshake handshake,
            Runnable onEnd) {
        this.id = id;
        this.socketId = socketId;
        this.port = port;
        this.peer = peer;
        this.streamId = streamId;
        this.sink = sink;
        this.policy = policy;
        this.handshake = handshake;
        this.onEnd = onEnd;
        payloadSize = policy.payloadSize();
    }

    // On the loop.

    /** When the next tick is needed, if nothing arrives and nothing is submitted before. */
    long dueUs() {
        return dueUs;
    }

    /** Something was submitted, or asked for by the application. */
    void onSubmitted() {
        isSubmitting.set(false);
        dueUs = 0;
    }

    /** The handshake succeeded. */
    void onConnected(HandshakeVerdict.Connected verdict, long nowUs) {
        handshake = null;
        SrtSession begun =
                new SrtSession(verdict.parameters(), policy, verdict.answer(), port.allocator(), this, nowUs);
        session = begun;
        heardUs.set(nowUs);
        streamId = verdict.parameters().streamId();
        payloadSize = begun.payloadSize();
        encrypted = begun.isEncrypted();
        room = begun.sendRoom();
        connected = true;
        callSink(() -> sink.onConnected(this));
        endIfFailed(nowUs);
    }

    void repeatHandshakeAnswer(long nowUs) {
        SrtSession s = session;
        if (s != null) {
            s.repeatHandshakeAnswer(nowUs);
        }
    }

    void onDatagram(ByteBuf datagram, long sinceUs, long nowUs) {
        dueUs = 0;
        SrtSession s = session;
        if (s == null) {
            onHandshake(datagram, SessionTicker.handshakeUs(nowUs));
            s = session;
            if (s == null || SrtPacket.isControl(datagram)) {
                return;
            }
        }
        s.onDatagram(datagram, sinceUs, nowUs);
        heardUs.lazySet(s.heardUs());
    }

    private void onHandshake(ByteBuf datagram, long nowUs) {
        OutgoingHandshake h = handshake;
        if (h == null) {
            return;
        }
        HandshakeVerdict verdict = h.onDatagram(datagram, nowUs);
        poll(h, nowUs);
        conclude(h, verdict, nowUs);
    }

    private void conclude(OutgoingHandshake h, HandshakeVerdict verdict, long nowUs) {
        if (verdict instanceof HandshakeVerdict.Connected c) {
            if (c.answer().length > 0) {
                sendCopy(c.answer());
            }
            onConnected(c, nowUs);
        } else if (verdict instanceof HandshakeVerdict.Rejected rejected) {
            end(h.isPeerOld() ? old(rejected) : SrtCloseReason.rejected(rejected.reason()));
        } else if (verdict instanceof HandshakeVerdict.TimedOut) {
            end(SrtCloseReason.of(Kind.CONNECT_TIMEOUT, "no answer from " + peer));
        }
    }

    private SrtCloseReason old(HandshakeVerdict.Rejected rejected) {
        String why = "speaks SRT before 1.3 (handshake version 4); 1.3 or later is needed";
        LOG.info("{}:{} {}", peer.getAddress().getHostAddress(), peer.getPort(), why);
        return new SrtCloseReason(Kind.REJECTED, rejected.reason(), "rejected: the peer " + why);
    }

    private void poll(OutgoingHandshake h, long nowUs) {
        boolean more = true;
        while (more) {
            ByteBuf out = port.allocator().directBuffer(HANDSHAKE_ROOM);
            more = h.poll(out, nowUs);
            if (more) {
                port.send(out, peer);
            }
            out.release();
        }
    }

    private void sendCopy(byte[] bytes) {
        ByteBuf out = port.allocator().directBuffer(bytes.length).writeBytes(bytes);
        port.send(out, peer);
        out.release();
    }

    void onTick(long nowUs) {
        dueUs = nowUs;
        OutgoingHandshake h = handshake;
        if (h != null) {
            HandshakeVerdict verdict = h.onTick(nowUs);
            poll(h, nowUs);
            conclude(h, verdict, nowUs);
            return;
        }
        SrtSession s = session;
        if (s == null) {
            return;
        }
        submitWaiting(s, nowUs);
        if (closing && waiting.isEmpty()) {
            s.close(SrtCloseReason.of(Kind.CLOSED_HERE, "closed here"), nowUs);
        }
        if (draining) {
            s.drain(nowUs);
        }
        s.onTick(nowUs, nowUs + port.ticker().tickUs() / 2);
        submitWaiting(s, nowUs);
        room = s.sendRoom();
        if (refused && room > waitingCount.get() && !ended) {
            refused = false;
            callSink(sink::onWritable);
        }
        endIfFailed(nowUs);
        dueUs = closing || draining || refused || !waiting.isEmpty() ? nowUs : s.nextTickUs(nowUs);
    }

    private void submitWaiting(SrtSession s, long nowUs) {
        for (Submission next = waiting.peek(); next != null && !s.isClosed(); next = waiting.peek()) {
            if (!s.send(next.payload(), next.atUs(), nowUs)) {
                break;
            }
            waiting.remove();
            waitingCount.decrementAndGet();
        }
    }

    /** Ends at once. */
    void abort(SrtCloseReason why) {
        SrtSession s = session;
        if (s == null) {
            end(why);
        } else {
            s.abort(why, SessionTicker.nowUs());
        }
    }

    /** Ends at once, without a word: the peer is another by now. */
    void forget(SrtCloseReason why) {
        SrtSession s = session;
        if (s != null) {
            s.forget(why);
        }
        end(why);
    }

    /** Something failed in serving it, for want of memory or by a defect: it ends by it, and the others of its loop go on. */
    void fail(Throwable e) {
        LOG.error("SRT connection {} failed", id, e);
        SrtCloseReason why = SrtCloseReason.of(Kind.FAILED, "it could not be served: " + e);
        try {
            abort(why);
        } catch (Throwable again) {
            LOG.debug("SRT connection {} could not say good-bye", id, again);
        }
        end(why);
    }

    private void endIfFailed(long nowUs) {
        Throwable e = failure;
        SrtSession s = session;
        if (e != null && s != null && !s.isClosed()) {
            s.abort(SrtCloseReason.of(Kind.FAILED, "the sink failed: " + e), nowUs);
        }
    }

    private void callSink(Runnable call) {
        if (failure != null) {
            return;
        }
        try {
            call.run();
        } catch (Throwable e) {
            failure = e;
            LOG.warn("The sink of SRT connection {} failed", id, e);
        }
    }

    private void end(SrtCloseReason why) {
        if (ended) {
            return;
        }
        handshake = null;
        SrtSession s = session;
        if (s != null) {
            lastStats = s.stats(SessionTicker.nowUs());
        }
        ended = true;
        releaseWaiting();
        port.remove(socketId);
        onEnd.run();
        port.whenFree(() -> tellClosed(why));
    }

    private void tellClosed(SrtCloseReason why) {
        try {
            sink.onClosed(why);
        } catch (Throwable e) {
            LOG.warn("The sink of SRT connection {} failed at its end", id, e);
        }
    }

    private void releaseWaiting() {
        for (Submission next = waiting.poll(); next != null; next = waiting.poll()) {
            waitingCount.decrementAndGet();
            next.payload().release();
        }
    }

    // From the session.

    @Override
    public void onDatagram(ByteBuf datagram) {
        port.send(datagram, peer);
    }

    @Override
    public void onPayload(ByteBuf payload, long nowUs) {
        if (failure == null && !closing) {
            try {
                sink.onPayload(payload, nowUs);
            } catch (Throwable e) {
                failure = e;
                LOG.warn("The sink of SRT connection {} failed", id, e);
            }
        }
    }

    @Override
    public void onBatchEnd(long nowUs) {
        if (!closing && !ended) { // the sink may have closed the stack
            callSink(() -> sink.onBatchEnd(nowUs));
        }
    }

    @Override
    public void onWritable() {
        // Told by the tick, which knows what waits before the session too.
    }

    @Override
    public void onClosed(SrtCloseReason why) {
        end(why);
    }

    // From any thread.

    @Override
    public long id() {
        return id;
    }

    @Override
    public InetSocketAddress peer() {
        return peer;
    }

    @Override
    public String streamId() {
        return streamId;
    }

    @Override
    public int payloadSize() {
        return payloadSize;
    }

    @Override
    public boolean isEncrypted() {
        return encrypted;
    }

    @Override
    public boolean send(ByteBuf payload) {
        int length = payload.readableBytes();
        if (length == 0 || length > payloadSize) {
            throw new IllegalArgumentException("a payload has 1 to " + payloadSize + " bytes, not " + length);
        }
        if (ended) {
            payload.release();
            return true;
        }
        if (!connected) {
            return false;
        }
        if (waitingCount.incrementAndGet() > room) {
            waitingCount.decrementAndGet();
            refused = true;
            signal();
            return false;
        }
        waiting.add(new Submission(payload, SessionTicker.nowUs()));
        signal();
        if (ended) {
            releaseWaiting();
        }
        return true;
    }

    private void signal() {
        if (isSubmitting.compareAndSet(false, true)) {
            port.ticker().onSubmitted(this);
        }
    }

    @Override
    public long silentUs() {
        long heard = heardUs.get();
        if (heard == NEVER) {
            return -1;
        }
        long unseenUs = ended ? 0 : port.ticker().unseenUs();
        return Math.max(0, SessionTicker.nowUs() - heard - unseenUs);
    }

    @Override
    public SrtStats stats() {
        return port.ticker().call(() -> stats(false), () -> lastStats);
    }

    @Override
    public SrtStats statsAndRestartInterval() {
        return port.ticker().call(() -> stats(true), () -> lastStats);
    }

    private SrtStats stats(boolean restart) {
        SrtSession s = session;
        if (s == null || ended) {
            return lastStats;
        }
        long nowUs = SessionTicker.nowUs();
        SrtStats stats = s.stats(nowUs);
        if (restart) {
            s.restartStatsInterval(nowUs);
        }
        return stats;
    }

    @Override
    public void close() {
        port.ticker().execute(() -> {
            closing = true;
            dueUs = 0;
            port.ticker().soon();
            if (session == null) {
                end(SrtCloseReason.of(Kind.CLOSED_HERE, "closed here"));
            }
        });
    }

    @Override
    public void drain() {
        port.ticker().execute(() -> {
            draining = true;
            dueUs = 0;
            port.ticker().soon();
            if (session == null) {
                end(SrtCloseReason.of(Kind.CLOSED_HERE, "closed here"));
            }
        });
    }
}
