// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What this node's ended epochs left: told to the host once, and taken out of the entry when the host has uploaded it. */
final class OwnTails {
    private static final long OPEN = 0;

    private final String nodeId;
    private final ClusterHost host;
    /** By stream and epoch, the number after the last one used, or {@link #OPEN}. */
    private final Map<String, Map<Long, Long>> ends = new HashMap<>();

    OwnTails(String nodeId, ClusterHost host) {
        this.nodeId = nodeId;
        this.host = host;
    }

    /** Nothing of that epoch is left to upload. */
    void settled(String liveId, long epoch, long end) {
        Map<Long, Long> known = ends.get(liveId);
        if (known != null) {
            known.replace(epoch, end);
        }
    }

    /** A newer entry of a stream is known. */
    void onEntry(StreamEntry entry) {
        Set<Long> told = entry.tails().stream()
                .filter(tail -> tail.nodeId().equals(nodeId))
                .map(Tail::epoch)
                .collect(Collectors.toSet());
        if (told.isEmpty()) {
            ends.remove(entry.liveId());
            return;
        }
        Map<Long, Long> known = ends.computeIfAbsent(entry.liveId(), id -> new HashMap<>());
        known.keySet().retainAll(told);
        for (Tail tail : entry.tails()) {
            if (tail.nodeId().equals(nodeId) && known.putIfAbsent(tail.epoch(), OPEN) == null) {
                host.onTail(entry.liveId(), tail);
            }
        }
    }

    /** The entry without a tail that is settled, after its gap was told; null if there is none. */
    @Nullable
    StreamEntry settle(StreamEntry entry) {
        Map<Long, Long> known = ends.get(entry.liveId());
        if (known == null) {
            return null;
        }
        for (Tail tail : entry.tails()) {
            long end = tail.nodeId().equals(nodeId) ? known.getOrDefault(tail.epoch(), OPEN) : OPEN;
            if (end != OPEN) {
                if (end < tail.next()) {
                    host.onNeverUsed(entry.liveId(), tail.epoch(), Math.max(end, tail.first()), tail.next());
                }
                return entry.settle(tail.epoch());
            }
        }
        return null;
    }

    /** Is something left? */
    boolean isEmpty() {
        return ends.isEmpty();
    }
}
