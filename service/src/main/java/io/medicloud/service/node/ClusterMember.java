// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.node;

import io.medicloud.pipeline.Pipelines;
import io.medicloud.pipeline.event.EventSink;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.service.cluster.ChangeEnd;
import io.medicloud.service.cluster.ClusterNode;
import io.medicloud.service.cluster.ClusterTerms;
import io.medicloud.service.cluster.NatsBucket;
import io.medicloud.service.cluster.NatsEvents;
import io.medicloud.service.cluster.NatsLink;
import io.medicloud.service.cluster.NodeEntry;
import io.medicloud.service.cluster.NodeFacts;
import io.medicloud.service.cluster.NodeState;
import io.medicloud.service.cluster.StreamEntry;
import io.medicloud.service.config.ClusterConfig;
import io.medicloud.service.stream.OwnedStreams;
import io.medicloud.service.stream.StreamInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This process as one node of many. Thread-safe. */
public final class ClusterMember implements EventSink, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterMember.class);
    private static final int MOST_WORKERS = 32;
    private static final int TICK_MS = 100;
    private static final int TAIL_TICKS = 5;
    private static final int LEAVE_MS = 2000;
    private static final int FULL = 1000;
    private static final int NUMBERS_AHEAD = 16;
    private static final int MOVES_AT_ONCE = 8;

    private final String nodeId;
    private final Object lock = new Object();
    private final ScheduledThreadPoolExecutor protocol = new ScheduledThreadPoolExecutor(1, daemons("cluster"));
    private final ThreadPoolExecutor workers = new ThreadPoolExecutor(
            0, MOST_WORKERS, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), daemons("cluster-work"));
    private final NatsLink link;
    private final NatsBucket bucket;
    private final NatsEvents events;
    private final SharedLog log;
    private final ClusterNode node;
    private final OwnRuns runs;
    private final OwnTailUploads tails;
    private final IntSupplier load;
    private final int capacity;
    private String address = "";
    private long ticks;

    /**
     * Connects, and publishes this node's events; takes part with {@link #begin}.
     *
     * @param capacity how many streams it carries at the most
     * @param load how much of it is used, in thousandths
     * @throws IOException if its id can neither be read nor be made
     */
    public ClusterMember(
            ClusterConfig config,
            Path cacheDir,
            OwnedStreams streams,
            Pipelines pipelines,
            int capacity,
            IntSupplier load,
            long mostEvents)
            throws IOException {
        this.nodeId = NodeId.of(cacheDir, config.node());
        this.capacity = capacity;
        this.load = load;
        workers.setRejectedExecutionHandler((work, pool) -> runWhenFree(work));
        protocol.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        link = new NatsLink(config.servers(), nodeId);
        Executor locked = work -> protocol.execute(() -> {
            synchronized (lock) {
                work.run();
            }
        });
        bucket = new NatsBucket(link, config.name(), config.replicas(), locked, System::nanoTime);
        events = new NatsEvents(link, config.name(), config.replicas(), mostEvents, System::nanoTime);
        log = new SharedLog(events, pipelines.ledger(), nodeId);
        tails = new OwnTailUploads(
                pipelines.ledger()::segments, pipelines::tell, InstantSource.system(), workers, lock);
        runs = new OwnRuns(streams::open, tails, workers, lock, System::nanoTime);
        node = new ClusterNode(
                nodeId,
                UUID.randomUUID().toString(),
                new NodeFacts("", 0, capacity),
                terms(config.lease()),
                bucket,
                runs);
        runs.use(node);
    }

    private static ClusterTerms terms(Duration lease) {
        ClusterTerms usual = ClusterTerms.DEFAULT;
        Duration heartbeat = lease.dividedBy(5);
        return new ClusterTerms(
                lease,
                heartbeat.compareTo(usual.heartbeat()) < 0 ? heartbeat : usual.heartbeat(),
                usual.stopMargin(),
                usual.rateError(),
                usual.retry(),
                usual.claimGrace(),
                NUMBERS_AHEAD,
                MOVES_AT_ONCE,
                usual.mostTails());
    }

    private static ThreadFactory daemons(String name) {
        return work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /** All workers are busy: it waits for its turn. */
    @SuppressWarnings("FutureReturnValueIgnored") // tries again by itself
    private void runWhenFree(Runnable work) {
        try {
            protocol.schedule(() -> workers.execute(work), TICK_MS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("closed already", e);
        }
    }

    /**
     * Takes part from now on.
     *
     * @param ownAddress where other nodes reach this one
     * @param health told again and again what {@link #fault} says
     */
    @SuppressWarnings("FutureReturnValueIgnored") // runs until the end
    public void begin(String ownAddress, Consumer<String> health) {
        synchronized (lock) {
            address = ownAddress;
            node.begin();
        }
        protocol.scheduleWithFixedDelay(() -> tick(health), 0, TICK_MS, TimeUnit.MILLISECONDS);
        LOG.info("node {} at {}", nodeId, ownAddress);
    }

    private void tick(Consumer<String> health) {
        try {
            synchronized (lock) {
                node.tell(new NodeFacts(address, Math.min(FULL, load.getAsInt()), capacity));
                node.onTick(System.nanoTime());
                runs.onTick();
                if (++ticks % TAIL_TICKS == 0) {
                    tails.look();
                }
            }
            health.accept(fault());
        } catch (RuntimeException | Error e) {
            // Also an Error: without this the lease ends, until a restart.
            LOG.error("the cluster's tick failed, and goes on", e);
        }
    }

    public String nodeId() {
        return nodeId;
    }

    /** The events of all nodes. */
    public SharedLog log() {
        return log;
    }

    /** Empty if it takes part, otherwise one line that says why not. */
    public String fault() {
        String fault = link.fault();
        if (fault != null) {
            return fault;
        }
        synchronized (lock) {
            long nowNs = System.nanoTime();
            String refusal = node.isMember(nowNs) ? "" : node.refusal(nowNs);
            return refusal == null ? "this node holds no lease" : refusal;
        }
    }

    /** The stream is to run, on some node. */
    public CompletableFuture<ChangeEnd> start(String liveId, Map<String, String> settings) {
        synchronized (lock) {
            return node.start(
                    liveId, settings, others -> OwnedStreams.areOfOneStart(others, settings), System.nanoTime());
        }
    }

    /** The stream is not to run any more. */
    public CompletableFuture<ChangeEnd> stop(String liveId) {
        synchronized (lock) {
            return node.stop(liveId, System.nanoTime());
        }
    }

    /** That start of the stream is to run no more; one that was begun since is left alone. */
    public CompletableFuture<ChangeEnd> stop(String liveId, Map<String, String> start) {
        synchronized (lock) {
            return node.stop(liveId, others -> OwnedStreams.areOfOneStart(others, start), System.nanoTime());
        }
    }

    /** A stream of this node was changed, which whoever owns it next is to know; see {@link OwnRuns#amend}. */
    public CompletableFuture<ChangeEnd> amend(String liveId, Map<String, String> changed) {
        synchronized (lock) {
            return runs.amend(liveId, changed);
        }
    }

    /** How many streams are to run that a client has started, on all nodes. */
    public long startedBy(String client) {
        synchronized (lock) {
            return node.busyStreams().stream()
                    .filter(stream -> stream.wanted()
                            && OwnedStreams.clientOf(stream.settings()).equals(client))
                    .count();
        }
    }

    /** The nodes that are there, this one among them once it takes part. */
    public List<NodeEntry> nodes() {
        synchronized (lock) {
            return node.nodes().stream()
                    .filter(entry -> entry.state() != NodeState.OVER)
                    .toList();
        }
    }

    /** Hands its streams over and takes no more, or takes them again; {@link #drain} is for the end. */
    public void setDraining(boolean draining) {
        synchronized (lock) {
            if (draining) {
                node.drain();
            } else {
                node.takeAgain();
            }
        }
        LOG.info("node {} {}", nodeId, draining ? "hands its streams over" : "takes streams");
    }

    /** How this node is just now: others see it a moment later. */
    public NodeState state() {
        synchronized (lock) {
            return node.isDraining() ? NodeState.DRAINING : NodeState.LIVE;
        }
    }

    /** How many streams are this node's still, also those that end. */
    public int runs() {
        synchronized (lock) {
            return runs.liveIds().size();
        }
    }

    /** The node that answers for a stream, if one does. */
    public @Nullable NodeEntry ownerOf(String liveId) {
        synchronized (lock) {
            return node.ownerOf(liveId);
        }
    }

    /** What is known of a stream; null if nothing is. */
    public @Nullable StreamEntry stream(String liveId) {
        synchronized (lock) {
            return node.stream(liveId);
        }
    }

    /** The other nodes that are there. */
    public List<NodeEntry> others() {
        synchronized (lock) {
            return node.nodes().stream()
                    .filter(entry -> entry.state() != NodeState.OVER && !isSelf(entry))
                    .toList();
        }
    }

    public boolean isSelf(NodeEntry entry) {
        return entry.nodeId().equals(nodeId);
    }

    /** See {@link OwnRuns#opened}. */
    public @Nullable CompletableFuture<StreamInfo> opened(String liveId) {
        synchronized (lock) {
            return runs.opened(liveId);
        }
    }

    /** Is a stream this node's still, also one that ends? */
    public boolean runs(String liveId) {
        synchronized (lock) {
            return runs.has(liveId);
        }
    }

    @Override
    public void onEvent(StreamEvent event) {
        if (event instanceof StreamEvent.MediaFlowing) {
            workers.execute(() -> {
                synchronized (lock) {
                    runs.onMedia(event.streamId());
                }
            });
        }
    }

    /** Hands its streams over, uploads what it has, and leaves; within that time. Blocks. */
    public void drain(Duration patience) {
        long untilNs = System.nanoTime() + patience.toNanos();
        synchronized (lock) {
            node.drainToLeave();
        }
        await(untilNs, node::isDrained);
        synchronized (lock) {
            node.leave();
        }
        await(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LEAVE_MS), node::hasLeft);
    }

    private interface Condition {
        boolean isMet();
    }

    private void await(long untilNs, Condition condition) {
        while (System.nanoTime() - untilNs < 0 && !Thread.currentThread().isInterrupted()) {
            synchronized (lock) {
                if (condition.isMet()) {
                    return;
                }
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(TICK_MS / 4));
        }
    }

    @Override
    public void close() {
        log.close();
        protocol.shutdownNow();
        workers.shutdownNow();
        events.close();
        bucket.close();
        link.close();
    }
}
