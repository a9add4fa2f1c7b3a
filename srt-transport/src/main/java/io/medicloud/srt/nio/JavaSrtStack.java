// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.nio;

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
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** SRT in pure Java: needs nothing but a UDP port. */
public final class JavaSrtStack implements SrtStack {
    private final ByteBufAllocator allocator;
    private final KeySource keys = KeySource.secure();
    private final Identities identities = new Identities();
    private @Nullable StackLoop loop;

    /** A stack that takes its buffers from the common pool. */
    public JavaSrtStack() {
        this(PooledByteBufAllocator.DEFAULT);
    }

    /** A stack that takes its buffers from {@code allocator}. */
    public JavaSrtStack(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    @Override
    public String name() {
        return "java";
    }

    @Override
    public @Nullable String unavailability() {
        return null;
    }

    @Override
    public SrtListener listen(InetSocketAddress local, SrtOptions options, SrtAdmission admission) throws IOException {
        check(options);
        UdpPort port = UdpPort.bind(loop(), allocator, local, options);
        long nowUs = StackLoop.nowUs();
        ListenerHandshake handshake =
                new ListenerHandshake(HandshakeTerms.of(options), new SynCookie(keys, nowUs), keys, nowUs);
        JavaListener listener = new JavaListener(port, handshake, admission, options, identities);
        port.loop().call(() -> {
            port.setListener(listener);
            port.loop().add(port);
            return true;
        });
        return listener;
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
        UdpPort port = UdpPort.bind(loop(), allocator, local, options);
        int socketId = identities.nextSocketId(port);
        CallerHandshake handshake = new CallerHandshake(
                HandshakeTerms.of(options),
                keys,
                socketId,
                identities.initialSeqNo(),
                remote.getAddress().getAddress(),
                StackLoop.nowUs());
        return begin(port, socketId, remote, options, sink, handshake, false);
    }

    @Override
    public SrtConnection rendezvous(InetSocketAddress local, InetSocketAddress remote, SrtOptions options, SrtSink sink)
            throws IOException {
        check(options);
        checkResolved(remote);
        if (local.getPort() == 0) {
            throw new IllegalArgumentException("a rendezvous needs a local port that the peer knows");
        }
        UdpPort port = UdpPort.bind(loop(), allocator, local, options);
        int socketId = identities.nextSocketId(port);
        byte[] address = remote.getAddress().getAddress();
        long nowUs = StackLoop.nowUs();
        int cookie = new SynCookie(keys, nowUs).bake(address, remote.getPort(), nowUs);
        RendezvousHandshake handshake = new RendezvousHandshake(
                HandshakeTerms.of(options), keys, socketId, identities.initialSeqNo(), cookie, address, nowUs);
        return begin(port, socketId, remote, options, sink, handshake, true);
    }

    private JavaConnection begin(
            UdpPort port,
            int socketId,
            InetSocketAddress remote,
            SrtOptions options,
            SrtSink sink,
            OutgoingHandshake handshake,
            boolean isRendezvous) {
        JavaConnection connection = new JavaConnection(
                identities.nextId(),
                socketId,
                port,
                remote,
                isRendezvous ? "" : options.streamId(),
                sink,
                SessionPolicy.of(options),
                handshake,
                () -> {});
        port.loop().execute(() -> {
            port.add(socketId, connection);
            if (isRendezvous) {
                port.setRendezvous(connection);
            }
            port.loop().add(port);
        });
        return connection;
    }

    private static void check(SrtOptions options) throws IOException {
        refuse(options.number(SrtOption.IPTTL) >= 0, SrtOption.IPTTL);
        refuse(!options.text(SrtOption.BINDTODEVICE).isEmpty(), SrtOption.BINDTODEVICE);
        checkFilter(options.text(SrtOption.PACKETFILTER));
        refuse(options.number(SrtOption.IPV6ONLY) == 1, SrtOption.IPV6ONLY);
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

    private static void refuse(boolean isAsked, SrtOption option) throws IOException {
        if (isAsked) {
            throw new IOException("the java stack does not support " + option.key() + "; the libsrt stack may");
        }
    }

    private static void checkResolved(InetSocketAddress remote) {
        if (remote.isUnresolved()) {
            throw new IllegalArgumentException(remote + " is not resolved");
        }
    }

    private synchronized StackLoop loop() {
        if (loop == null) {
            loop = new StackLoop();
        }
        return loop;
    }

    @Override
    public void close() {
        StackLoop ending;
        synchronized (this) {
            ending = loop;
            loop = null;
        }
        if (ending == null) {
            return;
        }
        SrtCloseReason why = SrtCloseReason.of(SrtCloseReason.Kind.CLOSED_HERE, "the stack was closed");
        ending.call(() -> {
            ending.ports().forEach(port -> port.abort(why));
            return true;
        });
        ending.stop();
    }
}
