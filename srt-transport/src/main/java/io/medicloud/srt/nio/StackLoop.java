// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.nio;

import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of a stack. It does not wait for datagrams: every tick it drains all sockets and serves all connections at once, which is what
 * makes it cheap. The thread lives while there is a port.
 */
final class StackLoop {
    private static final Logger LOG = LoggerFactory.getLogger(StackLoop.class);
    private static final long TICK_NS = 2_000_000;
    private static final long IDLE_TICK_NS = 10_000_000;

    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final List<UdpPort> ports = new ArrayList<>();
    private final Thread thread;
    private volatile boolean stopped;
    private volatile boolean ended;

    StackLoop() {
        // Netty's pools have caches for this kind of thread only.
        thread = new FastThreadLocalThread(this::run, "srt-java");
        thread.setDaemon(true);
        thread.start();
    }

    static long nowUs() {
        return System.nanoTime() / 1000;
    }

    boolean isInLoop() {
        return Thread.currentThread() == thread;
    }

    /** Runs a task on the loop, within a tick. */
    void execute(Runnable task) {
        tasks.add(task);
        LockSupport.unpark(thread);
        if (ended) {
            runTasks(); // nothing is left but to be told so
        }
    }

    /** Runs a task on the loop and waits for its result. */
    <T> T call(Supplier<T> task) {
        if (isInLoop()) {
            return task.get();
        }
        CompletableFuture<T> result = new CompletableFuture<>();
        execute(() -> {
            try {
                result.complete(task.get());
            } catch (RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        return result.join();
    }

    /** Serves a port from now on; on the loop. */
    void add(UdpPort port) {
        ports.add(port);
    }

    /** Forgets a port that is closed; on the loop. */
    void remove(UdpPort port) {
        ports.remove(port);
    }

    /** The ports, on the loop; a copy. */
    List<UdpPort> ports() {
        return List.copyOf(ports);
    }

    /** Ends the thread, and waits for it unless called on it. */
    void stop() {
        stopped = true;
        LockSupport.unpark(thread);
        if (isInLoop()) {
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

    private void run() {
        while (!stopped) {
            long begunNs = System.nanoTime();
            runTasks();
            boolean busy = false;
            for (int i = ports.size() - 1; i >= 0; i--) {
                if (i < ports.size()) {
                    busy |= serve(ports.get(i), begunNs / 1000);
                }
            }
            long leftNs = begunNs + (busy ? TICK_NS : IDLE_TICK_NS) - System.nanoTime();
            if (leftNs > 0 && tasks.isEmpty()) {
                LockSupport.parkNanos(this, leftNs);
            }
        }
        ended = true;
        runTasks();
    }

    private static boolean serve(UdpPort port, long nowUs) {
        try {
            return port.serve(nowUs);
        } catch (RuntimeException e) {
            LOG.error("A defect in the SRT stack; the port goes on", e);
            return true;
        }
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            try {
                task.run();
            } catch (RuntimeException e) {
                LOG.error("A defect in the SRT stack", e);
            }
        }
    }
}
