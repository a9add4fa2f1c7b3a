// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.netty;

import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.netty.channel.ChannelException;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.nio.AbstractNioChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.io.IOException;
import java.net.StandardSocketOptions;
import org.jspecify.annotations.Nullable;

/** One system call for each datagram, on every system. */
final class NioTransport extends Transport {
    @Override
    String name() {
        return "nio";
    }

    @Override
    @Nullable
    String unavailability() {
        return null;
    }

    @Override
    IoHandlerFactory ioHandlers() {
        return NioIoHandler.newFactory();
    }

    @Override
    DatagramChannel open(SocketProtocolFamily family) {
        return new NioDatagramChannel(family);
    }

    @Override
    void setOwnOptions(DatagramChannel channel, SocketProtocolFamily family, SrtOptions options) throws IOException {
        String why = " without Netty's epoll transport";
        if (options.number(SrtOption.IPTTL) >= 0) {
            throw refusal(SrtOption.IPTTL, why);
        }
        if (!options.text(SrtOption.BINDTODEVICE).isEmpty()) {
            throw refusal(SrtOption.BINDTODEVICE, why);
        }
        if (family == SocketProtocolFamily.INET6 && options.number(SrtOption.IPV6ONLY) == 1) {
            throw refusal(SrtOption.IPV6ONLY, why);
        }
    }

    @Override
    void setReusePort(DatagramChannel channel) throws IOException {
        try {
            channel.config().setOption(NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT), true);
        } catch (ChannelException | UnsupportedOperationException e) {
            throw new IOException("this system cannot share a UDP port among event loops", e);
        }
    }

    @Override
    void setDatagramSize(DatagramChannel channel, int size) {
        // One at a time anyway.
    }

    @Override
    void drain(DatagramChannel channel) {
        ((AbstractNioChannel.NioUnsafe) channel.unsafe()).read();
    }

    @Override
    boolean isGone(DatagramChannel channel) {
        return !((AbstractNioChannel.NioUnsafe) channel.unsafe()).ch().isRegistered();
    }

    @Override
    boolean cutsDatagrams() {
        return false;
    }

    @Override
    long systemDrops(DatagramChannel channel) {
        return -1;
    }
}
