// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The wanted streams that nobody has a right to, and when it is this node's turn to claim one: at once if it has the most room, and later
 * the further down the list it is, so that a stream is claimed even if those before it are dead or see it otherwise.
 */
final class Orphans {
    private static final int LAST_RANK = 5;

    private final ClusterView view;
    private final String nodeId;
    private final long graceNs;
    private final Map<String, Long> sinceNs = new HashMap<>();

    Orphans(ClusterView view, String nodeId, long graceNs) {
        this.view = view;
        this.nodeId = nodeId;
        this.graceNs = graceNs;
    }

    /** The streams that this node should claim now. */
    List<StreamEntry> due(long nowNs) {
        List<StreamEntry> orphans = new ArrayList<>();
        Set<String> liveIds = new HashSet<>();
        for (StreamEntry entry : view.busy()) {
            if (entry.wanted() && view.isOrphan(entry)) {
                orphans.add(entry);
                liveIds.add(entry.liveId());
                sinceNs.putIfAbsent(entry.liveId(), nowNs);
            }
        }
        sinceNs.keySet().retainAll(liveIds);
        if (orphans.isEmpty()) {
            return orphans;
        }
        Map<String, Integer> ranks = Placement.ranks(view, orphans, nodeId);
        orphans.removeIf(entry -> !isDue(entry.liveId(), ranks, nowNs));
        return orphans;
    }

    private boolean isDue(String liveId, Map<String, Integer> ranks, long nowNs) {
        Integer rank = ranks.get(liveId);
        Long since = sinceNs.get(liveId);
        return rank != null && since != null && nowNs - since >= Math.min(rank, LAST_RANK) * graceNs;
    }
}
