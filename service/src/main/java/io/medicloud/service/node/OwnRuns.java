// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.node;

import io.medicloud.pipeline.Tenure;
import io.medicloud.service.cluster.ChangeEnd;
import io.medicloud.service.cluster.ClusterHost;
import io.medicloud.service.cluster.ClusterNode;
import io.medicloud.service.cluster.StopCause;
import io.medicloud.service.cluster.Tail;
import io.medicloud.service.stream.OwnedStreams;
import io.medicloud.service.stream.StreamException;
import io.medicloud.service.stream.StreamException.Kind;
import io.medicloud.service.stream.StreamInfo;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the protocol has this node do: its streams are opened and ended on threads that may block. Whoever calls holds the lock of the
 * protocol.
 */
final class OwnRuns implements ClusterHost {
    private static final Logger LOG = LoggerFactory.getLogger(OwnRuns.class);
    private static final Set<Kind> PASSING = EnumSet.of(Kind.UNAVAILABLE, Kind.EXHAUSTED, Kind.ALREADY_EXISTS);
    private static final long AGAIN_NS = 300_000_000;
    /** What will hardly pass by itself is tried again more seldom. */
    private static final long LATER_NS = 5_000_000_000L;

    /** Runs a stream as {@link OwnedStreams#open} does. */
    interface Opening {
        OwnedStreams.Running open(String liveId, Map<String, String> settings, Tenure tenure) throws StreamException;
    }

    /** A stream that this node owns, in one epoch. */
    private static final class Run {
        private final String liveId;
        private final long epoch;
        private final NodeTenure tenure;
        private final CompletableFuture<StreamInfo> opened = new CompletableFuture<>();
        /** As all nodes had them when it became this node's. */
        private final Map<String, String> settings;
        /** What has become another since, and what of that was to be told to all nodes last. */
        private Map<String, String> changed = Map.of();

        private Map<String, String> told = Map.of();
        private String failure = "";
        private @Nullable StopCause cause;
        private OwnedStreams.@Nullable Running running;
        private boolean isOpening;
        private boolean isOpen;
        private boolean isClosed;
        /** A client waits for it: what fails is told, and not tried again. */
        private boolean isAwaited;

        private boolean isEndTold;
        private long notBeforeNs;

        Run(String liveId, long epoch, Map<String, String> settings, NodeTenure tenure) {
            this.liveId = liveId;
            this.epoch = epoch;
            this.settings = settings;
            this.tenure = tenure;
        }
    }

    private final Opening streams;
    private final OwnTailUploads tails;
    private final Executor workers;
    private final Object lock;
    private final LongSupplier clockNs;
    private final Map<String, Run> runs = new HashMap<>();
    private @Nullable ClusterNode node;

    /** @param workers may block */
    OwnRuns(Opening streams, OwnTailUploads tails, Executor workers, Object lock, LongSupplier clockNs) {
        this.streams = streams;
        this.tails = tails;
        this.workers = workers;
        this.lock = lock;
        this.clockNs = clockNs;
    }

    /** To be called once, before anything else. */
    void use(ClusterNode used) {
        node = used;
        tails.use(used, this::isRunning);
    }

    private ClusterNode node() {
        ClusterNode used = node;
        if (used == null) {
            throw new IllegalStateException("not in use yet");
        }
        return used;
    }

    private boolean isRunning(String liveId, long epoch) {
        Run run = runs.get(liveId);
        return run != null && run.epoch == epoch;
    }

    @Override
    public void onOwned(String liveId, long epoch, Map<String, String> settings) {
        LOG.info("{}: is this node's, epoch {}", liveId, epoch);
        Run last = runs.put(
                liveId, new Run(liveId, epoch, settings, new NodeTenure(liveId, epoch, node(), lock, clockNs)));
        if (last != null) {
            abandon(last);
        }
        onTick();
    }

    @Override
    public void onStop(String liveId, long epoch, StopCause cause) {
        Run run = runs.get(liveId);
        if (run == null || run.epoch != epoch) {
            if (cause != StopCause.LEASE_OVER) {
                node().stopped(liveId, epoch);
            }
            return;
        }
        LOG.info("{}: ends here: {}", liveId, cause);
        run.cause = cause;
        if (cause == StopCause.LEASE_OVER) {
            runs.remove(liveId);
            abandon(run);
        } else if (run.isOpen && !run.isClosed) {
            end(run);
        } else if (!run.isOpening) {
            stopped(run);
        }
    }

    private void abandon(Run run) {
        run.tenure.end();
        run.opened.completeExceptionally(new StreamException(Kind.UNAVAILABLE, "another node takes the stream up"));
        if (run.isOpen && !run.isClosed) {
            end(run);
        }
    }

    private void end(Run run) {
        boolean isOver = run.cause == StopCause.NOT_WANTED;
        OwnedStreams.Running running = run.running;
        if (running != null) {
            workers.execute(() -> running.end().run(isOver));
        }
    }

    /** Opens what is to be opened, and says what has ended by itself. */
    void onTick() {
        long nowNs = clockNs.getAsLong();
        for (Run run : new ArrayList<>(runs.values())) {
            if (run.isClosed && run.cause == null && !run.isEndTold) {
                tellEnd(run, nowNs);
            } else if (run.isOpen && !run.isClosed && !run.changed.equals(run.told)) {
                var unused = tell(run);
            } else if (!run.isOpen
                    && !run.isClosed
                    && !run.isOpening
                    && run.cause == null
                    && nowNs - run.notBeforeNs >= 0) {
                run.isOpening = true;
                workers.execute(() -> open(run));
            }
        }
    }

    /** It is not to run any more, on any node: once all know, or it is another start that is to run, it is handed back. */
    private void tellEnd(Run run, long nowNs) {
        run.isEndTold = true;
        var unused = node().stop(run.liveId, others -> OwnedStreams.areOfOneStart(others, run.settings), nowNs)
                .thenAccept(end -> {
                    switch (end) {
                        case NOT_KNOWN, REFUSED -> run.isEndTold = false;
                        // It may be wanted already as another start, which is claimed anew; that this one was not we
                        // may never see.
                        default -> stopped(run);
                    }
                });
    }

    private void open(Run run) {
        OwnedStreams.Running running = null;
        StreamException failure = null;
        try {
            running = streams.open(run.liveId, run.settings, run.tenure);
        } catch (StreamException e) {
            failure = e;
        } catch (RuntimeException | Error e) {
            // Else it would count as being opened for ever, and no other node might take it.
            LOG.error("{}: cannot be opened", run.liveId, e);
            failure = new StreamException(Kind.UNAVAILABLE, "the stream cannot be opened: internal error: " + e);
        }
        synchronized (lock) {
            run.isOpening = false;
            if (running != null) {
                onOpened(run, running);
            } else if (failure != null) {
                onFailed(run, failure);
            }
        }
    }

    private void onOpened(Run run, OwnedStreams.Running running) {
        run.isOpen = true;
        run.running = running;
        running.closed().whenComplete((done, failure) -> onClosed(run));
        if (run.cause != null || !run.tenure.holds()) {
            end(run);
        }
        run.opened.complete(running.info());
        if (run.cause == null && !isKnown(run, running.changed())) {
            change(run, running.changed());
            var unused = tell(run);
        }
    }

    private static boolean isKnown(Run run, Map<String, String> changed) {
        Map<String, String> known = new HashMap<>(run.settings);
        known.putAll(run.changed);
        return known.entrySet().containsAll(changed.entrySet());
    }

    private static void change(Run run, Map<String, String> more) {
        Map<String, String> all = new HashMap<>(run.changed);
        all.putAll(more);
        run.changed = Map.copyOf(all);
    }

    /** Has all nodes know what was changed here, again and again until they do. */
    private CompletableFuture<ChangeEnd> tell(Run run) {
        Map<String, String> changed = run.changed;
        run.told = changed;
        return node().amend(
                        run.liveId,
                        run.epoch,
                        settings -> OwnedStreams.areOfOneStart(settings, run.settings) ? with(settings, changed) : null,
                        clockNs.getAsLong())
                .thenApply(end -> {
                    boolean isFailed = end == ChangeEnd.NOT_KNOWN || end == ChangeEnd.REFUSED;
                    if (isFailed && run.told.equals(changed)) {
                        run.told = Map.of();
                    }
                    return end;
                });
    }

    private static Map<String, String> with(Map<String, String> settings, Map<String, String> changed) {
        Map<String, String> all = new HashMap<>(settings);
        all.putAll(changed);
        return all;
    }

    private void onFailed(Run run, StreamException failure) {
        if (!run.failure.equals(failure.getMessage())) {
            run.failure = String.valueOf(failure.getMessage());
            LOG.warn("{}: cannot be opened{}: {}", run.liveId, run.isAwaited ? "" : " yet", run.failure);
        }
        if (run.cause != null && run.cause != StopCause.LEASE_OVER) {
            stopped(run);
        } else if (run.isAwaited && run.cause == null) {
            run.opened.completeExceptionally(failure);
            run.isClosed = true;
        } else {
            // What ran elsewhere before does not end since this node cannot run it.
            run.notBeforeNs = clockNs.getAsLong() + (PASSING.contains(failure.kind()) ? AGAIN_NS : LATER_NS);
        }
    }

    private void onClosed(Run run) {
        synchronized (lock) {
            run.isClosed = true;
            boolean isHandedBack = run.cause == null ? run.tenure.hasRefused() : run.cause != StopCause.LEASE_OVER;
            if (isHandedBack) {
                stopped(run);
            }
        }
    }

    private void stopped(Run run) {
        runs.remove(run.liveId, run);
        node().stopped(run.liveId, run.epoch);
    }

    /** Media has come, which the next owner is to know. */
    void onMedia(String liveId) {
        Run run = runs.get(liveId);
        if (run != null && run.cause == null && !isKnown(run, OwnedStreams.withMedia())) {
            change(run, OwnedStreams.withMedia());
            var unused = tell(run);
        }
    }

    /** A stream of this node was changed, which the next owner is to know. {@link ChangeEnd#NOT_WANTED} if it is not this node's any more. */
    CompletableFuture<ChangeEnd> amend(String liveId, Map<String, String> changed) {
        Run run = runs.get(liveId);
        if (run == null) {
            return CompletableFuture.completedFuture(ChangeEnd.NOT_WANTED);
        }
        change(run, changed);
        return tell(run);
    }

    /** Completes when a stream of this node has been opened, or could not be; null if it is not this node's yet. One that ran elsewhere before does not end since this node cannot open it, whoever waits. */
    @Nullable
    CompletableFuture<StreamInfo> opened(String liveId) {
        Run run = runs.get(liveId);
        if (run == null) {
            return null;
        }
        run.isAwaited |= !run.isOpen && !OwnedStreams.hasMoved(run.settings, run.epoch);
        return run.opened;
    }

    /** Is a stream on its way here, or on its way out? */
    boolean has(String liveId) {
        return runs.containsKey(liveId);
    }

    @Override
    public long firstUnused(String liveId, long epoch) {
        // A record that was made anew would not know what it has forgotten.
        return NOT_KNOWN;
    }

    @Override
    public void onTail(String liveId, Tail tail) {
        tails.add(liveId, tail);
    }

    @Override
    public void onNeverUsed(String liveId, long epoch, long from, long to) {
        tails.tellNeverUsed(liveId, from, to);
    }

    @Override
    public void onTailDropped(String liveId, Tail tail) {
        LOG.warn("{}: {} waits for uploads for too long, what it lacks will not be told", liveId, tail);
    }

    /** The ids of the streams that are this node's. */
    List<String> liveIds() {
        return List.copyOf(runs.keySet());
    }
}
