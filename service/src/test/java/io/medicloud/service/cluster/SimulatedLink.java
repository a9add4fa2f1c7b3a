// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import java.util.Random;
import java.util.function.Consumer;

/** A node's way to the bucket: late, one-way, or cut. A write may take effect long after its end was told as not known. */
final class SimulatedLink implements Bucket {
    /** What is wrong with the way. */
    enum Fault {
        NONE,
        SLOW,
        REQUESTS_LOST,
        ANSWERS_LOST,
        CUT
    }

    /** The machine at whose end of the way things happen. */
    interface Machine {
        /** Runs it there as soon as the machine runs; never if its process has ended. */
        void run(Consumer<Long> action);
    }

    private static final long PATIENCE_NS = Schedule.SECOND;
    private static final long REWATCH_NS = 500 * Schedule.MS;

    private final Schedule schedule;
    private final SimulatedStore store;
    private final Random random;
    private final Machine machine;
    private final Consumer<BucketEntry> watcher = this::onChange;
    private EntrySink news;
    private long lastNewsNs;
    private boolean isWatchBroken;
    private boolean isClosed;
    Fault fault = Fault.NONE;

    SimulatedLink(Schedule schedule, SimulatedStore store, Random random, Machine machine) {
        this.schedule = schedule;
        this.store = store;
        this.random = random;
        this.machine = machine;
    }

    @Override
    public void watch(EntrySink sink) {
        news = sink;
        store.watch(watcher);
        sendAll();
        schedule.after(REWATCH_NS, this::rewatch);
    }

    @Override
    public void write(String key, String value, long expectedRevision, WriteSink sink) {
        boolean[] told = new boolean[1];
        Consumer<WriteEnd> tell = end -> {
            if (!told[0]) {
                told[0] = true;
                machine.run(nowNs -> sink.onEnd(end, nowNs));
            }
        };
        schedule.after(PATIENCE_NS, () -> tell.accept(new WriteEnd.Unknown("no answer")));
        if (!areRequestsLost()) {
            schedule.after(delayNs(), () -> {
                if (!store.isUp) {
                    return;
                }
                WriteEnd end = store.write(key, value, expectedRevision);
                if (!areAnswersLost()) {
                    schedule.after(delayNs(), () -> tell.accept(end));
                }
            });
        }
    }

    @Override
    public void read(String key, ReadSink sink) {
        boolean[] told = new boolean[1];
        schedule.after(PATIENCE_NS, () -> end(told, sink));
        if (areRequestsLost() || areAnswersLost()) {
            return;
        }
        schedule.after(delayNs(), () -> {
            BucketEntry entry = random.nextInt(10) == 0 ? store.readOld(key) : store.read(key);
            if (store.isUp) {
                schedule.after(delayNs(), () -> {
                    if (entry != null && !told[0]) {
                        machine.run(nowNs -> news.onEntry(entry, nowNs));
                    }
                    end(told, sink);
                });
            }
        });
    }

    private void end(boolean[] told, ReadSink sink) {
        if (!told[0]) {
            told[0] = true;
            machine.run(sink::onRead);
        }
    }

    private void onChange(BucketEntry entry) {
        if (areAnswersLost()) {
            isWatchBroken = true;
        } else if (!isWatchBroken) {
            send(entry);
        }
    }

    private void rewatch() {
        if (!isClosed) {
            if (isWatchBroken && store.isUp && !areAnswersLost() && !areRequestsLost()) {
                isWatchBroken = false;
                sendAll();
            }
            schedule.after(REWATCH_NS, this::rewatch);
        }
    }

    private void sendAll() {
        if (!store.isUp || areAnswersLost() || areRequestsLost()) {
            isWatchBroken = true;
        } else {
            store.entries().forEach(this::send);
        }
    }

    /** In order, as a watch is. */
    private void send(BucketEntry entry) {
        lastNewsNs = Math.max(lastNewsNs, schedule.nowNs() + delayNs());
        schedule.after(lastNewsNs - schedule.nowNs(), () -> {
            if (!isClosed) {
                machine.run(nowNs -> news.onEntry(entry, nowNs));
            }
        });
    }

    /** The watch stops telling until it is begun again. */
    void breakWatch() {
        isWatchBroken = true;
    }

    private boolean areRequestsLost() {
        return fault == Fault.CUT || fault == Fault.REQUESTS_LOST || (fault == Fault.SLOW && random.nextInt(10) == 0);
    }

    private boolean areAnswersLost() {
        return fault == Fault.CUT || fault == Fault.ANSWERS_LOST || (fault == Fault.SLOW && random.nextInt(10) == 0);
    }

    private long delayNs() {
        long most = 15;
        if (fault == Fault.SLOW) {
            most = random.nextInt(5) == 0 ? 9000 : 1500;
        }
        return (long) (random.nextDouble() * most * Schedule.MS) + Schedule.MS / 10;
    }

    @Override
    public void close() {
        isClosed = true;
        store.unwatch(watcher);
    }
}
