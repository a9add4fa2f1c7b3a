// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.netty;

import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Where datagrams come from and go to: epoll where its native library loads, NIO elsewhere. */
public abstract sealed class Transport permits EpollTransport, NioTransport {
    /** The system property that chooses a transport by its name. */
    public static final String PROPERTY = "io.medicloud.srt.transport";

    private static final WriteBufferWaterMark PENDING = new WriteBufferWaterMark(4 << 20, 8 << 20);

    Transport() {}

    /** Epoll: receives and sends many datagrams with one call of the system. Linux only; needs Netty's native library. */
    public static Transport epoll() {
        return new EpollTransport();
    }

    /** NIO: needs nothing but Java. */
    public static Transport nio() {
        return new NioTransport();
    }

    /** The one that the property {@value #PROPERTY} names, {@code epoll} or {@code nio}; without it, the best that works here. */
    static Transport chosen() {
        String name = System.getProperty(PROPERTY, "");
        return switch (name) {
            case "epoll" -> epoll();
            case "nio" -> nio();
            case "" -> Epoll.isAvailable() ? epoll() : nio();
            default -> throw new IllegalArgumentException(PROPERTY + " must be epoll or nio (is '" + name + "')");
        };
    }

    abstract String name();

    /** Null if it works here, else what is missing. */
    abstract @Nullable String unavailability();

    abstract IoHandlerFactory ioHandlers();

    /** A channel that is not bound yet. */
    abstract DatagramChannel open(SocketProtocolFamily family);

    /** Sets what this transport alone can set. */
    abstract void setOwnOptions(DatagramChannel channel, SocketProtocolFamily family, SrtOptions options)
            throws IOException;

    /** Lets several channels bind one port, among which the system shares the peers out. */
    abstract void setReusePort(DatagramChannel channel) throws IOException;

    /** Tells the longest datagram, for reading several at once. */
    abstract void setDatagramSize(DatagramChannel channel, int size);

    /** Reads what has arrived, on the channel's loop, though nothing has told that there is any. */
    abstract void drain(DatagramChannel channel);

    /** Whether the channel has given its port back; on the channel's loop, after its closing. */
    abstract boolean isGone(DatagramChannel channel);

    /** Whether the system may be given one long datagram to cut into many. */
    abstract boolean cutsDatagrams();

    /** How many datagrams the system has discarded because the socket's buffer was full, or −1 if it does not say. */
    abstract long systemDrops(DatagramChannel channel);

    final void setOptions(DatagramChannel channel, SocketProtocolFamily family, SrtOptions options) throws IOException {
        channel.config().setAutoRead(false);
        channel.config().setWriteBufferWaterMark(PENDING);
        channel.config().setOption(ChannelOption.SO_RCVBUF, (int) options.number(SrtOption.UDPRCVBUF));
        channel.config().setOption(ChannelOption.SO_SNDBUF, (int) options.number(SrtOption.UDPSNDBUF));
        if (options.number(SrtOption.IPTOS) >= 0) {
            channel.config().setOption(ChannelOption.IP_TOS, (int) options.number(SrtOption.IPTOS));
        }
        setOwnOptions(channel, family, options);
    }

    static IOException refusal(SrtOption option, String why) {
        return new IOException("the java stack does not support " + option.key() + why);
    }

    @Override
    public final String toString() {
        return name();
    }
}
