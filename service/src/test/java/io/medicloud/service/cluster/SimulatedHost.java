// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What a node's process does with its streams: receives, cuts, seals, uploads. */
final class SimulatedHost implements ClusterHost {
    /** A stream that runs here. */
    private static final class Run {
        final String liveId;
        final long epoch;
        long open = ClusterNode.NO_NUMBER;
        long endsNs;
        boolean isStopping;
        long stopsNs;
        long count;

        Run(String liveId, long epoch) {
            this.liveId = liveId;
            this.epoch = epoch;
        }
    }

    private record Told(String liveId, Tail tail) {}

    private final SimulatedDisk disk;
    private final Checks checks;
    private final Schedule schedule;
    private final SimulatedLink.Machine machine;
    private final Random random;
    private final Flaw flaw;
    private final Map<String, Run> runs = new HashMap<>();
    private final Map<String, Long> ownCount = new HashMap<>();
    private final List<Told> tails = new ArrayList<>();
    /** What was sealed in this process and is to be uploaded, and what lay in the spool. */
    private final List<SimulatedDisk.Sealed> uploads = new ArrayList<>();

    private ClusterNode node;
    private boolean isUploading;

    SimulatedHost(
            SimulatedDisk disk,
            Checks checks,
            Schedule schedule,
            SimulatedLink.Machine machine,
            Random random,
            Flaw flaw) {
        this.disk = disk;
        this.checks = checks;
        this.schedule = schedule;
        this.machine = machine;
        this.random = random;
        this.flaw = flaw;
        if (flaw != Flaw.FORGOTTEN_SPOOL) {
            disk.segments.stream().filter(one -> !one.isUploaded).forEach(uploads::add);
        }
    }

    void use(ClusterNode clusterNode) {
        node = clusterNode;
    }

    boolean runs(String liveId, long epoch) {
        Run run = runs.get(liveId);
        return run != null && run.epoch == epoch && !run.isStopping;
    }

    @Override
    public void onOwned(String liveId, long epoch, Map<String, String> settings) {
        Run last = runs.put(liveId, new Run(liveId, epoch));
        if (last != null) {
            seal(last);
        }
    }

    @Override
    public void onStop(String liveId, long epoch, StopCause cause) {
        Run run = runs.get(liveId);
        if (run == null || run.epoch != epoch || (flaw == Flaw.DEAF_OWNERS && cause == StopCause.LEASE_OVER)) {
            return;
        }
        if (cause == StopCause.LEASE_OVER) {
            runs.remove(liveId);
            seal(run);
        } else {
            run.isStopping = true;
            run.stopsNs = schedule.nowNs() + random.nextInt(500) * Schedule.MS;
        }
    }

    @Override
    public long firstUnused(String liveId, long epoch) {
        if (random.nextInt(10) == 0) {
            return NOT_KNOWN;
        }
        return disk.firstUnused(liveId, epoch);
    }

    @Override
    public void onTail(String liveId, Tail tail) {
        tails.add(new Told(liveId, tail));
    }

    @Override
    public void onNeverUsed(String liveId, long epoch, long from, long to) {
        checks.onNeverUsed(liveId, from, to);
    }

    @Override
    public void onTailDropped(String liveId, Tail tail) {
        throw new Checks.Violation("tail dropped: " + tail);
    }

    /** Bytes have come for each stream; also settles and uploads. */
    void step(long nowNs) {
        for (Run run : List.copyOf(runs.values())) {
            if (nowNs - node.leaseEndsNs() >= 0 && flaw != Flaw.DEAF_OWNERS) {
                runs.remove(run.liveId);
                seal(run);
                continue;
            }
            receive(run, nowNs);
            if (run.isStopping && schedule.nowNs() >= run.stopsNs) {
                runs.remove(run.liveId);
                seal(run);
                node.stopped(run.liveId, run.epoch);
            }
        }
        tails.removeIf(this::isSettled);
        upload();
    }

    private void receive(Run run, long nowNs) {
        if (run.open == ClusterNode.NO_NUMBER) {
            run.open = take(run, nowNs);
            run.endsNs = schedule.nowNs() + (500 + random.nextInt(2500)) * Schedule.MS;
        }
        if (run.open != ClusterNode.NO_NUMBER && runs.get(run.liveId) == run) {
            checks.onWriting(run.liveId, run.epoch, disk.nodeId);
            if (schedule.nowNs() >= run.endsNs) {
                seal(run);
            }
        }
    }

    private long take(Run run, long nowNs) {
        if (flaw == Flaw.DEAF_OWNERS && nowNs - node.leaseEndsNs() >= 0) {
            return ownCount.merge(run.liveId, 1L, Long::sum);
        }
        long number = node.takeNumber(run.liveId, run.epoch, nowNs);
        if (number == ClusterNode.NO_NUMBER) {
            return number;
        }
        if (flaw == Flaw.OWN_COUNT) {
            run.count = run.count == 0 ? checks.lastStored(run.liveId) + 1 : run.count + 1;
            return run.count;
        }
        ownCount.put(run.liveId, number);
        return number;
    }

    private void seal(Run run) {
        if (run.open != ClusterNode.NO_NUMBER) {
            SimulatedDisk.Sealed segment = new SimulatedDisk.Sealed(run.liveId, run.open, run.epoch, random.nextLong());
            run.open = ClusterNode.NO_NUMBER;
            disk.seal(segment);
            checks.onSealed(segment, disk.nodeId);
            uploads.add(segment);
        }
    }

    private boolean isSettled(Told told) {
        String liveId = told.liveId;
        long epoch = told.tail.epoch();
        Run run = runs.get(liveId);
        if ((run != null && run.epoch == epoch) || !disk.isUploaded(liveId, epoch)) {
            return false;
        }
        node.settled(liveId, epoch, Math.max(told.tail.first(), disk.firstUnused(liveId, epoch)));
        return true;
    }

    /** One at a time, oldest first; an object may be written though that is not told, and long after it was sent. */
    private void upload() {
        if (isUploading || uploads.isEmpty()) {
            return;
        }
        SimulatedDisk.Sealed segment = uploads.get(0);
        isUploading = true;
        long delay = random.nextInt(random.nextInt(10) == 0 ? 4000 : 300) * Schedule.MS;
        boolean isLost = random.nextInt(20) == 0;
        boolean isAnswerLost = random.nextInt(20) == 0;
        schedule.after(delay, () -> {
            if (!isLost) {
                checks.onStored(segment, disk.nodeId);
            }
            machine.run(nowNs -> {
                isUploading = false;
                if (!isLost && !isAnswerLost) {
                    segment.isUploaded = true;
                    uploads.remove(segment);
                }
            });
        });
    }
}
