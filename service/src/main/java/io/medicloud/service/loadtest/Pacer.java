// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** The thread on which all encoders move, about every millisecond. Thread-safe. */
final class Pacer implements AutoCloseable {
    private static final long PAUSE_NS = 1_000_000;

    private final RunClock clock;
    private final Consumer<LoadEncoder> whenEnded;
    private final ConcurrentLinkedQueue<LoadEncoder> arriving = new ConcurrentLinkedQueue<>();
    private final List<LoadEncoder> encoders = new ArrayList<>();
    private final Thread thread = new Thread(this::run, "load-pacer");
    private volatile int sending;
    private volatile boolean isStopping;
    private volatile boolean isClosed;

    /** @param whenEnded is told of each encoder that has ended, on the pacer's thread */
    Pacer(RunClock clock, Consumer<LoadEncoder> whenEnded) {
        this.clock = clock;
        this.whenEnded = whenEnded;
        thread.setDaemon(true);
        thread.start();
    }

    /** Moves this one too, until it has ended. */
    void add(LoadEncoder encoder) {
        arriving.add(encoder);
    }

    /** How many encoders are connected and send. */
    int sending() {
        return sending;
    }

    /** Ends all encoders, also those that come. */
    void stop() {
        isStopping = true;
    }

    private void run() {
        while (!isClosed) {
            for (LoadEncoder next = arriving.poll(); next != null; next = arriving.poll()) {
                encoders.add(next);
            }
            int found = 0;
            for (LoadEncoder encoder : encoders) {
                if (isStopping) {
                    encoder.stop();
                }
                encoder.tick(clock.nowUs());
                found += encoder.state() == LoadEncoder.State.SENDING ? 1 : 0;
                if (encoder.state() == LoadEncoder.State.ENDED) {
                    whenEnded.accept(encoder);
                }
            }
            encoders.removeIf(encoder -> encoder.state() == LoadEncoder.State.ENDED);
            sending = found;
            LockSupport.parkNanos(PAUSE_NS);
        }
        encoders.forEach(LoadEncoder::abandon);
    }

    @Override
    public void close() {
        isClosed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
