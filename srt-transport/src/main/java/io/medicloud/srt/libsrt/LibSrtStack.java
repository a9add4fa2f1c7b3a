// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.libsrt;

import io.medicloud.srt.SrtAdmission;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtListener;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtSink;
import io.medicloud.srt.SrtStack;
import io.medicloud.srt.SrtUnavailableException;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** libsrt as an {@link SrtStack}: one loop thread over one srt_epoll. The native library is first touched when needed. */
public final class LibSrtStack implements SrtStack {

    // Changed with this stack held, as it is while something is begun: so it is not begun on a loop that ends.
    private volatile @Nullable SocketLoop loop;

    private final ByteBufAllocator allocator;

    /** For {@link java.util.ServiceLoader}: with the pooled allocator. */
    public LibSrtStack() {
        this(PooledByteBufAllocator.DEFAULT);
    }

    /** With an allocator for received payloads. */
    public LibSrtStack(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    @Override
    public String name() {
        return "libsrt";
    }

    @Override
    public @Nullable String unavailability() {
        return NativeLibrary.unavailability();
    }

    @Override
    public @Nullable String risk() {
        return NativeLibrary.risk();
    }

    @Override
    public synchronized SrtListener listen(InetSocketAddress local, SrtOptions options, SrtAdmission admission)
            throws IOException {
        return started().listen(resolved(local), options, admission);
    }

    @Override
    public SrtConnection connect(InetSocketAddress remote, SrtOptions options, SrtSink sink) throws IOException {
        return connect(anyLocal(resolved(remote)), remote, options, sink);
    }

    @Override
    public synchronized SrtConnection connect(
            InetSocketAddress local, InetSocketAddress remote, SrtOptions options, SrtSink sink) throws IOException {
        return started().connect(resolved(local), resolved(remote), options, sink, false);
    }

    @Override
    public synchronized SrtConnection rendezvous(
            InetSocketAddress local, InetSocketAddress remote, SrtOptions options, SrtSink sink) throws IOException {
        if (local.getPort() == 0) {
            throw new IllegalArgumentException("a rendezvous needs a local port that the peer knows");
        }
        return started().connect(resolved(local), resolved(remote), options, sink, true);
    }

    // Neither waits for this stack, which may be what is held up.
    @Override
    public long loopDelayUs() {
        SocketLoop running = loop;
        return running == null ? 0 : running.delayUs();
    }

    @Override
    public long loopWaitUs() {
        SocketLoop running = loop;
        return running == null ? 0 : running.waitUs();
    }

    @Override
    public void close() {
        SocketLoop ending;
        synchronized (this) {
            ending = loop;
            loop = null;
        }
        if (ending != null) {
            ending.close();
        }
    }

    private SocketLoop started() throws SrtUnavailableException {
        SocketLoop running = loop;
        if (running == null) {
            String why = unavailability();
            if (why != null) {
                throw new SrtUnavailableException("libsrt: " + why);
            }
            running = SocketLoop.start(allocator);
            loop = running;
        }
        return running;
    }

    private static InetSocketAddress resolved(InetSocketAddress address) throws UnknownHostException {
        if (address.isUnresolved()) {
            throw new UnknownHostException("host " + address.getHostString() + " is not resolved");
        }
        return address;
    }

    private static InetSocketAddress anyLocal(InetSocketAddress remote) {
        String any = remote.getAddress() instanceof Inet6Address ? "::" : "0.0.0.0";
        return new InetSocketAddress(any, 0);
    }
}
