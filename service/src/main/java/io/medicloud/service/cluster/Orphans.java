// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
        List<StreamEntry> orphans = find(nowNs);
        if (!orphans.isEmpty()) {
            Map<String, Integer> ranks = Placement.ranks(view, orphans, nodeId);
            orphans.removeIf(entry -> !isDue(entry.liveId(), ranks.get(entry.liveId()), nowNs));
        }
        return orphans;
    }

    /** Those that ran before and that a node which takes no streams should take all the same, as the last in line, if nobody else can; as many as it has room for. */
    List<StreamEntry> dueToNobody(long nowNs) {
        List<StreamEntry> orphans = find(nowNs);
        orphans.removeIf(entry -> entry.epoch() == 0 || !isDue(entry.liveId(), LAST_RANK, nowNs));
        int room = orphans.isEmpty() ? 0 : Placement.ownRoom(view, nodeId, orphans.size());
        return orphans.subList(0, room);
    }

    private List<StreamEntry> find(long nowNs) {
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
        return orphans;
    }

    private boolean isDue(String liveId, @Nullable Integer rank, long nowNs) {
        Long since = sinceNs.get(liveId);
        return rank != null && since != null && nowNs - since >= Math.min(rank, LAST_RANK) * graceNs;
    }
}
