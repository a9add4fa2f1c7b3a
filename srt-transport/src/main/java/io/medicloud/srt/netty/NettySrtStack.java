// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.netty;

import io.medicloud.srt.SrtAdmission;
import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtListener;
import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtPacketFilter;
import io.medicloud.srt.SrtSink;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.crypto.KeySource;
import io.medicloud.srt.filter.FecMatrix;
import io.medicloud.srt.protocol.CallerHandshake;
import io.medicloud.srt.protocol.HandshakeTerms;
import io.medicloud.srt.protocol.ListenerHandshake;
import io.medicloud.srt.protocol.OutgoingHandshake;
import io.medicloud.srt.protocol.RendezvousHandshake;
import io.medicloud.srt.protocol.SessionPolicy;
import io.medicloud.srt.protocol.SynCookie;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SRT in pure Java, on Netty's event loops: one, unless the system property {@value #LOOPS_PROPERTY} asks for more, which then share each listener's
 * port. With several loops a sink must not wait for another connection's, nor listen; and admissions are asked on all of them.
 */
public final class NettySrtStack implements SrtStack {
    /** The system property that says how many event loops a stack has. */
    public static final String LOOPS_PROPERTY = "io.medicloud.srt.loops";

    /** The system property that says how many callers of one network (IPv4 /24, IPv6 /64) a listener's event loop looks into at once: 512. */
    public static final String CALLERS_AT_ONCE_PROPERTY = "io.medicloud.srt.callersAtOnce";

    /** The system property that says how many more of them it looks into each second after that: 50. */
    public static final String CALLERS_PER_SECOND_PROPERTY = "io.medicloud.srt.callersPerSecond";

    static final int CALLERS_AT_ONCE = 512;
    static final int CALLERS_PER_SECOND = 50;

    private static final Logger LOG = LoggerFactory.getLogger(NettySrtStack.class);
    private static final int MOST_LOOPS = 256;
    private static final InetSocketAddress ANY_V4 = new InetSocketAddress("0.0.0.0", 0);
    private static final InetSocketAddress ANY_V6 = new InetSocketAddress("::", 0);

    private final ByteBufAllocator allocator;
    private final Transport transport;
    private final int loopCount;
    private final KeySource keys = KeySource.secure();
    private final Identities identities = new Identities();
    private @Nullable Loops loops;

    /** A stack that takes its buffers from the common pool. */
    public NettySrtStack() {
        this(PooledByteBufAllocator.DEFAULT);
    }

    /** A stack that takes its buffers from {@code allocator}. */
    public NettySrtStack(ByteBufAllocator allocator) {
        this(allocator, Transport.chosen(), Integer.getInteger(LOOPS_PROPERTY, 1));
    }

    /** A stack with so many event loops on a transport. */
    public NettySrtStack(ByteBufAllocator allocator, Transport transport, int loopCount) {
        if (loopCount < 1 || loopCount > MOST_LOOPS) {
            throw new IllegalArgumentException(
                    LOOPS_PROPERTY + " must be 1 to " + MOST_LOOPS + " (is " + loopCount + ")");
        }
        this.allocator = allocator;
        this.transport = transport;
        this.loopCount = loopCount;
    }

    @Override
    public String name() {
        return "java";
    }

    @Override
    public @Nullable String unavailability() {
        return transport.unavailability();
    }

    @Override
    public SrtListener listen(InetSocketAddress local, SrtOptions options, SrtAdmission admission) throws IOException {
        check(options);
        Loops running = loops();
        if (loopCount > 1 && running.isOnLoop()) {
            throw new IllegalStateException("with several event loops, do not listen from a sink");
        }
        SharedPort port = SharedPort.bind(running.all(), allocator, local, options);
        long nowUs = SessionTicker.nowUs();
        SynCookie cookie = new SynCookie(keys, nowUs);
        HandshakeTerms terms = HandshakeTerms.of(options);
        SessionPolicy policy = SessionPolicy.of(options);
        ListenerTally tally = new ListenerTally();
        for (SrtMultiplexer part : port.parts()) {
            ListenerHandshake handshake = new ListenerHandshake(terms, cookie, keys, nowUs);
            Acceptor acceptor = new Acceptor(part, handshake, admission, policy, identities, tally);
            part.ticker().run(() -> {
                part.setAcceptor(acceptor);
                part.ticker().add(part);
            });
        }
        return new NettyListener(port, tally);
    }

    @Override
    public SrtConnection connect(InetSocketAddress remote, SrtOptions options, SrtSink sink) throws IOException {
        return call(null, remote, options, sink);
    }

    @Override
    public SrtConnection connect(InetSocketAddress local, InetSocketAddress remote, SrtOptions options, SrtSink sink)
            throws IOException {
        return call(local, remote, options, sink);
    }

    private SrtConnection call(
            @Nullable InetSocketAddress local, InetSocketAddress remote, SrtOptions options, SrtSink sink)
            throws IOException {
        check(options);
        checkResolved(remote);
        SrtMultiplexer part = bind(local == null ? anyPort(remote.getAddress()) : local, options);
        int socketId = identities.nextSocketId(part);
        CallerHandshake handshake = new CallerHandshake(
                HandshakeTerms.of(options),
                keys,
                socketId,
                identities.initialSeqNo(),
                remote.getAddress().getAddress(),
                SessionTicker.nowUs());
        return begin(part, socketId, remote, options, sink, handshake, false);
    }

    private static InetSocketAddress anyPort(InetAddress remote) {
        return remote instanceof Inet6Address ? ANY_V6 : ANY_V4;
    }

    private SrtMultiplexer bind(InetSocketAddress local, SrtOptions options) throws IOException {
        return SharedPort.bind(List.of(loops().next()), allocator, local, options)
                .parts()
                .get(0);
    }

    @Override
    public SrtConnection rendezvous(InetSocketAddress local, InetSocketAddress remote, SrtOptions options, SrtSink sink)
            throws IOException {
        check(options);
        checkResolved(remote);
        if (local.getPort() == 0) {
            throw new IllegalArgumentException("a rendezvous needs a local port that the peer knows");
        }
        SrtMultiplexer part = bind(local, options);
        int socketId = identities.nextSocketId(part);
        byte[] address = remote.getAddress().getAddress();
        long nowUs = SessionTicker.nowUs();
        int cookie = new SynCookie(keys, nowUs).bake(address, remote.getPort(), nowUs);
        RendezvousHandshake handshake = new RendezvousHandshake(
                HandshakeTerms.of(options), keys, socketId, identities.initialSeqNo(), cookie, address, nowUs);
        return begin(part, socketId, remote, options, sink, handshake, true);
    }

    private NettyConnection begin(
            SrtMultiplexer part,
            int socketId,
            InetSocketAddress remote,
            SrtOptions options,
            SrtSink sink,
            OutgoingHandshake handshake,
            boolean isRendezvous) {
        NettyConnection connection = new NettyConnection(
                identities.nextId(),
                socketId,
                part,
                remote,
                isRendezvous ? "" : options.streamId(),
                sink,
                SessionPolicy.of(options),
                handshake,
                () -> {});
        part.ticker().execute(() -> {
            part.add(socketId, connection);
            if (isRendezvous) {
                part.setRendezvous(connection);
            }
            part.ticker().add(part);
        });
        return connection;
    }

    private static void check(SrtOptions options) throws IOException {
        checkFilter(options.text(SrtOption.PACKETFILTER));
    }

    private static void checkFilter(String text) throws IOException {
        if (text.isEmpty()) {
            return;
        }
        SrtPacketFilter filter = SrtPacketFilter.parse(text);
        if (filter.isComplete() && !FecMatrix.isSupported(filter)) {
            throw new IOException("the java stack has no room for " + SrtOption.PACKETFILTER.key() + " '" + text
                    + "': at most 255 cols and rows, and 4096 packets in all");
        }
    }

    private static void checkResolved(InetSocketAddress remote) {
        if (remote.isUnresolved()) {
            throw new IllegalArgumentException(remote + " is not resolved");
        }
    }

    @Override
    public synchronized long loopDelayUs() {
        return loops == null ? 0 : loops.delayUs();
    }

    @Override
    public synchronized long loopWaitUs() {
        return loops == null ? 0 : loops.waitUs();
    }

    private synchronized Loops loops() {
        if (loops == null) {
            LOG.debug("SRT in pure Java on {}, event loops: {}", transport, loopCount);
            loops = new Loops(transport, loopCount);
        }
        return loops;
    }

    @Override
    public void close() {
        Loops ending;
        synchronized (this) {
            ending = loops;
            loops = null;
        }
        if (ending != null) {
            ending.close(SrtCloseReason.of(SrtCloseReason.Kind.CLOSED_HERE, "the stack was closed"));
        }
    }
}
