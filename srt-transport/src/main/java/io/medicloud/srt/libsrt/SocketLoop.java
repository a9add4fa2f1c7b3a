// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.libsrt;

import io.medicloud.srt.SrtAdmission;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtListener;
import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtSink;
import io.medicloud.srt.libsrt.binding.LibSrt;
import io.medicloud.srt.libsrt.binding.SRT_EPOLL_EVENT;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread of a stack: waits for all its sockets with one srt_epoll, and serves them in turn. */
final class SocketLoop implements Runnable {

    /** Sockets that one stack may have at a time. */
    static final int MOST_SOCKETS = 4096;

    /** How long a request of another thread may wait, and how far turns are apart. libsrt itself wakes up as often. */
    private static final int WAIT_MS = 10;

    private static final long REFRESH_STATS_US = 200_000;
    private static final int FIRST_EVENTS = 64;
    private static final int BYTES_PER_EVENT = 8;

    private static final Logger LOG = LoggerFactory.getLogger(SocketLoop.class);
    private static final AtomicInteger LOOPS = new AtomicInteger();

    private final int epoll;
    private final ByteBufAllocator allocator;
    private final Thread thread;
    private final AtomicLong connectionIds = new AtomicLong();
    private final Map<Integer, Endpoint> endpoints = new ConcurrentHashMap<>();
    // Not longer than there are sockets, and callers that wait to be accepted.
    private final Queue<Endpoint> waiting = new ConcurrentLinkedQueue<>();
    private final List<Endpoint> turning = new ArrayList<>();
    private ByteBuf events = Unpooled.EMPTY_BUFFER;
    private SRT_EPOLL_EVENT eventsPointer = new SRT_EPOLL_EVENT(new Memory());
    private volatile boolean closing;

    private SocketLoop(int epoll, ByteBufAllocator allocator) {
        this.epoll = epoll;
        this.allocator = allocator;
        this.thread = new Thread(this, "srt-libsrt-" + LOOPS.incrementAndGet());
        thread.setDaemon(true);
    }

    static SocketLoop start(ByteBufAllocator allocator) {
        NativeLibrary.acquire();
        int epoll = LibSrt.srt_epoll_create();
        LibSrt.srt_epoll_set(epoll, LibSrt.SRT_EPOLL_ENABLE_EMPTY);
        SocketLoop loop = new SocketLoop(epoll, allocator);
        loop.thread.start();
        return loop;
    }

    SrtListener listen(InetSocketAddress local, SrtOptions options, SrtAdmission admission) throws IOException {
        return LibSrtListener.open(this, local, options, admission);
    }

    SrtConnection connect(
            InetSocketAddress local, InetSocketAddress remote, SrtOptions options, SrtSink sink, boolean rendezvous)
            throws IOException {
        return new Dialer(this, options, rendezvous).dial(local, remote, sink);
    }

    static long nowUs() {
        return System.nanoTime() / 1000;
    }

    ByteBufAllocator allocator() {
        return allocator;
    }

    long nextConnectionId() {
        return connectionIds.incrementAndGet();
    }

    boolean isFull() {
        return endpoints.size() >= MOST_SOCKETS;
    }

    /** A new libsrt socket on a UDP port of its own, with its options set; closed again if that fails. */
    int open(UdpPort port, SrtOptions options, boolean rendezvous) throws IOException {
        if (isFull()) {
            port.discard();
            throw new IOException("this stack has " + MOST_SOCKETS + " sockets already");
        }
        int socket = LibSrt.srt_create_socket();
        try {
            SocketOptions.apply(socket, options);
            if (rendezvous) {
                SocketOptions.setInt(socket, LibSrt.SRTO_RENDEZVOUS, 1, "rendezvous");
            }
        } catch (IOException e) {
            LibSrt.srt_close(socket);
            port.discard();
            throw e;
        }
        try {
            port.giveTo(socket);
        } catch (IOException e) {
            LibSrt.srt_close(socket);
            throw e;
        }
        return socket;
    }

    static int ipv6Only(SrtOptions options) {
        return options.isSet(SrtOption.IPV6ONLY) ? (int) options.number(SrtOption.IPV6ONLY) : 0;
    }

    /** From now on the endpoint gets events. Any thread. */
    void add(int socket, Endpoint endpoint, int interest) {
        endpoints.put(socket, endpoint);
        int[] bits = {interest};
        LibSrt.srt_epoll_add_usock(epoll, socket, bits);
        LockSupport.unpark(thread);
    }

    /** Any thread. */
    void interest(int socket, int interest) {
        int[] bits = {interest};
        LibSrt.srt_epoll_update_usock(epoll, socket, bits);
    }

    /** No more events, but turns as long as it wants them. */
    void mute(int socket) {
        LibSrt.srt_epoll_remove_usock(epoll, socket);
    }

    void remove(int socket) {
        LibSrt.srt_epoll_remove_usock(epoll, socket);
        endpoints.remove(socket);
    }

    /** The endpoint gets a turn soon. Any thread. */
    void wake(Endpoint endpoint) {
        waiting.add(endpoint);
        LockSupport.unpark(thread);
    }

    boolean isOnLoop() {
        return Thread.currentThread() == thread;
    }

    void close() {
        closing = true;
        LockSupport.unpark(thread);
        if (isOnLoop()) {
            return;
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void run() {
        try {
            growEvents(FIRST_EVENTS);
            long refreshUs = nowUs();
            while (!closing) {
                if (endpoints.isEmpty() && waiting.isEmpty() && turning.isEmpty()) {
                    LockSupport.park(this);
                    continue;
                }
                serveEvents();
                long nowUs = nowUs();
                takeTurns(nowUs);
                if (nowUs - refreshUs >= REFRESH_STATS_US) {
                    refreshUs = nowUs;
                    refreshStats(nowUs);
                }
            }
        } catch (RuntimeException | Error e) {
            LOG.error("the SRT loop failed; its connections are closed", e);
        } finally {
            closing = true;
            end();
        }
    }

    private void serveEvents() {
        int capacity = events.capacity() / BYTES_PER_EVENT;
        int ready = LibSrt.srt_epoll_uwait(epoll, eventsPointer, capacity, WAIT_MS);
        long nowUs = nowUs();
        for (int i = 0; i < Math.min(ready, capacity); i++) {
            int socket = events.getIntLE(i * BYTES_PER_EVENT);
            Endpoint endpoint = endpoints.get(socket);
            if (endpoint != null) {
                endpoint.onEvents(events.getIntLE(i * BYTES_PER_EVENT + Integer.BYTES), nowUs);
                askForTurns(endpoint);
            }
        }
        if (ready > capacity) {
            growEvents(2 * capacity);
        }
    }

    private void takeTurns(long nowUs) {
        for (Endpoint woken = waiting.poll(); woken != null; woken = waiting.poll()) {
            woken.onTurn(nowUs);
            askForTurns(woken);
        }
        for (int i = turning.size() - 1; i >= 0; i--) {
            Endpoint endpoint = turning.get(i);
            if (endpoint.wantsTurns()) {
                endpoint.onTurn(nowUs);
            }
            if (!endpoint.wantsTurns()) {
                turning.remove(i);
            }
        }
    }

    private void askForTurns(Endpoint endpoint) {
        if (endpoint.wantsTurns() && !turning.contains(endpoint)) {
            turning.add(endpoint);
        }
    }

    private void refreshStats(long nowUs) {
        for (Endpoint endpoint : endpoints.values()) {
            if (endpoint instanceof LibSrtConnection connection) {
                connection.refreshStats(nowUs);
            }
        }
    }

    private void growEvents(int count) {
        events.release();
        events = Unpooled.directBuffer(count * BYTES_PER_EVENT, count * BYTES_PER_EVENT);
        eventsPointer = new SRT_EPOLL_EVENT(new Memory().at(Memory.addressOf(events)));
    }

    // Nothing is begun on this loop any more: the stack let go of it first.
    private void end() {
        long nowUs = nowUs();
        takeTurns(nowUs);
        while (!endpoints.isEmpty()) {
            for (Endpoint endpoint : List.copyOf(endpoints.values())) {
                endpoint.onStackClosed(nowUs);
            }
        }
        LibSrt.srt_epoll_release(epoll);
        events.release();
        NativeLibrary.release();
    }
}
