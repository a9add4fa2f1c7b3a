// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One node's part in the ownership of streams, see docs/cluster.md. Entries only change what it knows; what follows from that is written
 * at the next tick, so {@link #onTick} should be called ten times a second or so. Times are this node's monotonic clock, in nanoseconds.
 * Everything is called on one thread, but for {@link #leaseEndsNs}.
 */
public final class ClusterNode {
    /** No number can be taken: wait, or stop. */
    public static final long NO_NUMBER = 0;

    private static final int LEASES_UNTIL_GONE = 10;

    private final String nodeId;
    private final ClusterTerms terms;
    private final Bucket bucket;
    private final ClusterHost host;
    private final ClusterView view = new ClusterView();
    private final KeyWriter writer;
    private final NodeLease lease;
    private final LeaseWatch others;
    private final OwnTails tails;
    private final Orphans orphans;
    private final WantedChanges changes;
    private final Map<String, Holding> holdings = new TreeMap<>();
    /** Hands over what nobody has room for, too. */
    private boolean isEnding;

    private boolean isLeaving;

    /**
     * A node that has not begun yet.
     *
     * @param nodeId the same for as long as its spool is the same, and no other node's
     * @param run another for each process
     */
    public ClusterNode(
            String nodeId, String run, NodeFacts facts, ClusterTerms terms, Bucket bucket, ClusterHost host) {
        this.nodeId = nodeId;
        this.terms = terms;
        this.bucket = bucket;
        this.host = host;
        this.writer = new KeyWriter(bucket, view, this::onEntry, terms.retry().toNanos());
        this.lease = new NodeLease(nodeId, run, facts, terms, view, writer, holdings::size, this::mayJoin);
        this.others = new LeaseWatch();
        this.tails = new OwnTails(nodeId, host);
        this.orphans = new Orphans(view, nodeId, terms.claimGrace().toNanos());
        this.changes = new WantedChanges(view, writer);
    }

    /** Begins to watch the bucket; the lease follows at the next tick. */
    public void begin() {
        bucket.watch(this::onEntry);
    }

    /** The stream is to run, on some node. */
    public CompletableFuture<ChangeEnd> start(String liveId, Map<String, String> settings, long nowNs) {
        return start(liveId, settings, settings::equals, nowNs);
    }

    /**
     * The same where settings tell which start they are of.
     *
     * @param isOurs are those of this start, whatever its owner has amended since?
     */
    public CompletableFuture<ChangeEnd> start(
            String liveId, Map<String, String> settings, Predicate<Map<String, String>> isOurs, long nowNs) {
        return changes.add(liveId, Map.copyOf(settings), isOurs, nowNs);
    }

    /** The stream is not to run any more. */
    public CompletableFuture<ChangeEnd> stop(String liveId, long nowNs) {
        return stop(liveId, any -> true, nowNs);
    }

    /**
     * The same of one start of it: {@link ChangeEnd#NOT_WANTED} if that one is over, also if the stream was started again since.
     *
     * @param which are those settings of that start?
     */
    public CompletableFuture<ChangeEnd> stop(String liveId, Predicate<Map<String, String>> which, long nowNs) {
        return changes.add(liveId, null, which, nowNs);
    }

    /**
     * Whoever owns a stream later is to run it otherwise. {@link ChangeEnd#NOT_WANTED} if it is not to run, or had another owner since that
     * epoch.
     */
    public CompletableFuture<ChangeEnd> amend(String liveId, long epoch, Amendment amendment, long nowNs) {
        return changes.amend(liveId, epoch, amendment, nowNs);
    }

    /** What is known of a stream; null if nothing is. May be old. */
    public @Nullable StreamEntry stream(String liveId) {
        return view.stream(liveId);
    }

    /** What is known of the streams that are to run, are somebody's, or have something left to upload. May be old. */
    public Collection<StreamEntry> busyStreams() {
        return Collections.unmodifiableCollection(view.busy());
    }

    /** What is known of all nodes, those that are gone among them. May be old. */
    public Collection<NodeEntry> nodes() {
        return Collections.unmodifiableCollection(view.nodes());
    }

    /** Which node answers for a stream, if one does; that may be this one. */
    public @Nullable NodeEntry ownerOf(String liveId) {
        StreamEntry stream = view.stream(liveId);
        Owner owner = stream == null || view.isOrphan(stream) ? null : stream.owner();
        return owner == null ? null : view.node(owner.nodeId());
    }

    /** Does this node hold a lease? */
    public boolean isMember(long nowNs) {
        return lease.isHeld(nowNs);
    }

    /** Null, or one line that says why this node may not hold a lease: another one has other terms. */
    public @Nullable String refusal(long nowNs) {
        for (NodeEntry node : view.nodes()) {
            if (hasOtherTerms(node) && !isGone(node, nowNs)) {
                return "cluster.lease: is " + terms.lease().toMillis() + " ms here and " + node.leaseMs()
                        + " ms on node " + node.nodeId() + "; it must be the same on all nodes";
            }
        }
        return null;
    }

    private boolean mayJoin(long nowNs) {
        return refusal(nowNs) == null;
    }

    private boolean hasOtherTerms(NodeEntry node) {
        return !node.nodeId().equals(nodeId)
                && node.state() != NodeState.OVER
                && node.leaseMs() != 0
                && node.leaseMs() != terms.lease().toMillis();
    }

    private boolean isSilent(NodeEntry node, long nowNs) {
        return others.isSilent(node.nodeId(), terms.observerNs(node.leaseMs()), nowNs);
    }

    /** One that was seen to be there may only be cut off, as we may be ourselves: else who waits to come first after an outage shuts it out. */
    private boolean isGone(NodeEntry node, long nowNs) {
        long leases = others.hasRenewed(node.nodeId()) ? LEASES_UNTIL_GONE : 1;
        return others.isSilent(node.nodeId(), leases * terms.observerNs(node.leaseMs()), nowNs);
    }

    /** From then on nothing may be received for streams that were owned until now. Read by any thread, for every batch received. */
    public long leaseEndsNs() {
        return lease.endsNs();
    }

    /** The number of the next segment of a stream that this node owns in that epoch, or {@link #NO_NUMBER}. */
    public long takeNumber(String liveId, long epoch, long nowNs) {
        checkLease(nowNs);
        Holding holding = holdings.get(liveId);
        if (holding == null
                || holding.epoch() != epoch
                || holding.stage() == Holding.Stage.STOPPED
                || holding.left() == 0) {
            return NO_NUMBER;
        }
        return holding.take();
    }

    /**
     * Passes over the numbers below one: they stand in the store, and were not written by this protocol. Returns the number to go on with once it is
     * reserved; {@link #NO_NUMBER} before, and if the stream is not owned in that epoch.
     */
    public long passOver(String liveId, long epoch, long below, long nowNs) {
        checkLease(nowNs);
        Holding holding = holdings.get(liveId);
        if (holding == null || holding.epoch() != epoch || holding.stage() == Holding.Stage.STOPPED) {
            return NO_NUMBER;
        }
        holding.passOver(below);
        return holding.left() > 0 ? holding.next() : NO_NUMBER;
    }

    /** The host has stopped a stream: its last segment is sealed, and none will be begun in that epoch. */
    public void stopped(String liveId, long epoch) {
        Holding holding = holdings.get(liveId);
        if (holding != null && holding.epoch() == epoch && holding.stage() != Holding.Stage.STOPPED) {
            holding.moveTo(Holding.Stage.STOPPED);
        }
    }

    /**
     * All of an ended epoch of this node is in the store.
     *
     * @param end the number after the last one that was used
     */
    public void settled(String liveId, long epoch, long end) {
        tails.settled(liveId, epoch, end);
    }

    /** What the next heartbeat tells. */
    public void tell(NodeFacts facts) {
        lease.tell(facts);
    }

    /** Takes no more streams, and hands over those it has, each once another node has room for it. */
    public void drain() {
        lease.setDraining(true);
    }

    /** As {@link #drain}, whether or not others have room: this node will not be there. */
    public void drainToLeave() {
        isEnding = true;
        lease.setDraining(true);
    }

    /** Takes streams again, after {@link #drain}; those that are on their way out go on their way. */
    public void takeAgain() {
        isEnding = false;
        lease.setDraining(false);
    }

    /** Does it hand over what it has? */
    public boolean isDraining() {
        return lease.isDraining();
    }

    /** Has it handed over everything, and is all that it received in the store? */
    public boolean isDrained() {
        return holdings.isEmpty() && tails.isEmpty();
    }

    /** Ends the session, so that others need not wait for its lease. What still runs must stop at once. Ticks go on until {@link #hasLeft}. */
    public void leave() {
        isLeaving = true;
    }

    /** Do the others know that it has left? */
    public boolean hasLeft() {
        return isLeaving && lease.hasLeft();
    }

    /** Does what it is time for. */
    public void onTick(long nowNs) {
        checkLease(nowNs);
        if (isLeaving) {
            endHoldings();
            lease.leave(nowNs);
            return;
        }
        lease.onTick(nowNs);
        changes.onTick(nowNs);
        if (lease.isHeld(nowNs)) {
            endSilentLeases(nowNs);
            stopWhatMustStop();
            for (StreamEntry entry : new ArrayList<>(view.busy())) {
                settleOrKeep(entry, nowNs);
            }
            claimOrphans(nowNs);
        }
    }

    private void checkLease(long nowNs) {
        if (lease.hasLapsed(nowNs)) {
            lease.lapse();
            endHoldings();
        }
    }

    private void endHoldings() {
        List<Holding> all = new ArrayList<>(holdings.values());
        holdings.clear();
        all.forEach(holding -> host.onStop(holding.liveId(), holding.epoch(), StopCause.LEASE_OVER));
    }

    private void onEntry(BucketEntry entry, long nowNs) {
        if (!view.put(entry)) {
            return;
        }
        NodeEntry node = view.nodeAt(entry.key());
        if (node != null && node.nodeId().equals(nodeId)) {
            lease.onEntry(node, nowNs);
        } else if (node != null) {
            others.onNews(node.nodeId(), nowNs);
        }
        StreamEntry stream = view.streamAt(entry.key());
        if (stream != null) {
            checkLease(nowNs);
            onStream(stream, nowNs);
        }
    }

    private void onStream(StreamEntry entry, long nowNs) {
        tails.onEntry(entry);
        Holding holding = holdings.get(entry.liveId());
        boolean isOwned = lease.isHeld(nowNs) && entry.isOwnedBy(lease.owner());
        if (holding != null && isOwned && holding.epoch() == entry.epoch()) {
            holding.onEntry(entry);
            return;
        }
        if (holding != null) {
            holdings.remove(entry.liveId());
            if (holding.stage() != Holding.Stage.STOPPED) {
                host.onStop(entry.liveId(), holding.epoch(), StopCause.LEASE_OVER);
            }
        }
        if (isOwned) {
            holdings.put(entry.liveId(), new Holding(entry));
            host.onOwned(entry.liveId(), entry.epoch(), entry.settings());
        }
    }

    private void endSilentLeases(long nowNs) {
        for (NodeEntry node : new ArrayList<>(view.nodes())) {
            String key = BucketKeys.ofNode(node.nodeId());
            if (!node.nodeId().equals(nodeId)
                    && node.state() != NodeState.OVER
                    && isSilent(node, nowNs)
                    && writer.isFree(key, nowNs)) {
                writer.write(key, EntryText.of(node.over()));
            }
        }
    }

    private void stopWhatMustStop() {
        long mayMove = lease.isDraining() ? mayMove() : 0;
        for (Holding holding : new ArrayList<>(holdings.values())) {
            StreamEntry entry = view.stream(holding.liveId());
            if (holding.stage() != Holding.Stage.RUNNING || entry == null) {
                continue;
            }
            if (!entry.wanted() || holding.isUnwanted()) {
                holding.moveTo(Holding.Stage.STOPPING);
                host.onStop(holding.liveId(), holding.epoch(), StopCause.NOT_WANTED);
            } else if (mayMove > 0) {
                mayMove--;
                holding.moveTo(Holding.Stage.STOPPING);
                host.onStop(holding.liveId(), holding.epoch(), StopCause.MOVES);
            }
        }
    }

    /** How many more streams may be on their way now. One is on its way until another node has it: what was handed back still needs its room. */
    private long mayMove() {
        long ending = holdings.values().stream()
                .filter(holding -> holding.stage() != Holding.Stage.RUNNING)
                .count();
        if (isEnding) {
            return terms.movesAtOnce() - ending;
        }
        long moving = ending
                + view.busy().stream()
                        .filter(entry -> entry.wanted() && view.isOrphan(entry))
                        .count();
        return moving >= terms.movesAtOnce() ? 0 : Placement.room(view, nodeId, terms.movesAtOnce()) - moving;
    }

    /** What is ours is handed back, supplied with numbers, or settled. */
    private void settleOrKeep(StreamEntry entry, long nowNs) {
        String key = BucketKeys.ofStream(entry.liveId());
        if (!writer.isFree(key, nowNs)) {
            return;
        }
        Holding holding = holdings.get(entry.liveId());
        StreamEntry next = null;
        if (holding != null && holding.stage() == Holding.Stage.STOPPED) {
            next = entry.passOver(holding.first()).release(holding.next());
        } else if (holding != null && holding.left() <= terms.numbersAhead() / 2) {
            next = entry.passOver(holding.first()).reserve(holding.next() + terms.numbersAhead());
        } else if (holding == null && !entry.wanted() && isFromBefore(entry)) {
            next = entry.release(endOf(entry));
        }
        if (next == null) {
            next = tails.settle(entry);
        }
        if (next != null) {
            write(next);
        }
    }

    private void claimOrphans(long nowNs) {
        // Also before the others, and our own view, know of it.
        boolean isDraining = lease.isDraining();
        List<StreamEntry> due = isDraining ? orphans.dueToNobody(nowNs) : orphans.due(nowNs);
        if (isDraining && (isEnding || Placement.room(view, nodeId, 1) > 0)) {
            return;
        }
        for (StreamEntry entry : due) {
            if (writer.isFree(BucketKeys.ofStream(entry.liveId()), nowNs)) {
                write(entry.claim(lease.owner(), endOf(entry), terms.numbersAhead()));
            }
        }
    }

    private void write(StreamEntry entry) {
        int surplus = Math.max(0, entry.tails().size() - terms.mostTails());
        entry.tails().subList(0, surplus).forEach(tail -> host.onTailDropped(entry.liveId(), tail));
        writer.write(BucketKeys.ofStream(entry.liveId()), EntryText.of(entry.trim(terms.mostTails())));
    }

    private boolean isFromBefore(StreamEntry entry) {
        Owner owner = entry.owner();
        return owner != null && owner.nodeId().equals(nodeId) && view.isOrphan(entry);
    }

    /** The first number that nobody can have used in the entry's epoch. What the owner itself did not use it may use later. */
    private long endOf(StreamEntry entry) {
        long unused = isFromBefore(entry) ? host.firstUnused(entry.liveId(), entry.epoch()) : ClusterHost.NOT_KNOWN;
        return entry.owner() != null && unused >= entry.first() && unused <= entry.next() ? unused : entry.next();
    }
}
