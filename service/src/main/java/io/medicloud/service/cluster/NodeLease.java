// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import java.util.function.IntSupplier;
import java.util.function.LongPredicate;

/**
 * This node's lease: begun, renewed, and given up by this node's own clock before anyone else's can have said that it is over. Counted
 * from when a renewal was sent, not from when it was confirmed.
 */
final class NodeLease {
    private enum State {
        NONE,
        JOINING,
        HELD,
        LEFT
    }

    private final String nodeId;
    private final String run;
    private final String key;
    private final ClusterTerms terms;
    private final ClusterView view;
    private final KeyWriter writer;
    private final IntSupplier streams;
    private final LongPredicate mayJoin;
    private State state = State.NONE;
    private NodeFacts facts;
    private boolean isDraining;
    private boolean isDrainTold;
    private long session;
    private long beat;
    private long sentNs;
    /** Read by media threads. */
    private volatile long endsNs = Long.MIN_VALUE;

    /** @param mayJoin may a lease be begun at that time, as far as others are concerned? */
    NodeLease(
            String nodeId,
            String run,
            NodeFacts facts,
            ClusterTerms terms,
            ClusterView view,
            KeyWriter writer,
            IntSupplier streams,
            LongPredicate mayJoin) {
        this.mayJoin = mayJoin;
        this.nodeId = nodeId;
        this.run = run;
        this.key = BucketKeys.ofNode(nodeId);
        this.facts = facts;
        this.terms = terms;
        this.view = view;
        this.writer = writer;
        this.streams = streams;
    }

    /** Until when, by this node's clock, what the current session owns may be written; meaningless while none is held. */
    long endsNs() {
        return endsNs;
    }

    boolean isHeld(long nowNs) {
        return state == State.HELD && nowNs - endsNs < 0;
    }

    /** A lease that was held has run out, or was taken for lost by others. */
    boolean hasLapsed(long nowNs) {
        if (state != State.HELD) {
            return false;
        }
        NodeEntry known = view.node(nodeId);
        boolean isTaken =
                known != null && (known.isPast(session) || !known.run().equals(run));
        return isTaken || nowNs - endsNs >= 0;
    }

    /** The session is over; the next one is another. */
    void lapse() {
        state = State.NONE;
    }

    Owner owner() {
        return new Owner(nodeId, session);
    }

    void tell(NodeFacts newFacts) {
        facts = newFacts;
    }

    /** The others are told at once. */
    void setDraining(boolean draining) {
        isDraining = draining;
    }

    boolean isDraining() {
        return isDraining;
    }

    /** Renews or begins the lease if it is time. */
    void onTick(long nowNs) {
        if (state == State.LEFT || !writer.isFree(key, nowNs)) {
            return;
        }
        NodeEntry known = view.node(nodeId);
        if (state != State.HELD && !mayJoin.test(nowNs)) {
            state = State.NONE;
            if (known != null && known.state() != NodeState.OVER) {
                // An earlier process's, whose streams others may take up; or ours, if two have begun at once.
                writer.write(key, EntryText.of(known.over()));
            }
        } else if (state != State.HELD) {
            session = Math.max(session, known == null ? 0 : known.session()) + 1;
            beat = 0;
            state = State.JOINING;
            send(nowNs);
        } else if (isDrainTold != isDraining
                || nowNs - sentNs >= terms.heartbeat().toNanos()) {
            beat++;
            send(nowNs);
        }
    }

    private void send(long nowNs) {
        sentNs = nowNs;
        isDrainTold = isDraining;
        writer.write(key, EntryText.of(entry(isDraining ? NodeState.DRAINING : NodeState.LIVE)));
    }

    /** Our entry as the bucket has it: if it is what we sent last, then that is the lease. */
    void onEntry(NodeEntry entry, long nowNs) {
        boolean isOurs = entry.run().equals(run) && entry.session() == session && entry.beat() == beat;
        if (!isOurs || entry.state() == NodeState.OVER || (state != State.JOINING && state != State.HELD)) {
            return;
        }
        if (state == State.HELD && nowNs - endsNs >= 0) {
            return;
        }
        long ends = sentNs + terms.ownerNs();
        // Whoever was first is known by now, since each write is behind what its node has seen.
        if (nowNs - ends < 0 && (state == State.HELD || mayJoin.test(nowNs))) {
            endsNs = ends;
            state = State.HELD;
        }
    }

    /** Ends the lease for good, so that nobody need wait for it; call it again until {@link #hasLeft}. */
    void leave(long nowNs) {
        state = State.LEFT;
        if (!hasLeft() && writer.isFree(key, nowNs)) {
            writer.write(key, EntryText.of(entry(NodeState.OVER)));
        }
    }

    boolean hasLeft() {
        NodeEntry known = view.node(nodeId);
        return state == State.LEFT && (known == null || !known.run().equals(run) || known.state() == NodeState.OVER);
    }

    private NodeEntry entry(NodeState told) {
        return new NodeEntry(
                nodeId,
                run,
                session,
                beat,
                told,
                facts,
                streams.getAsInt(),
                terms.lease().toMillis());
    }
}
