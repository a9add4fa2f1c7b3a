// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Which node should take which orphan: the one with the most room, as far as this node can see. Nodes that see the same plan the same. It
 * is advice: that no two take a stream is the bucket's doing.
 */
final class Placement {
    private static final int FULL = 1000;

    /** A node that takes streams. */
    private static final class Candidate {
        private final String nodeId;
        private final int capacity;
        private long load;
        private long owned;

        Candidate(NodeEntry node, int owned) {
            this.nodeId = node.nodeId();
            this.capacity = node.facts().capacity();
            this.owned = owned;
            // What it has taken since it told its load is not in it yet.
            this.load = node.facts().load() + (long) (owned - node.streams()) * FULL / capacity;
        }

        long used() {
            return Math.max(load, owned * FULL / capacity);
        }

        void take() {
            owned++;
            load += FULL / capacity;
        }
    }

    private Placement() {}

    /** For each orphan how many nodes are before this one: 0 if it should take it. Streams that it should not take at all are not in it. */
    static Map<String, Integer> ranks(ClusterView view, List<StreamEntry> orphans, String nodeId) {
        List<Candidate> candidates = candidates(view, node -> node.state() == NodeState.LIVE);
        Map<String, Integer> ranks = new HashMap<>();
        for (StreamEntry orphan : orphans) {
            candidates.sort(Comparator.comparingLong(Candidate::used)
                    .thenComparingInt(candidate -> (orphan.liveId() + '/' + candidate.nodeId).hashCode())
                    .thenComparing(candidate -> candidate.nodeId));
            for (int i = 0; i < candidates.size() && candidates.get(i).used() < FULL; i++) {
                if (candidates.get(i).nodeId.equals(nodeId)) {
                    ranks.put(orphan.liveId(), i);
                }
            }
            if (!candidates.isEmpty()) {
                candidates.get(0).take();
            }
        }
        return ranks;
    }

    /** How many more streams other nodes than this one can take, so many at the most. */
    static int room(ClusterView view, String nodeId, int most) {
        return room(
                candidates(
                        view,
                        node -> node.state() == NodeState.LIVE && !node.nodeId().equals(nodeId)),
                most);
    }

    /** How many more streams this node could run, whether or not it takes any, so many at the most. */
    static int ownRoom(ClusterView view, String nodeId, int most) {
        return room(candidates(view, node -> node.nodeId().equals(nodeId)), most);
    }

    private static int room(List<Candidate> candidates, int most) {
        int room = 0;
        for (Candidate candidate : candidates) {
            while (room < most && candidate.used() < FULL) {
                candidate.take();
                room++;
            }
        }
        return room;
    }

    private static List<Candidate> candidates(ClusterView view, Predicate<NodeEntry> which) {
        Map<Owner, Integer> owned = new HashMap<>();
        for (StreamEntry stream : view.busy()) {
            Owner owner = stream.owner();
            if (owner != null) {
                owned.merge(owner, 1, Integer::sum);
            }
        }
        List<Candidate> candidates = new ArrayList<>();
        for (NodeEntry node : view.nodes()) {
            if (which.test(node)) {
                candidates.add(new Candidate(node, owned.getOrDefault(new Owner(node.nodeId(), node.session()), 0)));
            }
        }
        return candidates;
    }
}
