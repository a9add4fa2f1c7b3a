// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** One round of the simulation: nodes and streams, faults, and then peace, in which everything must come right. */
final class ClusterRound {
    private static final long SECOND = Schedule.SECOND;
    private static final double RATE_ERROR = 0.0099;
    private static final double WILD = 0.4;
    private static final int PHASES = 2;
    private static final int TAKEOVER_S = 10;
    private static final int OTHER_LEASE_S = 8;
    /** Ten leases, and a take-over: whoever has another lease waits so long for one that is gone. */
    private static final int OTHER_TAKEOVER_S = 11 * OTHER_LEASE_S + 2 * TAKEOVER_S;

    private final Schedule schedule = new Schedule();
    private final Checks checks = new Checks();
    private final Random random;
    private final SimulatedStore store;
    private final List<SimulatedNode> nodes = new ArrayList<>();
    private final List<String> streams = new ArrayList<>();
    /** The changes that were asked for and are not answered, by stream. */
    private final Map<String, Object> asked = new HashMap<>();

    private final List<SimulatedDisk> disks = new ArrayList<>();
    private final boolean hasSuspends;
    /** How much time faults leave between them, from no rest to much. */
    private final int rest;

    /** One node has another lease than the others. */
    private final boolean hasOtherLease;

    private boolean isCalm;
    private int faults;
    private long slowestNs;

    ClusterRound(long seed, Flaw flaw) {
        random = new Random(seed);
        store = new SimulatedStore(flaw == Flaw.BLIND_BUCKET);
        store.watch(checks::onEntry);
        hasSuspends = random.nextInt(4) == 0;
        checks.isClockTrusted = !hasSuspends;
        rest = 1 + random.nextInt(5);
        int count = 2 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            double error = flaw == Flaw.WILD_CLOCKS ? WILD : RATE_ERROR;
            nodes.add(new SimulatedNode(i, schedule, store, checks, random, flaw, error));
        }
        int most = 1 + random.nextInt(6);
        for (int i = 0; i < most; i++) {
            streams.add("live." + i);
        }
        hasOtherLease = random.nextInt(8) == 0;
        if (hasOtherLease) {
            nodes.get(0).terms = ClusterNodeTest.lease(OTHER_LEASE_S);
        } else if (random.nextInt(2) == 0) {
            // Together they have room for all.
            int least = (most + count - 1) / count;
            nodes.forEach(node -> node.capacity = least + random.nextInt(2));
        }
    }

    /** How many segments were stored. */
    long stored() {
        return checks.stored();
    }

    int faults() {
        return faults;
    }

    /** How long the slowest stream was without an owner once it could have one. */
    long slowestNs() {
        return slowestNs;
    }

    void run() {
        for (SimulatedNode node : nodes) {
            schedule.after(random.nextInt(3000) * Schedule.MS, () -> {
                if (!node.isAlive()) {
                    node.boot();
                }
            });
        }
        schedule.runFor(4 * SECOND);
        streams.forEach(stream -> ask(stream, true));
        for (int phase = 0; phase < PHASES; phase++) {
            isCalm = false;
            schedule.after(0, this::fault);
            schedule.runFor((5 + random.nextInt(30)) * SECOND);
            isCalm = true;
            heal(random.nextBoolean());
            everyWantedStreamGetsAnOwner();
            schedule.runFor(random.nextInt(5) * SECOND);
        }
        if (hasOtherLease) {
            SimulatedNode other = nodes.get(0);
            if (other.isAlive()) {
                other.crash(false);
            }
            other.terms = ClusterTerms.DEFAULT;
        }
        heal(true);
        finish();
    }

    /** All streams end: nothing is lost, and no hole is silent. */
    private void finish() {
        for (int i = 0; i < 20; i++) {
            schedule.runFor(3 * SECOND);
            streams.stream()
                    .filter(stream ->
                            store.stream(stream) != null && store.stream(stream).wanted())
                    .forEach(stream -> ask(stream, false));
        }
        schedule.runFor(45 * SECOND);
        checks.nothingHasFailed();
        nodes.forEach(node -> disks.add(node.disk));
        checks.nothingSealedIsLost(disks);
        for (String stream : streams) {
            StreamEntry entry = store.stream(stream);
            if (entry != null) {
                checks.noHoleIsSilent(entry);
                noLivingTail(entry);
            }
        }
    }

    private void noLivingTail(StreamEntry entry) {
        for (Tail tail : entry.tails()) {
            if (disks.stream().anyMatch(disk -> disk.nodeId.equals(tail.nodeId()))) {
                throw new Checks.Violation("tail that is never settled: " + entry);
            }
        }
    }

    private void fault() {
        if (isCalm) {
            return;
        }
        faults++;
        SimulatedNode node = nodes.get(random.nextInt(nodes.size()));
        switch (random.nextInt(10)) {
            case 0, 1 -> crash(node);
            case 2, 3 -> pause(node);
            case 4, 5 -> cut(node);
            case 6 -> storeDown();
            case 7 -> drain(node);
            case 8 -> {
                if (node.isAlive()) {
                    node.link.breakWatch();
                }
            }
            default -> ask(streams.get(random.nextInt(streams.size())), random.nextInt(4) != 0);
        }
        schedule.after((200 + random.nextInt(3800)) * Schedule.MS * rest, this::fault);
    }

    private void crash(SimulatedNode node) {
        if (node.isAlive()) {
            node.crash(random.nextInt(6) == 0);
            schedule.after(random.nextInt(20_000) * Schedule.MS, () -> {
                if (!node.isAlive() && !isCalm) {
                    node.boot();
                }
            });
        }
    }

    private void pause(SimulatedNode node) {
        if (hasSuspends && random.nextBoolean()) {
            node.suspend();
        } else {
            node.pause();
        }
        schedule.after(random.nextInt(random.nextInt(3) == 0 ? 20_000 : 6000) * Schedule.MS, node::resume);
    }

    private void cut(SimulatedNode node) {
        if (node.isAlive()) {
            SimulatedLink.Fault[] all = SimulatedLink.Fault.values();
            SimulatedLink link = node.link;
            link.fault = all[1 + random.nextInt(all.length - 1)];
            schedule.after(random.nextInt(15_000) * Schedule.MS, () -> link.fault = SimulatedLink.Fault.NONE);
        }
    }

    private void storeDown() {
        store.isUp = false;
        schedule.after(random.nextInt(12_000) * Schedule.MS, () -> store.isUp = true);
    }

    private void drain(SimulatedNode node) {
        if (!node.isAlive() || node.isDraining()) {
            return;
        }
        int life = node.lives();
        if (random.nextBoolean()) {
            node.drain();
            schedule.after(random.nextInt(12_000) * Schedule.MS, () -> {
                if (node.lives() == life && !node.isDraining()) {
                    node.takeAgain();
                }
            });
        } else {
            node.drainToLeave((1000 + random.nextInt(9000)) * Schedule.MS);
            schedule.after(12 * SECOND, () -> {
                if (node.lives() == life) {
                    node.crash(false);
                    node.boot();
                }
            });
        }
    }

    /** A client asks some node to start or stop a stream. */
    private void ask(String stream, boolean isWanted) {
        List<SimulatedNode> up = nodes.stream()
                .filter(node -> node.isAlive() && !node.isPaused())
                .toList();
        if (up.isEmpty() || asked.containsKey(stream)) {
            return;
        }
        SimulatedNode node = up.get(random.nextInt(up.size()));
        Object change = new Object();
        asked.put(stream, change);
        var end = isWanted
                ? node.node.start(stream, Map.of("by", Integer.toString(random.nextInt())), node.clockNs())
                : node.node.stop(stream, node.clockNs());
        var unused = end.thenAccept(how -> {
            boolean isLatest = asked.remove(stream, change);
            StreamEntry entry = store.stream(stream);
            if (how == ChangeEnd.DONE && isLatest && (entry == null || entry.wanted() != isWanted)) {
                checks.fail(stream + " was to be " + isWanted + " and is " + entry);
            }
        });
    }

    private void heal(boolean withDead) {
        store.isUp = true;
        int room = nodes.stream()
                .filter(SimulatedNode::isAlive)
                .mapToInt(node -> node.capacity)
                .sum();
        for (SimulatedNode node : nodes) {
            node.resume();
            if (!node.isAlive() && (withDead || room < streams.size())) {
                node.boot();
                room += node.capacity;
            } else if (node.isAlive() && node.isDraining()) {
                node.crash(false);
                node.boot();
            } else if (node.isAlive()) {
                node.takeAgain();
            }
            if (node.isAlive()) {
                node.link.fault = SimulatedLink.Fault.NONE;
            }
        }
        // What was asked of a node that died is not answered.
        asked.clear();
    }

    private void everyWantedStreamGetsAnOwner() {
        long from = schedule.nowNs();
        int most = hasOtherLease ? OTHER_TAKEOVER_S : TAKEOVER_S;
        while (!streams.stream().allMatch(this::isAsWanted)) {
            if (schedule.nowNs() - from > most * SECOND) {
                throw new Checks.Violation("no owner: "
                        + streams.stream()
                                .filter(one -> !isAsWanted(one))
                                .map(store::stream)
                                .toList());
            }
            schedule.runFor(SECOND / 10);
        }
        if (!hasOtherLease) {
            slowestNs = Math.max(slowestNs, schedule.nowNs() - from);
        }
    }

    private boolean isAsWanted(String stream) {
        StreamEntry entry = store.stream(stream);
        if (entry == null || !entry.wanted()) {
            return true;
        }
        return nodes.stream()
                        .filter(node -> node.isAlive() && node.host.runs(stream, entry.epoch()))
                        .count()
                == 1;
    }
}
