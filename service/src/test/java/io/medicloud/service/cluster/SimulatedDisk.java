// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A node's spool: what was sealed, and whether it is known to be in the store. Outlives processes. */
final class SimulatedDisk {
    /** A sealed segment; {@code content} stands for its bytes. */
    static final class Sealed {
        final String liveId;
        final long number;
        final long epoch;
        final long content;
        boolean isUploaded;

        Sealed(String liveId, long number, long epoch, long content) {
            this.liveId = liveId;
            this.number = number;
            this.epoch = epoch;
            this.content = content;
        }
    }

    final String nodeId;
    final List<Sealed> segments = new ArrayList<>();
    private final Map<String, Map<Long, Long>> unused = new TreeMap<>();

    SimulatedDisk(String nodeId) {
        this.nodeId = nodeId;
    }

    void seal(Sealed segment) {
        segments.add(segment);
        unused.computeIfAbsent(segment.liveId, id -> new TreeMap<>())
                .merge(segment.epoch, segment.number + 1, Math::max);
    }

    /** The number after the last that was sealed in an epoch; 0 if none was. */
    long firstUnused(String liveId, long epoch) {
        return unused.getOrDefault(liveId, Map.of()).getOrDefault(epoch, ClusterHost.NOT_KNOWN);
    }

    boolean isUploaded(String liveId, long epoch) {
        return segments.stream().noneMatch(one -> one.epoch == epoch && one.liveId.equals(liveId) && !one.isUploaded);
    }
}
