// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.node;

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

    /** A stream that this node owns, in one epoch. */
    private static final class Run {
        private final String liveId;
        private final long epoch;
        private final NodeTenure tenure;
        private final CompletableFuture<StreamInfo> opened = new CompletableFuture<>();
        private Map<String, String> settings;
        private @Nullable StopCause cause;
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

    private final OwnedStreams streams;
    private final OwnTailUploads tails;
    private final Executor workers;
    private final Object lock;
    private final LongSupplier clockNs;
    private final Map<String, Run> runs = new HashMap<>();
    private @Nullable ClusterNode node;

    /** @param workers may block */
    OwnRuns(OwnedStreams streams, OwnTailUploads tails, Executor workers, Object lock, LongSupplier clockNs) {
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
        workers.execute(() -> {
            var unused = streams.stop(run.liveId);
        });
    }

    /** Opens what is to be opened, and says what has ended by itself. */
    void onTick() {
        long nowNs = clockNs.getAsLong();
        for (Run run : new ArrayList<>(runs.values())) {
            if (run.isClosed && run.cause == null && !run.isEndTold) {
                tellEnd(run, nowNs);
            } else if (!run.isOpen && !run.isOpening && run.cause == null && nowNs - run.notBeforeNs >= 0) {
                run.isOpening = true;
                workers.execute(() -> open(run));
            }
        }
    }

    /** It is not to run any more, on any node: the protocol asks us to stop it when all know. */
    private void tellEnd(Run run, long nowNs) {
        run.isEndTold = true;
        var unused = node().stop(run.liveId, nowNs).thenAccept(end -> {
            switch (end) {
                case NOT_KNOWN, REFUSED -> run.isEndTold = false;
                default -> LOG.debug("{}: has ended: {}", run.liveId, end);
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
        running.closed().whenComplete((done, failure) -> onClosed(run));
        if (run.cause != null || !run.tenure.holds()) {
            end(run);
        }
        run.opened.complete(running.info());
        if (run.cause == null && !running.settings().equals(run.settings)) {
            change(run, running.settings());
        }
    }

    private void change(Run run, Map<String, String> settings) {
        run.settings = settings;
        var unused = node().update(run.liveId, settings, clockNs.getAsLong());
    }

    private void onFailed(Run run, StreamException failure) {
        boolean isLast = run.isAwaited || !PASSING.contains(failure.kind());
        LOG.warn("{}: cannot be opened{}: {}", run.liveId, isLast ? "" : " yet", failure.getMessage());
        if (run.cause != null && run.cause != StopCause.LEASE_OVER) {
            stopped(run);
        } else if (isLast && run.cause == null) {
            run.opened.completeExceptionally(failure);
            run.isClosed = true;
        } else {
            run.notBeforeNs = clockNs.getAsLong() + AGAIN_NS;
        }
    }

    private void onClosed(Run run) {
        synchronized (lock) {
            run.isClosed = true;
            if (run.cause != null && run.cause != StopCause.LEASE_OVER) {
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
        if (run != null && run.cause == null) {
            Map<String, String> with = OwnedStreams.withMedia(run.settings);
            if (!with.equals(run.settings)) {
                change(run, with);
            }
        }
    }

    /** Completes when a stream of this node has been opened, or could not be; null if it is not this node's yet. */
    @Nullable
    CompletableFuture<StreamInfo> opened(String liveId) {
        Run run = runs.get(liveId);
        if (run == null) {
            return null;
        }
        run.isAwaited |= !run.isOpen;
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
