// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

/**
 * A node and its lease, as all nodes see it.
 *
 * @param nodeId who; a node is its disk: one that lost its spool is another node
 * @param run which process of it
 * @param session counts its leases; grows with each
 * @param beat counts the renewals of the lease
 * @param state whether the lease is held
 * @param facts what it tells of itself
 * @param streams how many streams it owned when it told
 * @param leaseMs how long its lease runs; 0 if it does not say
 */
public record NodeEntry(
        String nodeId,
        String run,
        long session,
        long beat,
        NodeState state,
        NodeFacts facts,
        int streams,
        long leaseMs) {
    /** The same lease, ended. */
    NodeEntry over() {
        return new NodeEntry(nodeId, run, session, beat, NodeState.OVER, facts, streams, leaseMs);
    }

    /** Is the lease of that session over for good? What answers yes once does so for ever. */
    boolean isPast(long earlier) {
        return session > earlier || (session == earlier && state == NodeState.OVER);
    }
}
