// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.netty;

import io.medicloud.srt.SrtCloseReason;
import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.packet.SrtPacket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.collection.IntObjectHashMap;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One UDP port on one event loop, with a listener, a rendezvous or a caller, and all connections on it, told apart by socket id (draft 3). Everything
 * but {@link #closed} is called on the loop.
 */
final class SrtMultiplexer extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(SrtMultiplexer.class);
    private static final int UDP_HEADERS = 28;
    private static final int SLOT_STEP = 64;
    private static final long GONE_POLL_US = 100;
    private static final int MOST_CONNECTIONS = 10_000;
    private static final long MOST_WAIT_US = 100_000;

    private final SessionTicker ticker;
    private final ByteBufAllocator allocator;
    private final DatagramChannel channel;
    private final DatagramAllocator reading;
    private final Departures departures;
    private final int slotSize;
    private final IntObjectHashMap<NettyConnection> connections = new IntObjectHashMap<>();
    private final List<NettyConnection> ticked = new ArrayList<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private @Nullable Acceptor acceptor;
    private @Nullable NettyConnection rendezvous;
    private @Nullable SharedPort port;
    private boolean isListening;
    private boolean isUnused;
    private boolean isClosing;
    private boolean isDraining;
    private boolean isAwaiting;
    private long emptyUs;
    private long sinceUs;
    private long arrivalUs;
    private volatile long systemDrops;

    SrtMultiplexer(SessionTicker ticker, ByteBufAllocator allocator, DatagramChannel channel, SrtOptions options) {
        this.ticker = ticker;
        this.allocator = allocator;
        this.channel = channel;
        // One byte more than the longest: what fills a slot was cut off.
        int longest = (int) options.number(SrtOption.MSS) - UDP_HEADERS;
        slotSize = (longest / SLOT_STEP + 1) * SLOT_STEP;
        ticker.transport().setDatagramSize(channel, slotSize);
        reading = new DatagramAllocator(allocator, slotSize, ticker.transport() instanceof EpollTransport);
        channel.config().setRecvByteBufAllocator(reading);
        departures = new Departures(channel, allocator, ticker.transport().cutsDatagrams());
    }

    InetSocketAddress localAddress() {
        return channel.localAddress();
    }

    ByteBufAllocator allocator() {
        return allocator;
    }

    SessionTicker ticker() {
        return ticker;
    }

    /** Done when the system has its port back. */
    CompletableFuture<Void> closed() {
        return closed;
    }

    /** The port that this is a part of; told before anything else. */
    void setPort(SharedPort whole) {
        port = whole;
    }

    /** Runs a task when this port is closed if that is under way, else at once. */
    void whenFree(Runnable task) {
        if (isClosing && !closed.isDone()) {
            var unused = closed.thenRun(task);
        } else {
            task.run();
        }
    }

    void setAcceptor(Acceptor only) {
        acceptor = only;
        isListening = true;
    }

    void setRendezvous(NettyConnection only) {
        rendezvous = only;
    }

    boolean hasRoom() {
        return connections.size() < MOST_CONNECTIONS;
    }

    boolean isTaken(int socketId) {
        return connections.containsKey(socketId);
    }

    void add(int socketId, NettyConnection connection) {
        connections.put(socketId, connection);
        ticked.add(connection);
        ticker.soon();
    }

    /** A connection has ended; the port is unused after its last one, unless it listens. */
    void remove(int socketId) {
        NettyConnection gone = connections.remove(socketId);
        ticked.remove(gone);
        if (rendezvous == gone) {
            rendezvous = null;
        }
        closeIfUnused();
    }

    /** The listener has ended; its connections live on, and those of their callers who have not heard so still can. */
    void stopListening() {
        isListening = false;
        if (acceptor != null) {
            acceptor.stop();
        }
        closeIfUnused();
    }

    private void closeIfUnused() {
        if (!isUnused && !isListening && connections.isEmpty() && port != null) {
            isUnused = true;
            port.onUnused();
        }
    }

    /** Closes the channel; there are no connections. */
    void close() {
        if (isClosing) {
            return;
        }
        isClosing = true;
        ticker.remove(this);
        departures.flush(); // the last good-byes
        reading.release();
        channel.close().addListener(done -> awaitGone());
    }

    private void awaitGone() {
        if (ticker.transport().isGone(channel) || ticker.isEnding()) {
            closed.complete(null);
        } else {
            var unused = ticker.loop().schedule(this::awaitGone, GONE_POLL_US, TimeUnit.MICROSECONDS);
        }
    }

    /** Ends everything at once. */
    void abort(SrtCloseReason why) {
        stopListening();
        for (NettyConnection connection : List.copyOf(connections.values())) {
            connection.abort(why);
        }
        closeIfUnused();
    }

    /** Sends a datagram, lent, with its indices as they are from now on. What the system does not take for long is lost, as on any network. */
    void send(ByteBuf datagram, InetSocketAddress peer) {
        if (isClosing || !channel.isWritable()) {
            return;
        }
        departures.add(datagram, peer);
        if (!ticker.isTicking() && !isDraining) {
            departures.flush();
        }
    }

    /** Reads what has arrived; answers how many datagrams that were. */
    int drain(long nowUs) {
        if (isClosing) {
            return 0;
        }
        // What has come since the socket was last seen empty came in the middle of that span, on average; what is
        // waited for comes now.
        sinceUs = isAwaiting ? nowUs : Math.max(emptyUs, nowUs - MOST_WAIT_US);
        arrivalUs = (sinceUs + nowUs) / 2;
        emptyUs = nowUs;
        isAwaiting = false;
        isDraining = true;
        try {
            ticker.transport().drain(channel);
        } finally {
            isDraining = false;
        }
        return reading.lastRead();
    }

    /** Looks how many datagrams the system has discarded; answers how many those are since the last look. */
    long countDrops() {
        long now = isClosing ? systemDrops : ticker.transport().systemDrops(channel);
        long more = Math.max(0, now - systemDrops);
        systemDrops = now;
        return more;
    }

    /** How many datagrams the system had discarded a second ago, or −1 if it does not say; from any thread. */
    long systemDrops() {
        return systemDrops;
    }

    /** Wants to be told of the next datagram, for there will be no tick for a while. */
    void awaitDatagram() {
        isAwaiting = true;
        reading.rest();
        channel.read();
    }

    /** Answers callers, and gives every connection that is due its tick; answers when the next tick is. */
    long onTick(long nowUs) {
        long dueUs = acceptor == null ? Long.MAX_VALUE : acceptor.onTick(nowUs);
        for (int i = ticked.size() - 1; i >= 0; i--) {
            if (i < ticked.size()) {
                NettyConnection connection = ticked.get(i);
                if (connection.dueUs() <= nowUs) {
                    serve(connection, nowUs); // may end it, and others
                }
                dueUs = Math.min(dueUs, connection.dueUs());
            }
        }
        if (!isClosing) {
            departures.flush();
        }
        return dueUs;
    }

    private static void serve(NettyConnection connection, long nowUs) {
        try {
            connection.onTick(nowUs);
        } catch (Throwable e) {
            connection.fail(e);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        DatagramPacket packet = (DatagramPacket) message;
        try {
            if (!isClosing) {
                if (!isDraining) {
                    arrivalUs = SessionTicker.nowUs();
                    sinceUs = arrivalUs;
                }
                route(packet.content(), packet.sender(), arrivalUs);
            }
        } finally {
            packet.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (!isDraining && !isClosing) {
            isAwaiting = false;
            emptyUs = SessionTicker.nowUs();
            departures.flush();
            ticker.soon();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof IOException) {
            // Unreachable for now, or somebody else's ICMP error: the peer's silence will tell.
            LOG.debug("On {}: {}", channel, cause.toString());
        } else {
            LOG.error("A defect in the SRT stack; the port goes on", cause);
        }
    }

    private void route(ByteBuf datagram, InetSocketAddress from, long nowUs) {
        int length = datagram.readableBytes();
        if (length < SrtPacket.HEADER_LENGTH || length == slotSize) {
            return;
        }
        int socketId = SrtPacket.destinationSocketId(datagram);
        if (socketId == SrtPacket.NO_SOCKET) {
            if (acceptor != null) {
                acceptor.onDatagram(datagram, from, SessionTicker.handshakeUs(nowUs));
            } else if (rendezvous != null && from.equals(rendezvous.peer())) {
                rendezvous.onDatagram(datagram, sinceUs, nowUs);
            }
            return;
        }
        NettyConnection connection = connections.get(socketId);
        if (connection != null && from.equals(connection.peer())) {
            connection.onDatagram(datagram, sinceUs, nowUs);
        }
    }
}
