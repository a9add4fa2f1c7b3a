// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.function.Consumer;

/** A machine with its disk and its clock, on which a process runs, stands still, or dies. */
final class SimulatedNode {
    private static final long TICK_NS = 100 * Schedule.MS;
    private static final long STEP_NS = 200 * Schedule.MS;

    private final int index;
    private final Schedule schedule;
    private final SimulatedStore store;
    private final Checks checks;
    private final Random random;
    private final Flaw flaw;
    /** This clock's nanoseconds in a billion of true time. */
    private final double rate;

    private final long offsetNs;
    private final Deque<Consumer<Long>> waiting = new ArrayDeque<>();
    private long standingNs;
    private int lives;
    private boolean isPaused;
    private boolean isDraining;
    private long suspendedSinceNs = -1;
    /** What it is told at its next boot. */
    int capacity = 20;

    ClusterTerms terms = ClusterTerms.DEFAULT;
    SimulatedDisk disk;
    ClusterNode node;
    SimulatedHost host;
    SimulatedLink link;

    SimulatedNode(
            int index, Schedule schedule, SimulatedStore store, Checks checks, Random random, Flaw flaw, double error) {
        this.index = index;
        this.schedule = schedule;
        this.store = store;
        this.checks = checks;
        this.random = random;
        this.flaw = flaw;
        this.rate = 1 + error * (random.nextInt(3) == 0 ? random.nextDouble() * 2 - 1 : random.nextInt(2) * 2 - 1);
        this.offsetNs = random.nextLong();
        this.disk = new SimulatedDisk("n" + index);
    }

    long clockNs() {
        long trueNs = (suspendedSinceNs >= 0 ? suspendedSinceNs : schedule.nowNs()) - standingNs;
        return offsetNs + (long) (rate * trueNs);
    }

    boolean isAlive() {
        return node != null;
    }

    boolean isPaused() {
        return isPaused;
    }

    /** It drains, and then leaves. */
    void drainToLeave(long afterNs) {
        ClusterNode drained = node;
        isDraining = true;
        drained.drainToLeave();
        schedule.after(afterNs, drained::leave);
    }

    /** It hands over what others have room for. */
    void drain() {
        node.drain();
    }

    void takeAgain() {
        node.takeAgain();
    }

    /** How many times it was booted or died. */
    int lives() {
        return lives;
    }

    boolean isDraining() {
        return isDraining;
    }

    void boot() {
        int life = ++lives;
        SimulatedLink.Machine machine = action -> run(life, action);
        link = new SimulatedLink(schedule, store, random, machine);
        host = new SimulatedHost(disk, checks, schedule, machine, random, flaw);
        NodeFacts facts = new NodeFacts("10.0.0." + index + ":50051", 100, capacity);
        node = new ClusterNode(disk.nodeId, "run" + random.nextInt(1 << 30), facts, terms, link, host);
        host.use(node);
        node.begin();
        every(life, TICK_NS, nowNs -> node.onTick(nowNs));
        every(life, STEP_NS, nowNs -> host.step(nowNs));
    }

    private void every(int life, long periodNs, Consumer<Long> action) {
        schedule.after(
                (long) (periodNs * (0.5 + random.nextDouble())),
                () -> run(life, nowNs -> {
                    action.accept(nowNs);
                    every(life, periodNs, action);
                }));
    }

    private void run(int life, Consumer<Long> action) {
        if (life != lives || node == null) {
            return;
        }
        if (isPaused) {
            waiting.add(action);
        } else {
            action.accept(clockNs());
        }
    }

    /** @param withDisk the disk is lost too: what comes back is another node */
    void crash(boolean withDisk) {
        waiting.clear();
        resume();
        lives++;
        link.close();
        node = null;
        isDraining = false;
        if (withDisk) {
            disk = new SimulatedDisk("n" + index + "-" + lives);
        }
    }

    /** Nothing runs, as in a long collection. */
    void pause() {
        isPaused = true;
    }

    /** Nothing runs, and the clock stands still too. */
    void suspend() {
        isPaused = true;
        if (suspendedSinceNs < 0) {
            suspendedSinceNs = schedule.nowNs();
        }
    }

    void resume() {
        isPaused = false;
        if (suspendedSinceNs >= 0) {
            standingNs += schedule.nowNs() - suspendedSinceNs;
            suspendedSinceNs = -1;
        }
        while (!waiting.isEmpty() && !isPaused && node != null) {
            waiting.remove().accept(clockNs());
        }
    }
}
