// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.netty;

import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Linux's own calls: recvmmsg and sendmmsg, and options that Java does not know. The numbers are those of Linux's headers. */
final class EpollTransport extends Transport {
    private static final int SOL_SOCKET = 1;
    private static final int IPPROTO_IP = 0;
    private static final int IPPROTO_IPV6 = 41;
    private static final int DEVICE_NAME = 16;
    private static final int MEMINFO_WORDS = 9;
    private static final int MEMINFO_DROPS = 8;

    private static final ChannelOption<Integer> IP_TTL = new IntegerUnixChannelOption("IP_TTL", IPPROTO_IP, 2);
    private static final ChannelOption<Integer> IPV6_UNICAST_HOPS =
            new IntegerUnixChannelOption("IPV6_UNICAST_HOPS", IPPROTO_IPV6, 16);
    private static final ChannelOption<Integer> IPV6_V6ONLY =
            new IntegerUnixChannelOption("IPV6_V6ONLY", IPPROTO_IPV6, 26);
    private static final ChannelOption<ByteBuffer> SO_BINDTODEVICE =
            new RawUnixChannelOption("SO_BINDTODEVICE", SOL_SOCKET, 25, DEVICE_NAME);
    private static final ChannelOption<ByteBuffer> SO_MEMINFO =
            new RawUnixChannelOption("SO_MEMINFO", SOL_SOCKET, 55, MEMINFO_WORDS * Integer.BYTES);

    private static final EpollIoEvent READABLE = () -> EpollIoOps.EPOLLIN;

    @Override
    String name() {
        return "epoll";
    }

    @Override
    @Nullable
    String unavailability() {
        Throwable cause = Epoll.unavailabilityCause();
        return cause == null ? null : "Netty's epoll transport does not load: " + cause.getMessage();
    }

    @Override
    IoHandlerFactory ioHandlers() {
        return EpollIoHandler.newFactory();
    }

    @Override
    DatagramChannel open(SocketProtocolFamily family) {
        return new EpollDatagramChannel(family);
    }

    @Override
    void setOwnOptions(DatagramChannel channel, SocketProtocolFamily family, SrtOptions options) throws IOException {
        boolean isV6 = family == SocketProtocolFamily.INET6;
        if (options.number(SrtOption.IPTTL) >= 0) {
            set(channel, SrtOption.IPTTL, isV6 ? IPV6_UNICAST_HOPS : IP_TTL, (int) options.number(SrtOption.IPTTL));
        }
        if (isV6 && options.number(SrtOption.IPV6ONLY) >= 0) {
            set(channel, SrtOption.IPV6ONLY, IPV6_V6ONLY, (int) options.number(SrtOption.IPV6ONLY));
        }
        String device = options.text(SrtOption.BINDTODEVICE);
        if (!device.isEmpty()) {
            byte[] name = Arrays.copyOf(device.getBytes(StandardCharsets.UTF_8), DEVICE_NAME);
            set(channel, SrtOption.BINDTODEVICE, SO_BINDTODEVICE, ByteBuffer.wrap(name));
        }
    }

    private static <T> void set(DatagramChannel channel, SrtOption option, ChannelOption<T> of, T value)
            throws IOException {
        try {
            channel.config().setOption(of, value);
        } catch (ChannelException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException("the system refuses " + option.key() + ": " + cause.getMessage(), e);
        }
    }

    @Override
    void setReusePort(DatagramChannel channel) {
        channel.config().setOption(EpollChannelOption.SO_REUSEPORT, true);
    }

    @Override
    void setDatagramSize(DatagramChannel channel, int size) {
        channel.config().setOption(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, size);
    }

    @Override
    void drain(DatagramChannel channel) {
        // As if epoll had said so: spares the two calls that ask it.
        ((IoHandle) channel.unsafe()).handle(null, READABLE);
    }

    @Override
    boolean isGone(DatagramChannel channel) {
        return true;
    }

    @Override
    boolean cutsDatagrams() {
        return EpollDatagramChannel.isSegmentedDatagramPacketSupported();
    }

    @Override
    long systemDrops(DatagramChannel channel) {
        ByteBuffer words = channel.config().getOption(SO_MEMINFO).order(ByteOrder.nativeOrder());
        return Integer.toUnsignedLong(words.getInt(MEMINFO_DROPS * Integer.BYTES));
    }
}
