// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.libsrt;

import io.medicloud.srt.SrtAdmission;
import io.medicloud.srt.SrtConnection;
import io.medicloud.srt.SrtListener;
import io.medicloud.srt.SrtOption;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtSink;
import io.medicloud.srt.libsrt.binding.LibSrt;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
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
    /** The shortest time from one turn to the next: payloads that come due meanwhile make one batch. */
    private static final long LEAST_TURN_US = 1000;

    private static final long REFRESH_STATS_US = 200_000;

    private static final Logger LOG = LoggerFactory.getLogger(SocketLoop.class);
    private static final AtomicInteger LOOPS = new AtomicInteger();

    private final ByteBufAllocator allocator;
    private final LibSrtEpoll epoll = new LibSrtEpoll();
    private final Thread thread = new Thread(this, "srt-libsrt-" + LOOPS.incrementAndGet());
    private final Heartbeat heartbeat = new Heartbeat(WAIT_MS * 1000L + LEAST_TURN_US);
    private final AtomicLong connectionIds = new AtomicLong();
    // Not longer than there are sockets, and callers that wait to be accepted.
    private final Queue<Endpoint> waiting = new ConcurrentLinkedQueue<>();
    private final List<Endpoint> turning = new ArrayList<>();
    private volatile boolean closing;

    private SocketLoop(ByteBufAllocator allocator) {
        this.allocator = allocator;
        thread.setDaemon(true);
    }

    static SocketLoop start(ByteBufAllocator allocator) {
        NativeLibrary.acquire();
        SocketLoop loop = new SocketLoop(allocator);
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

    /** As {@link io.medicloud.srt.SrtStack#loopDelayUs}. Any thread. */
    long delayUs() {
        return heartbeat.delayUs();
    }

    /** As {@link io.medicloud.srt.SrtStack#loopWaitUs}. Any thread. */
    long waitUs() {
        return heartbeat.waitUs(nowUs());
    }

    long nextConnectionId() {
        return connectionIds.incrementAndGet();
    }

    boolean isFull() {
        return epoll.size() >= MOST_SOCKETS;
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
        epoll.add(socket, endpoint, interest);
        LockSupport.unpark(thread);
    }

    /** Any thread. */
    void interest(int socket, int interest) {
        epoll.interest(socket, interest);
    }

    /** No more events, but turns as long as it wants them. */
    void mute(int socket) {
        epoll.mute(socket);
    }

    /** Any thread. */
    void remove(int socket) {
        epoll.remove(socket);
    }

    /** The endpoint gets a turn soon. Any thread. */
    void wake(Endpoint endpoint) {
        waiting.add(endpoint);
        LockSupport.unpark(thread);
    }

    /** Ends all that is left, and the thread. Waits for it, unless called on it. */
    void close() {
        closing = true;
        LockSupport.unpark(thread);
        boolean interrupted = false;
        while (thread.isAlive() && Thread.currentThread() != thread) {
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
            long refreshUs = nowUs();
            while (!closing) {
                if (epoll.size() == 0 && waiting.isEmpty() && turning.isEmpty()) {
                    heartbeat.rest();
                    LockSupport.park(this);
                    continue;
                }
                heartbeat.beat(nowUs());
                int served = serveEvents();
                long nowUs = nowUs();
                takeTurns(nowUs);
                if (nowUs - refreshUs >= REFRESH_STATS_US) {
                    refreshUs = nowUs;
                    refreshStats(nowUs);
                }
                if (served > 0) {
                    LockSupport.parkNanos((LEAST_TURN_US - (nowUs() - nowUs)) * 1000);
                }
            }
        } catch (RuntimeException | Error e) {
            LOG.error("the SRT loop failed; its connections are closed", e);
        } finally {
            closing = true;
            heartbeat.rest();
            end();
        }
    }

    // How many events were served, or 0 if a socket has more to give at once.
    private int serveEvents() {
        int ready = epoll.await(WAIT_MS);
        boolean pressed = false;
        long nowUs = nowUs();
        for (int i = 0; i < ready; i++) {
            Endpoint endpoint = epoll.endpoint(i);
            if (endpoint != null) {
                pressed |= endpoint.onEvents(epoll.bits(i), nowUs);
                askForTurns(endpoint);
            }
        }
        return pressed ? 0 : ready;
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
        for (Endpoint endpoint : epoll.endpoints()) {
            if (endpoint instanceof LibSrtConnection connection) {
                connection.refreshStats(nowUs);
                askForTurns(connection);
            }
        }
    }

    // Nothing is begun on this loop any more: the stack let go of it first.
    private void end() {
        long nowUs = nowUs();
        takeTurns(nowUs);
        for (List<Endpoint> left = epoll.endpoints(); !left.isEmpty(); left = epoll.endpoints()) {
            left.forEach(endpoint -> endpoint.onStackClosed(nowUs));
        }
        epoll.close();
        NativeLibrary.release();
    }
}
