// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.libsrt;

import io.medicloud.srt.RejectReason;
import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtCloseReason.Kind;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtSink;
import io.medicloud.srt.SrtStats;
import io.medicloud.srt.libsrt.binding.LibSrt;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bytedeco.javacpp.IntPointer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One libsrt socket that is, or wants to be, connected. */
final class LibSrtConnection implements SrtConnection, Endpoint {

    /**
     * A socket with what belongs to it.
     *
     * @param socket libsrt's number of it
     * @param port its UDP port, retained for it
     * @param peer the other end
     * @param streamId the caller's
     */
    record Link(int socket, UdpPort port, InetSocketAddress peer, String streamId) {}

    /** Messages received in one go before other sockets get their turn. */
    private static final int MOST_MESSAGES = 64;
    /** What draining waits beyond the latency. */
    private static final long DRAIN_MARGIN_US = 1_000_000;
    /** What playing out waits beyond the latency: a few turns of libsrt's own threads. */
    private static final long PLAY_OUT_MARGIN_US = 30_000;
    /** What lingering waits beyond the peer's latency, for its delivery. */
    private static final long LINGER_MARGIN_US = 150_000;

    /** Of IP, UDP and SRT. */
    private static final int HEADERS = 44;

    private static final int FILTER_HEADER = 4;

    private static final int RECEIVING = LibSrt.SRT_EPOLL_IN | LibSrt.SRT_EPOLL_ERR;

    private static final Logger LOG = LoggerFactory.getLogger(LibSrtConnection.class);

    private final SocketLoop loop;
    private final Link link;
    private final SrtOptions options;
    private final SrtSink sink;
    private final long id;
    private final SocketStats stats;
    private final MessageSender sender;
    private final ReceiveBuffer buffer;
    private final Memory target = new Memory();
    private final IntPointer answer = new IntPointer(1);
    private final IntPointer answerLength = new IntPointer(1).put(Integer.BYTES);
    private final AtomicBoolean closeAsked = new AtomicBoolean();
    private final AtomicBoolean drainAsked = new AtomicBoolean();

    private LinkState state = LinkState.CONNECTING;
    private SrtCloseReason reason = SrtCloseReason.of(Kind.CLOSED_HERE, "closed here");
    private long deadlineUs;
    private long deliveredUs;
    private volatile boolean encrypted;
    private volatile @Nullable String dialFailure;

    LibSrtConnection(SocketLoop loop, Link link, SrtOptions options, SrtSink sink) {
        this.loop = loop;
        this.link = link;
        this.options = options;
        this.sink = sink;
        this.id = loop.nextConnectionId();
        this.buffer = new ReceiveBuffer(loop.allocator());
        this.stats = new SocketStats(link.socket());
        this.sender = new MessageSender(loop, link.socket(), payloadLimit(options));
    }

    private static int payloadLimit(SrtOptions options) {
        int limit = (int) options.number(SrtOption.PAYLOADSIZE);
        int headers = HEADERS + (options.text(SrtOption.PACKETFILTER).isEmpty() ? 0 : FILTER_HEADER);
        int room = (int) Math.min(options.number(SrtOption.MSS) - headers, ReceiveBuffer.MOST_MESSAGE_BYTES);
        return limit == 0 ? room : Math.min(limit, room);
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public InetSocketAddress peer() {
        return link.peer();
    }

    @Override
    public String streamId() {
        return link.streamId();
    }

    @Override
    public int payloadSize() {
        return sender.payloadSize();
    }

    @Override
    public boolean isEncrypted() {
        return encrypted;
    }

    @Override
    public boolean send(ByteBuf payload) {
        return sender.send(payload);
    }

    @Override
    public long silentUs() {
        return stats.silentUs(SocketLoop.nowUs());
    }

    @Override
    public SrtStats stats() {
        return stats.read(false);
    }

    @Override
    public SrtStats statsAndRestartInterval() {
        return stats.read(true);
    }

    @Override
    public void close() {
        if (closeAsked.compareAndSet(false, true)) {
            loop.wake(this);
        }
    }

    @Override
    public void drain() {
        if (drainAsked.compareAndSet(false, true)) {
            loop.wake(this);
        }
    }

    @Override
    public String toString() {
        return "SRT connection " + id + " with " + link.peer();
    }

    /** The handshake is done: accepted, or answered. */
    void onConnected(long nowUs) {
        state = state.moveTo(LinkState.CONNECTED);
        stats.onConnected(nowUs);
        encrypted = number(LibSrt.SRTO_RCVKMSTATE) == LibSrt.SRT_KM_S_SECURED
                && number(LibSrt.SRTO_SNDKMSTATE) == LibSrt.SRT_KM_S_SECURED;
        loop.interest(link.socket(), RECEIVING);
        sender.open();
        guard(() -> sink.onConnected(this));
        refreshStats(nowUs);
    }

    /** The call could not even begin. Any thread. */
    void onDialFailed(@Nullable String message) {
        dialFailure = message;
        loop.wake(this);
    }

    /** Also finds a connection that broke before its events were asked for. */
    void refreshStats(long nowUs) {
        if (state.isOpen() && !stats.refresh(nowUs)) {
            drain(nowUs);
        }
    }

    @Override
    public boolean onEvents(int events, long nowUs) {
        boolean more = false;
        if (state == LinkState.CONNECTING) {
            onHandshake(nowUs);
        } else if (state.isOpen() && !closeAsked.get()) {
            if ((events & LibSrt.SRT_EPOLL_IN) != 0) {
                more = receive(nowUs);
            }
            if ((events & LibSrt.SRT_EPOLL_OUT) != 0 && state.isOpen()) {
                sender.onWritable();
                guard(sink::onWritable);
            }
            if ((events & LibSrt.SRT_EPOLL_ERR) != 0 && state.isOpen()) {
                drain(nowUs);
            }
        }
        return more;
    }

    private void onHandshake(long nowUs) {
        int socketState = LibSrt.srt_getsockstate(link.socket());
        if (socketState == LibSrt.SRTS_CONNECTED) {
            onConnected(nowUs);
        } else if (socketState != LibSrt.SRTS_CONNECTING) {
            RejectReason why = new RejectReason(Math.max(0, LibSrt.srt_getrejectreason(link.socket())));
            boolean late = why.equals(RejectReason.TIMEOUT) || why.equals(RejectReason.UNKNOWN);
            end(
                    late
                            ? SrtCloseReason.of(Kind.CONNECT_TIMEOUT, "no answer from " + link.peer())
                            : SrtCloseReason.rejected(why));
        }
    }

    // True if more is ready.
    private boolean receive(long nowUs) {
        try {
            return receiveBatch(nowUs);
        } catch (RuntimeException | Error e) {
            fail(e);
            return false;
        }
    }

    private boolean receiveBatch(long nowUs) {
        boolean more = true;
        int messages = 0;
        while (more && messages < MOST_MESSAGES) {
            int length = LibSrt.srt_recvmsg2(
                    link.socket(), target.at(buffer.room()), ReceiveBuffer.MOST_MESSAGE_BYTES, null);
            if (length <= 0) {
                more = false;
                break;
            }
            messages++;
            sink.onPayload(buffer.message(length), nowUs);
            // Asking is much cheaper than a receive in vain, which throws inside libsrt.
            more = state == LinkState.DRAINING || isReadable();
        }
        if (messages > 0) {
            deliveredUs = nowUs;
            sink.onBatchEnd(nowUs);
        }
        return more;
    }

    // The peer is gone. libsrt keeps what it had sent, and gives each packet out at its time.
    private void drain(long nowUs) {
        loop.mute(link.socket());
        state = state.moveTo(LinkState.DRAINING);
        sender.close();
        long silenceUs = nowUs - Math.max(stats.heardUs(), deliveredUs);
        reason = silenceUs < options.number(SrtOption.PEERIDLETIMEO) * 1000
                ? SrtCloseReason.of(Kind.CLOSED_BY_PEER, "closed by the peer")
                : SrtCloseReason.of(Kind.PEER_SILENT, "the peer fell silent");
        deadlineUs = nowUs + number(LibSrt.SRTO_RCVLATENCY) * 1000L + DRAIN_MARGIN_US;
        onTurn(nowUs);
    }

    @Override
    public boolean wantsTurns() {
        return state == LinkState.DRAINING || state == LinkState.PLAYING_OUT || state == LinkState.LINGERING;
    }

    @Override
    public void onTurn(long nowUs) {
        String failure = dialFailure;
        if (state == LinkState.CONNECTING && failure != null) {
            end(SrtCloseReason.of(Kind.FAILED, failure));
        } else if (closeAsked.get()) {
            onCloseAsked(nowUs);
        } else if (drainAsked.get()) {
            onDrainAsked(nowUs);
        }
        if (state == LinkState.DRAINING) {
            receive(nowUs);
            if (state == LinkState.DRAINING && (number(LibSrt.SRTO_RCVDATA) <= 0 || nowUs >= deadlineUs)) {
                end(reason);
            }
        } else if (state == LinkState.LINGERING) {
            boolean arrived = number(LibSrt.SRTO_SNDDATA) <= 0 && nowUs >= sender.lastSentUs() + playoutUs();
            boolean broken = LibSrt.srt_getsockstate(link.socket()) != LibSrt.SRTS_CONNECTED;
            if (arrived || broken || nowUs >= deadlineUs) {
                end(reason);
            }
        }
    }

    private void onCloseAsked(long nowUs) {
        switch (state) {
            case CONNECTING, DRAINING -> end(SrtCloseReason.of(Kind.CLOSED_HERE, "closed here"));
            case CONNECTED, PLAYING_OUT -> linger(nowUs);
            case LINGERING, CLOSED -> {
                // Under way.
            }
        }
    }

    private void linger(long nowUs) {
        loop.mute(link.socket());
        state = state.moveTo(LinkState.LINGERING);
        sender.close();
        long lingerUs = options.number(SrtOption.LINGER) * 1_000_000;
        deadlineUs = lingerUs == 0 ? nowUs : nowUs + lingerUs + playoutUs();
    }

    private void onDrainAsked(long nowUs) {
        switch (state) {
            case CONNECTING -> end(SrtCloseReason.of(Kind.CLOSED_HERE, "closed here"));
            case CONNECTED -> {
                state = state.moveTo(LinkState.PLAYING_OUT);
                deadlineUs = nowUs + number(LibSrt.SRTO_RCVLATENCY) * 1000L + PLAY_OUT_MARGIN_US;
            }
            case PLAYING_OUT -> {
                if (stats.read(false).instant().pktRcvBuf() == 0 || isPlayedOut(nowUs)) {
                    linger(nowUs);
                }
            }
            case DRAINING, LINGERING, CLOSED -> {
                // Under way.
            }
        }
    }

    // On a busy machine what was due by then may not have been received yet: that goes first, for a while.
    private boolean isPlayedOut(long nowUs) {
        return nowUs >= deadlineUs && (!isReadable() || nowUs >= deadlineUs + DRAIN_MARGIN_US);
    }

    private boolean isReadable() {
        return (number(LibSrt.SRTO_EVENT) & LibSrt.SRT_EPOLL_IN) != 0;
    }

    // Many receivers drop what waits for its time when the sender says good-bye: so it is said after that time.
    private long playoutUs() {
        return number(LibSrt.SRTO_PEERLATENCY) * 1000L + LINGER_MARGIN_US;
    }

    @Override
    public void onStackClosed(long nowUs) {
        if (state != LinkState.CLOSED) {
            end(SrtCloseReason.of(Kind.CLOSED_HERE, "the stack was closed"));
        }
    }

    private void end(SrtCloseReason why) {
        state = state.moveTo(LinkState.CLOSED);
        dispose();
        try {
            sink.onClosed(why);
        } catch (RuntimeException | Error e) {
            LOG.error("the sink of {} failed at its end", this, e);
        }
    }

    private void dispose() {
        sender.close();
        boolean last = stats.refresh(SocketLoop.nowUs());
        LOG.debug("{} ends{}", this, last ? "" : ", broken");
        stats.close();
        loop.remove(link.socket());
        LibSrt.srt_close(link.socket());
        link.port().release();
        buffer.release();
        answer.close();
        answerLength.close();
    }

    private void guard(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    private void fail(Throwable e) {
        LOG.error("the sink of {} failed", this, e);
        end(SrtCloseReason.of(Kind.FAILED, "the sink failed: " + e));
    }

    /** An option of the socket; −1 if it is gone. */
    private int number(int option) {
        return LibSrt.srt_getsockflag(link.socket(), option, answer, answerLength) == 0 ? answer.get() : -1;
    }
}
