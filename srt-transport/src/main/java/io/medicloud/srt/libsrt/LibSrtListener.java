// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.libsrt;

import io.medicloud.srt.RejectReason;
import io.medicloud.srt.SrtAdmission;
import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtCloseReason.Kind;
import io.medicloud.srt.SrtListener;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtRequest;
import io.medicloud.srt.SrtSink;
import io.medicloud.srt.SrtVerdict;
import io.medicloud.srt.libsrt.binding.LibSrt;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A listening libsrt socket. Whom the admission lets in, libsrt may still turn away: for a wrong passphrase, say. */
final class LibSrtListener implements SrtListener, Endpoint {

    /** Callers let in that wait for the loop to take them. */
    private static final int MOST_WAITING = 256;

    private static final Logger LOG = LoggerFactory.getLogger(LibSrtListener.class);

    private record Admitted(SrtSink sink, InetSocketAddress peer, String streamId) {}

    private final SocketLoop loop;
    private final int socket;
    private final UdpPort port;
    private final SrtOptions options;
    private final SrtAdmission admission;
    private final LongAdder accepted = new LongAdder();
    private final Map<RejectReason, LongAdder> rejected = new ConcurrentHashMap<>();
    private final Map<Integer, Admitted> admitted = new ConcurrentHashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    private LibSrtListener(SocketLoop loop, int socket, UdpPort port, SrtOptions options, SrtAdmission admission) {
        this.loop = loop;
        this.socket = socket;
        this.port = port;
        this.options = options;
        this.admission = admission;
    }

    static LibSrtListener open(SocketLoop loop, InetSocketAddress local, SrtOptions options, SrtAdmission admission)
            throws IOException {
        UdpPort port = UdpPort.bind(local, SocketLoop.ipv6Only(options));
        int socket = loop.open(port, options, false);
        LibSrtListener listener = new LibSrtListener(loop, socket, port, options, admission);
        AdmissionHook.install(socket, listener);
        loop.add(socket, listener, LibSrt.SRT_EPOLL_IN | LibSrt.SRT_EPOLL_ERR);
        if (LibSrt.srt_listen(socket, MOST_WAITING) != 0) {
            IOException failure = SocketOptions.failure("cannot listen on " + local);
            listener.close();
            throw failure;
        }
        return listener;
    }

    @Override
    public InetSocketAddress localAddress() {
        return port.address();
    }

    @Override
    public long accepted() {
        return accepted.sum();
    }

    @Override
    public Map<RejectReason, Long> rejected() {
        return rejected.entrySet().stream()
                .collect(Collectors.toUnmodifiableMap(
                        Map.Entry::getKey, e -> e.getValue().sum()));
    }

    /** A caller asks. On libsrt's thread of this UDP port. Returns null if it may come in, else why it may not. */
    @Nullable
    RejectReason admit(int caller, InetSocketAddress peer, String streamId) {
        RejectReason why = decide(caller, peer, streamId);
        if (why != null) {
            count(why);
        }
        return why;
    }

    private @Nullable RejectReason decide(int caller, InetSocketAddress peer, String streamId) {
        if (closed.get()) {
            return RejectReason.DOWN;
        }
        if (loop.isFull() || admitted.size() >= MOST_WAITING) {
            return RejectReason.OVERLOAD;
        }
        try {
            SrtVerdict verdict = admission.decide(new SrtRequest(peer, localAddress(), streamId));
            if (verdict instanceof SrtVerdict.Reject reject) {
                return reject.reason();
            }
            if (verdict instanceof SrtVerdict.Later later) {
                later.onRejected().run();
                return later.otherwise().reason();
            }
            SrtVerdict.Accept accept = (SrtVerdict.Accept) verdict;
            if (!accept.passphrase().isEmpty()) {
                SocketOptions.setPassphrase(caller, accept.passphrase());
            }
            if (accept.latencyMs() > 0) {
                SocketOptions.setLatency(caller, accept.latencyMs());
            }
            LogHandler.expect(caller);
            admitted.put(caller, new Admitted(accept.sink(), peer, streamId));
            loop.wake(this);
            return null;
        } catch (IOException | RuntimeException e) {
            LOG.error("no verdict on a caller from {}", peer, e);
            return RejectReason.INTERNAL_SERVER_ERROR;
        }
    }

    private void count(RejectReason why) {
        rejected.computeIfAbsent(why, reason -> new LongAdder()).increment();
    }

    @Override
    public boolean onEvents(int events, long nowUs) {
        if ((events & LibSrt.SRT_EPOLL_IN) == 0 || closed.get()) {
            return false;
        }
        // One at a time: the event stays while there are more.
        int caller = LibSrt.srt_accept(socket, null, (int[]) null);
        Admitted known = caller < 0 ? null : admitted.remove(caller);
        if (known == null) {
            if (caller >= 0) {
                LibSrt.srt_close(caller);
            }
            return false;
        }
        LogHandler.takeReason(caller);
        accepted.increment();
        port.retain();
        LibSrtConnection connection = new LibSrtConnection(
                loop, new LibSrtConnection.Link(caller, port, known.peer(), known.streamId()), options, known.sink());
        loop.add(caller, connection, LibSrt.SRT_EPOLL_ERR);
        connection.onConnected(nowUs);
        return false;
    }

    @Override
    public boolean wantsTurns() {
        return !admitted.isEmpty();
    }

    // Finds those whom libsrt turned away after they were let in.
    @Override
    public void onTurn(long nowUs) {
        boolean ending = closed.get();
        for (Map.Entry<Integer, Admitted> each : List.copyOf(admitted.entrySet())) {
            int caller = each.getKey();
            int state = LibSrt.srt_getsockstate(caller);
            boolean turnedAway = state == LibSrt.SRTS_CLOSED || state == LibSrt.SRTS_NONEXIST;
            if (turnedAway || ending) {
                admitted.remove(caller);
                RejectReason why = LogHandler.takeReason(caller);
                if (turnedAway) {
                    count(why);
                    tell(each.getValue().sink(), SrtCloseReason.rejected(why));
                } else {
                    LibSrt.srt_close(caller);
                    tell(each.getValue().sink(), SrtCloseReason.of(Kind.CLOSED_HERE, "the listener was closed"));
                }
            }
        }
    }

    private static void tell(SrtSink sink, SrtCloseReason why) {
        try {
            sink.onClosed(why);
        } catch (RuntimeException e) {
            LOG.error("the sink of a caller failed at its end", e);
        }
    }

    @Override
    public void onStackClosed(long nowUs) {
        close();
        onTurn(nowUs);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            loop.remove(socket);
            // When this returns no caller is being decided on any more.
            LibSrt.srt_close(socket);
            AdmissionHook.remove(socket);
            port.release();
            loop.wake(this);
        }
    }
}
