// SPDX-License-Identifier: Apache-2.0
package io.medicloud.testdata;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A bad network between real UDP sockets of this machine: callers of its port reach the target over one {@link ImpairedLink}, and the answers come
 * back over another. One thread, ended by {@link #close}; any number of callers, each with links of its own. Times of blackouts count from the start.
 */
public final class UdpRelay implements AutoCloseable {
    private static final int DATAGRAM = 2048;
    private static final int SOCKET_BUFFER = 4 << 20;

    private final Selector selector;
    private final DatagramChannel front;
    private final InetSocketAddress target;
    private final Impairment there;
    private final Impairment back;
    private final long seed;
    private final Tap tap;
    private final Map<SocketAddress, Caller> callers = new ConcurrentHashMap<>();
    private final ByteBuffer room = ByteBuffer.allocate(DATAGRAM);
    private final long startNs = System.nanoTime();
    private final Thread thread;
    private volatile long latestUs;

    /** Sees every datagram before the network has it, may change it, and says what it is. Called on the relay's thread alone. */
    @FunctionalInterface
    public interface Tap {
        /** Identity of a datagram that the network does not touch. */
        long SAFE = -1;

        /**
         * A datagram came, from a caller or from the target; lent.
         *
         * @return what it is: the same seed has the same fate for the same identity; or {@link #SAFE}
         */
        long identify(boolean fromCaller, byte[] datagram, long nowUs);
    }

    private static final class Caller {
        private final SocketAddress address;
        private final DatagramChannel channel;
        private final ImpairedLink there;
        private final ImpairedLink back;

        private Caller(SocketAddress address, DatagramChannel channel, ImpairedLink there, ImpairedLink back) {
            this.address = address;
            this.channel = channel;
            this.there = there;
            this.back = back;
        }
    }

    private UdpRelay(InetSocketAddress target, Impairment there, Impairment back, long seed, Tap tap)
            throws IOException {
        this.target = target;
        this.there = there;
        this.back = back;
        this.seed = seed;
        this.tap = tap;
        selector = Selector.open();
        front = open();
        front.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        front.register(selector, SelectionKey.OP_READ);
        thread = new Thread(this::run, "udp-relay");
        thread.setDaemon(true);
        thread.start();
    }

    /** A relay to this address, with an impairment for each direction. */
    public static UdpRelay to(InetSocketAddress target, Impairment there, Impairment back, long seed, Tap tap)
            throws IOException {
        return new UdpRelay(target, there, back, seed, tap);
    }

    /** Where to call. */
    public InetSocketAddress address() {
        try {
            return (InetSocketAddress) front.getLocalAddress();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How much too late it sent a datagram on, at worst: how far the machine was from keeping up. */
    public long latestUs() {
        return latestUs;
    }

    /** How many datagrams the system has discarded for want of room in this relay's own sockets: losses that are not the network's. */
    public long ownDrops() throws IOException {
        Set<Integer> ports = new HashSet<>();
        ports.add(address().getPort());
        for (Caller caller : callers.values()) {
            ports.add(port(caller.channel.getLocalAddress()));
        }
        return SocketDrops.of(ports);
    }

    /** How many it has discarded for want of room in the sockets of the callers and of the target. */
    public long drops() throws IOException {
        Set<Integer> ports = new HashSet<>();
        ports.add(target.getPort());
        callers.keySet().forEach(caller -> ports.add(port(caller)));
        return SocketDrops.of(ports);
    }

    private static int port(SocketAddress address) {
        return ((InetSocketAddress) address).getPort();
    }

    private static DatagramChannel open() throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER);
        channel.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER);
        return channel;
    }

    private long nowUs() {
        return (System.nanoTime() - startNs) / 1000;
    }

    private void run() {
        try {
            while (selector.isOpen()) {
                long waitUs = nextDueUs() - nowUs();
                if (waitUs > 0) {
                    selector.select(Math.min(1000, (waitUs + 999) / 1000));
                } else {
                    selector.selectNow();
                }
                for (SelectionKey key : selector.selectedKeys()) {
                    drain(key);
                }
                selector.selectedKeys().clear();
                callers.values().forEach(this::deliver);
            }
        } catch (IOException | ClosedSelectorException e) {
            // Closed.
        }
    }

    private long nextDueUs() {
        long next = Long.MAX_VALUE / 2;
        for (Caller caller : callers.values()) {
            next = Math.min(next, Math.min(caller.there.nextDueUs(), caller.back.nextDueUs()));
        }
        return next;
    }

    private void drain(SelectionKey key) throws IOException {
        if (key.attachment() instanceof Caller caller) {
            for (SocketAddress from = receive(caller.channel); from != null; from = receive(caller.channel)) {
                send(caller, false);
            }
        } else {
            for (SocketAddress from = receive(front); from != null; from = receive(front)) {
                send(caller(from), true);
            }
        }
    }

    private Caller caller(SocketAddress from) throws IOException {
        Caller known = callers.get(from);
        if (known != null) {
            return known;
        }
        DatagramChannel channel = open();
        channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        long own = 2 * (seed * 1_000_003 + callers.size());
        Caller caller = new Caller(from, channel, new ImpairedLink(there, own), new ImpairedLink(back, own + 1));
        channel.register(selector, SelectionKey.OP_READ, caller);
        callers.put(from, caller);
        return caller;
    }

    private @Nullable SocketAddress receive(DatagramChannel channel) {
        room.clear();
        try {
            return channel.receive(room);
        } catch (IOException e) {
            return null; // nobody listens there (yet)
        }
    }

    private void send(Caller caller, boolean fromCaller) {
        byte[] bytes = new byte[room.position()];
        room.flip().get(bytes);
        long nowUs = nowUs();
        long identity = tap.identify(fromCaller, bytes, nowUs);
        ImpairedLink link = fromCaller ? caller.there : caller.back;
        if (identity == Tap.SAFE) {
            link.sendSafely(bytes, nowUs);
        } else {
            link.send(bytes, identity, nowUs);
        }
    }

    private void deliver(Caller caller) {
        long nowUs = nowUs();
        long dueUs = Math.min(caller.there.nextDueUs(), caller.back.nextDueUs());
        latestUs = Math.max(latestUs, nowUs - dueUs);
        caller.there.deliver(nowUs, (bytes, atUs) -> sendOn(caller.channel, bytes, target));
        caller.back.deliver(nowUs, (bytes, atUs) -> sendOn(front, bytes, caller.address));
    }

    private static void sendOn(DatagramChannel channel, byte[] bytes, SocketAddress to) {
        try {
            channel.send(ByteBuffer.wrap(bytes), to);
        } catch (IOException e) {
            return; // a network loses what nobody takes
        }
    }

    @Override
    public void close() {
        try {
            selector.close();
            thread.join();
            front.close();
            for (Caller caller : callers.values()) {
                caller.channel.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
