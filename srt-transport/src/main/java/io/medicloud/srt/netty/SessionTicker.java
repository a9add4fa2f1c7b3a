// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.netty;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tick of one event loop: it drains the loop's sockets and serves all its connections at once, rather than being woken for every datagram, which
 * is what makes them cheap. While little comes and nothing is missing, ticks are longer. When nothing has come for some ticks it sleeps until a connection has something to do, a datagram arrives, or a
 * payload is submitted; without connections, for good.
 */
final class SessionTicker {
    private static final long TICK_US = 2_000;
    private static final long LONGEST_TICK_US = 3_000;
    private static final int FEW_DATAGRAMS = 16;
    private static final long TOLD_APART_US = 1_000_000;

    private static final Logger LOG = LoggerFactory.getLogger(SessionTicker.class);
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final boolean IS_MEASURED =
            THREADS.isCurrentThreadCpuTimeSupported() && THREADS.isThreadCpuTimeEnabled();
    private static final long NEVER = Long.MAX_VALUE;
    private static final int QUIET_TICKS = 5;

    private final EventLoop loop;
    private final Transport transport;
    private final List<SrtMultiplexer> ports = new ArrayList<>();
    private final Queue<NettyConnection> submitters = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean asleep = new AtomicBoolean(true);
    private final Runnable tick = this::tick;
    private final Runnable soon = this::soon;
    private final LoadGauge load = new LoadGauge();
    private @Nullable Future<?> next;
    private long nextUs = NEVER;
    private long lastUs = nowUs() - TICK_US;
    private long tickUs = TICK_US;
    private int quietTicks;
    private long toldUs = nowUs() - TOLD_APART_US;
    /** When the next tick is to be, or the one that runs was to be, but not before it was planned. */
    private volatile long plannedUs = NEVER;

    private long latestUs;
    private volatile long delayUs;
    private boolean ticking;
    private boolean ending;

    SessionTicker(EventLoop loop, Transport transport) {
        this.loop = loop;
        this.transport = transport;
    }

    static long nowUs() {
        return System.nanoTime() / 1000;
    }

    /**
     * When a handshake came, of which no more is known than this. All that follows is due by it, so after a loop has stood still it is believed to have come
     * at the end of that time: too early a date takes from the latency, too late a one adds to it, until the peer's clock is known better.
     */
    static long handshakeUs(long arrivedUs) {
        return Math.max(arrivedUs, nowUs() - TICK_US / 2);
    }

    EventLoop loop() {
        return loop;
    }

    Transport transport() {
        return transport;
    }

    // From any thread.

    /** A connection has something to submit. */
    void onSubmitted(NettyConnection connection) {
        submitters.add(connection);
        if (asleep.get() && asleep.compareAndSet(true, false)) {
            execute(soon);
        }
    }

    /** How much later than planned a tick was, at worst, in the last second of them. */
    long delayUs() {
        return delayUs;
    }

    /** How late the tick that is to come, or that runs, is by now. */
    long waitUs() {
        long planned = plannedUs;
        return planned == NEVER ? 0 : Math.max(0, nowUs() - planned);
    }

    /** For how long nobody has looked what has arrived, beyond the time of a tick. On the loop itself, whose tick begins by that, 0. */
    long unseenUs() {
        return loop.inEventLoop() ? 0 : waitUs();
    }

    /** Runs a task on the loop; not at all if the loop has ended, and everything on it with it. */
    void execute(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("The loop has ended");
        }
    }

    /** Runs a task on the loop and waits for its result, or for {@code otherwise} if the loop has ended. */
    <T> T call(Supplier<T> task, Supplier<T> otherwise) {
        if (loop.inEventLoop()) {
            return task.get();
        }
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            loop.execute(() -> {
                try {
                    result.complete(task.get());
                } catch (Throwable e) {
                    result.completeExceptionally(e); // or who waits would wait for ever
                }
            });
        } catch (RejectedExecutionException e) {
            return otherwise.get();
        }
        return result.join();
    }

    /** Runs a task on the loop and waits for its end; not at all if the loop has ended. */
    void run(Runnable task) {
        call(
                () -> {
                    task.run();
                    return true;
                },
                () -> false);
    }

    // On the loop.

    /** Serves a port from now on. */
    void add(SrtMultiplexer port) {
        ports.add(port);
        soon();
    }

    /** Forgets a port that is closed. */
    void remove(SrtMultiplexer port) {
        ports.remove(port);
    }

    /** The ports; a copy. */
    List<SrtMultiplexer> ports() {
        return List.copyOf(ports);
    }

    /** Whether this is a tick, at whose end everything is flushed. */
    boolean isTicking() {
        return ticking;
    }

    /** How long a tick is, at present. */
    long tickUs() {
        return tickUs;
    }

    /** The stack is closing, and nothing can be waited for. */
    boolean isEnding() {
        return ending;
    }

    void setEnding() {
        ending = true;
    }

    /** Whether the loop has all it can carry. */
    boolean isOverloaded() {
        return load.isOverloaded();
    }

    /** Ticks when the last tick is long enough ago. */
    void soon() {
        if (!ticking) {
            tickBy(lastUs + TICK_US);
        }
    }

    /** Whatever happens in it, there is a next one: nobody else reads the sockets. */
    private void tick() {
        next = null;
        nextUs = NEVER;
        asleep.set(false);
        ticking = true;
        long nowUs = nowUs();
        lastUs = nowUs;
        latestUs = Math.max(latestUs, nowUs - plannedUs);
        int read = 0;
        long dueUs = nowUs;
        try {
            read = drain(nowUs);
            dueUs = serve(nowUs);
            measure(nowUs, read);
        } catch (Throwable e) {
            tell(e);
        } finally {
            ticking = false;
            quietTicks = read == 0 ? quietTicks + 1 : 0;
            plan(dueUs, read);
        }
    }

    private int drain(long nowUs) {
        int read = 0;
        for (int i = ports.size() - 1; i >= 0; i--) {
            read += i < ports.size() ? ports.get(i).drain(nowUs) : 0;
        }
        return read;
    }

    private long serve(long nowUs) {
        long dueUs = NEVER;
        for (NettyConnection c = submitters.poll(); c != null; c = submitters.poll()) {
            c.onSubmitted();
        }
        for (int i = ports.size() - 1; i >= 0; i--) {
            dueUs = i < ports.size() ? Math.min(dueUs, ports.get(i).onTick(nowUs)) : dueUs;
        }
        return dueUs;
    }

    private void measure(long nowUs, int read) {
        long endUs = nowUs();
        if (load.onTick(nowUs, endUs, read)) {
            load.onWindow(countDrops(), runUs(endUs), endUs);
            delayUs = latestUs;
            latestUs = 0;
        }
    }

    /** One line a second at most: what fails once may fail in each tick. */
    private void tell(Throwable e) {
        if (lastUs - toldUs >= TOLD_APART_US) {
            toldUs = lastUs;
            LOG.error("A defect in the SRT stack; its loop goes on", e);
        }
    }

    /** What this thread has used of processors; the time itself, where that is not measured. */
    private static long runUs(long nowUs) {
        return IS_MEASURED ? THREADS.getCurrentThreadCpuTime() / 1000 : nowUs;
    }

    private long countDrops() {
        long drops = 0;
        for (SrtMultiplexer port : ports) {
            drops += port.countDrops();
        }
        return drops;
    }

    private void plan(long dueUs, int read) {
        long soonestUs = lastUs + TICK_US;
        long waitUs = Math.min(dueUs, lastUs + LONGEST_TICK_US) - lastUs;
        tickUs = read > FEW_DATAGRAMS ? TICK_US : Math.max(TICK_US, waitUs);
        if (quietTicks < QUIET_TICKS || dueUs <= soonestUs) {
            tickBy(lastUs + tickUs);
            return;
        }
        asleep.set(true);
        if (!submitters.isEmpty()) {
            asleep.set(false);
            tickBy(soonestUs);
            return;
        }
        for (SrtMultiplexer port : ports) {
            port.awaitDatagram();
        }
        if (dueUs != NEVER) {
            tickBy(dueUs);
        } else if (next == null) {
            plannedUs = NEVER;
        }
    }

    private void tickBy(long us) {
        if (nextUs <= us || loop.isShuttingDown()) {
            return;
        }
        if (next != null) {
            next.cancel(false);
        }
        long nowUs = nowUs();
        plannedUs = Math.max(us, nowUs);
        next = loop.schedule(tick, plannedUs - nowUs, TimeUnit.MICROSECONDS);
        nextUs = us;
    }
}
