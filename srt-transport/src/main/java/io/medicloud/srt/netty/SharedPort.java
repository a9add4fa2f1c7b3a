// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.netty;

import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A UDP port, on one event loop or on several. The system shares the peers out among the loops' sockets by a hash of their address, so a connection and
 * its handshake stay on one of them as long as none is closed: all close together, when none is in use any more.
 */
final class SharedPort {
    private static final Logger LOG = LoggerFactory.getLogger(SharedPort.class);
    private static final AtomicBoolean TOLD = new AtomicBoolean();

    private final List<SrtMultiplexer> parts = new ArrayList<>();
    private final AtomicInteger used = new AtomicInteger();
    private final InetSocketAddress local;

    private SharedPort(InetSocketAddress local) {
        this.local = local;
    }

    /** Binds a port on each of these loops. */
    static SharedPort bind(
            List<SessionTicker> tickers, ByteBufAllocator allocator, InetSocketAddress address, SrtOptions options)
            throws IOException {
        boolean isShared = tickers.size() > 1;
        InetSocketAddress exact = isShared ? probe(address) : address;
        List<DatagramChannel> channels = new ArrayList<>();
        List<SrtMultiplexer> parts = new ArrayList<>();
        try {
            for (SessionTicker ticker : tickers) {
                DatagramChannel channel = open(ticker, exact, options, isShared);
                channels.add(channel);
                parts.add(register(ticker, allocator, channel, options));
                await(channel.bind(exact));
            }
        } catch (IOException e) {
            for (DatagramChannel channel : channels) {
                var unused = channel.close();
            }
            throw refusal(exact, e);
        }
        tellGranted(channels.get(0), options);
        SharedPort port = new SharedPort(channels.get(0).localAddress());
        port.parts.addAll(parts);
        port.used.set(parts.size());
        parts.forEach(part -> part.setPort(port));
        return port;
    }

    /** A port that no socket has, shared or not: a moment later it is bound in earnest. */
    private static InetSocketAddress probe(InetSocketAddress address) throws IOException {
        try (DatagramSocket socket = new DatagramSocket(address)) {
            return new InetSocketAddress(address.getAddress(), socket.getLocalPort());
        } catch (IOException e) {
            throw refusal(address, e);
        }
    }

    private static DatagramChannel open(
            SessionTicker ticker, InetSocketAddress address, SrtOptions options, boolean isShared) throws IOException {
        Transport transport = ticker.transport();
        SocketProtocolFamily family =
                address.getAddress() instanceof Inet6Address ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
        DatagramChannel channel = transport.open(family);
        try {
            transport.setOptions(channel, family, options);
            if (isShared) {
                transport.setReusePort(channel);
            }
            return channel;
        } catch (IOException e) {
            channel.unsafe().closeForcibly();
            throw e;
        }
    }

    private static SrtMultiplexer register(
            SessionTicker ticker, ByteBufAllocator allocator, DatagramChannel channel, SrtOptions options)
            throws IOException {
        SrtMultiplexer part = new SrtMultiplexer(ticker, allocator, channel, options);
        channel.pipeline().addLast(part);
        await(ticker.loop().register(channel));
        return part;
    }

    private static void await(ChannelFuture future) throws IOException {
        if (!future.isDone()) {
            future.awaitUninterruptibly();
        }
        Throwable cause = future.cause();
        if (cause instanceof IOException e) {
            throw e;
        } else if (cause != null) {
            throw new IOException(cause);
        }
    }

    private static IOException refusal(InetSocketAddress address, IOException e) throws SocketException {
        String name = address.getAddress().getHostAddress() + ":" + address.getPort();
        boolean isOurs = address.getAddress().isAnyLocalAddress()
                || NetworkInterface.getByInetAddress(address.getAddress()) != null;
        if (!isOurs) {
            return new BindException(name + " is not an address of this machine");
        }
        boolean isTaken = e.getMessage() != null && e.getMessage().contains("in use");
        return isTaken ? new BindException(name + " is in use") : e;
    }

    private static void tellGranted(DatagramChannel channel, SrtOptions options) {
        long asked = options.number(SrtOption.UDPRCVBUF);
        Integer granted = channel.config().getOption(ChannelOption.SO_RCVBUF);
        if (granted != null && granted < asked && TOLD.compareAndSet(false, true)) {
            LOG.info(
                    "Asked for {} bytes of receive buffer for a UDP port, and was granted {}: net.core.rmem_max limits it",
                    asked,
                    granted);
        }
    }

    InetSocketAddress localAddress() {
        return local;
    }

    List<SrtMultiplexer> parts() {
        return parts;
    }

    /** A part has neither a listener nor connections any more. */
    void onUnused() {
        if (used.decrementAndGet() == 0) {
            parts.forEach(part -> {
                if (part.ticker().loop().inEventLoop()) {
                    part.close();
                } else {
                    part.ticker().execute(part::close);
                }
            });
        }
    }

    /** Takes no more callers; when it returns, the port is free again if it was not in use. */
    void closeListener() {
        boolean isOnLoop = false;
        for (SrtMultiplexer part : parts) {
            isOnLoop |= part.ticker().loop().inEventLoop();
        }
        for (SrtMultiplexer part : parts) {
            if (isOnLoop && !part.ticker().loop().inEventLoop()) {
                part.ticker().execute(part::stopListening);
            } else {
                part.ticker().run(part::stopListening);
            }
        }
        if (used.get() == 0 && !isOnLoop) {
            parts.forEach(part -> part.closed().join());
        }
    }
}
