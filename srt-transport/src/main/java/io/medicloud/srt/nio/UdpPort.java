// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.nio;

import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.packet.SrtPacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.collection.IntObjectHashMap;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One UDP port with a listener, a rendezvous or a caller, and all connections on it, told apart by socket id (draft 3). */
final class UdpPort {
    private static final int DATAGRAM = 2048;
    private static final int MOST_PER_TICK = 8192;
    private static final int MOST_CONNECTIONS = 10_000;

    private final StackLoop loop;
    private final ByteBufAllocator allocator;
    private final DatagramChannel channel;
    private final InetSocketAddress local;
    private final IntObjectHashMap<JavaConnection> connections = new IntObjectHashMap<>();
    private final List<JavaConnection> ticked = new ArrayList<>();
    private @Nullable JavaListener listener;
    private @Nullable JavaConnection rendezvous;
    private @Nullable ByteBuf spare;
    private boolean closed;

    private UdpPort(StackLoop loop, ByteBufAllocator allocator, DatagramChannel channel) throws IOException {
        this.loop = loop;
        this.allocator = allocator;
        this.channel = channel;
        this.local = (InetSocketAddress) channel.getLocalAddress();
    }

    /** Binds a port; {@code null}: any. */
    static UdpPort bind(
            StackLoop loop, ByteBufAllocator allocator, @Nullable InetSocketAddress address, SrtOptions options)
            throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, (int) options.number(SrtOption.UDPRCVBUF));
            channel.setOption(StandardSocketOptions.SO_SNDBUF, (int) options.number(SrtOption.UDPSNDBUF));
            if (options.number(SrtOption.IPTOS) >= 0) {
                channel.setOption(StandardSocketOptions.IP_TOS, (int) options.number(SrtOption.IPTOS));
            }
            channel.bind(address);
            return new UdpPort(loop, allocator, channel);
        } catch (IOException e) {
            channel.close();
            throw e instanceof SocketException && address != null ? refusal(address) : e;
        }
    }

    private static BindException refusal(InetSocketAddress address) throws SocketException {
        boolean isOurs = address.getAddress().isAnyLocalAddress()
                || NetworkInterface.getByInetAddress(address.getAddress()) != null;
        return new BindException(address.getAddress().getHostAddress() + ":" + address.getPort() + " is "
                + (isOurs ? "in use" : "not an address of this machine"));
    }

    InetSocketAddress localAddress() {
        return local;
    }

    ByteBufAllocator allocator() {
        return allocator;
    }

    StackLoop loop() {
        return loop;
    }

    void setListener(JavaListener only) {
        listener = only;
    }

    void setRendezvous(JavaConnection only) {
        rendezvous = only;
    }

    boolean hasRoom() {
        return connections.size() < MOST_CONNECTIONS;
    }

    boolean isTaken(int socketId) {
        return connections.containsKey(socketId);
    }

    void add(int socketId, JavaConnection connection) {
        connections.put(socketId, connection);
        ticked.add(connection);
    }

    /** A connection has ended; the port closes with its last one, unless it listens. */
    void remove(int socketId) {
        JavaConnection gone = connections.remove(socketId);
        ticked.remove(gone);
        if (rendezvous == gone) {
            rendezvous = null;
        }
        closeIfUnused();
    }

    /** The listener has ended; its connections live on. */
    void removeListener() {
        listener = null;
        closeIfUnused();
    }

    private void closeIfUnused() {
        if (closed || listener != null || !connections.isEmpty()) {
            return;
        }
        closed = true;
        loop.remove(this);
        if (spare != null) {
            spare.release();
            spare = null;
        }
        try {
            channel.close();
        } catch (IOException e) {
            // There is nothing left to lose.
        }
    }

    /** Ends everything at once. */
    void abort(SrtCloseReason why) {
        if (listener != null) {
            listener.onPortClosed();
            listener = null;
        }
        for (JavaConnection connection : List.copyOf(connections.values())) {
            connection.abort(why);
        }
        closeIfUnused();
    }

    /** Sends a datagram, lent. What the system does not take is lost, as on any network. */
    void send(ByteBuf datagram, InetSocketAddress peer) {
        try {
            channel.send(datagram.internalNioBuffer(datagram.readerIndex(), datagram.readableBytes()), peer);
        } catch (IOException e) {
            // Unreachable for now: the peer's silence will tell.
        }
    }

    /** Drains the socket and gives every connection its tick; true if there is any connection. */
    boolean serve(long nowUs) {
        for (int i = 0; i < MOST_PER_TICK && !closed; i++) {
            if (!receive(nowUs)) {
                break;
            }
        }
        for (int i = ticked.size() - 1; i >= 0; i--) {
            if (i < ticked.size()) {
                ticked.get(i).onTick(nowUs); // may end it, and others
            }
        }
        return !connections.isEmpty();
    }

    private boolean receive(long nowUs) {
        ByteBuf datagram = spare;
        if (datagram == null) {
            datagram = allocator.directBuffer(DATAGRAM, DATAGRAM);
            spare = datagram;
        }
        InetSocketAddress from;
        ByteBuffer room = datagram.internalNioBuffer(0, DATAGRAM);
        int before = room.position();
        try {
            from = (InetSocketAddress) channel.receive(room);
        } catch (IOException e) {
            return true; // somebody else's ICMP error
        }
        if (from == null) {
            return false;
        }
        spare = null;
        datagram.setIndex(0, room.position() - before);
        try {
            route(datagram, from, nowUs);
        } finally {
            datagram.release();
        }
        return true;
    }

    private void route(ByteBuf datagram, InetSocketAddress from, long nowUs) {
        if (datagram.readableBytes() < SrtPacket.HEADER_LENGTH) {
            return;
        }
        int socketId = SrtPacket.destinationSocketId(datagram);
        if (socketId == SrtPacket.NO_SOCKET) {
            if (listener != null) {
                listener.onDatagram(datagram, from, nowUs);
            } else if (rendezvous != null && from.equals(rendezvous.peer())) {
                rendezvous.onDatagram(datagram, nowUs);
            }
            return;
        }
        JavaConnection connection = connections.get(socketId);
        if (connection != null && from.equals(connection.peer())) {
            connection.onDatagram(datagram, nowUs);
        }
    }
}
