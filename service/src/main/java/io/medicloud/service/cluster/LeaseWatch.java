// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * For how long nothing was heard of each node, by this node's clock. That this node was cut off meanwhile does no harm: whoever ends a
 * silent node's lease must name the revision it was silent since, and fails if there was a renewal.
 */
final class LeaseWatch {
    private final Map<String, Long> seenNs = new HashMap<>();
    private final Set<String> renewed = new HashSet<>();

    /** A newer entry of that node has come. */
    void onNews(String nodeId, long nowNs) {
        if (seenNs.put(nodeId, nowNs) != null) {
            renewed.add(nodeId);
        }
    }

    /** Was it there since we look, or is its first entry all that we know of it? */
    boolean hasRenewed(String nodeId) {
        return renewed.contains(nodeId);
    }

    /** Must its lease have run out if nothing was renewed since the entry we know? */
    boolean isSilent(String nodeId, long patienceNs, long nowNs) {
        Long seen = seenNs.get(nodeId);
        return seen != null && nowNs - seen >= patienceNs;
    }
}
