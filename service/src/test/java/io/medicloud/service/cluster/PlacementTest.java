// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PlacementTest {
    private final ClusterView view = new ClusterView();
    private long revision;

    private void node(String id, NodeState state, int load, int capacity, int streams) {
        NodeEntry node = new NodeEntry(id, "run", 1, 0, state, new NodeFacts("host:1", load, capacity), streams, 0);
        view.put(new BucketEntry(BucketKeys.ofNode(id), EntryText.of(node), ++revision));
    }

    private static List<StreamEntry> orphans(int count) {
        List<StreamEntry> orphans = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            orphans.add(StreamEntry.of("s" + i, Map.of()));
        }
        return orphans;
    }

    /** How many of the orphans each node is the first for. */
    private Map<String, Long> firsts(List<StreamEntry> orphans) {
        Map<String, Long> firsts = new TreeMap<>();
        for (NodeEntry node : view.nodes()) {
            firsts.put(
                    node.nodeId(),
                    Placement.ranks(view, orphans, node.nodeId()).values().stream()
                            .filter(rank -> rank == 0)
                            .count());
        }
        return firsts;
    }

    @Test
    void manyOrphansAtOnceAreSharedByRoom() {
        node("a", NodeState.LIVE, 0, 100, 0);
        node("b", NodeState.LIVE, 0, 100, 0);
        node("c", NodeState.LIVE, 500, 100, 0);
        assertThat(firsts(orphans(60)))
                .containsEntry("a", 30L)
                .containsEntry("b", 30L)
                .containsEntry("c", 0L);
        assertThat(firsts(orphans(120)).get("c")).isBetween(5L, 8L);
    }

    @Test
    void everyStreamHasOneFirstAndTheOthersAreBehindIt() {
        node("a", NodeState.LIVE, 0, 100, 0);
        node("b", NodeState.LIVE, 0, 10, 0);
        node("c", NodeState.LIVE, 0, 100, 0);
        List<StreamEntry> orphans = orphans(20);
        for (StreamEntry orphan : orphans) {
            assertThat(List.of("a", "b", "c"))
                    .extracting(node -> Placement.ranks(view, orphans, node).get(orphan.liveId()))
                    .containsExactlyInAnyOrder(0, 1, 2);
        }
    }

    @Test
    void nodesThatDrainOrAreOverOrFullTakeNothing() {
        node("a", NodeState.DRAINING, 0, 100, 0);
        node("b", NodeState.OVER, 0, 100, 0);
        node("c", NodeState.LIVE, 1000, 100, 0);
        node("d", NodeState.LIVE, 0, 3, 0);
        assertThat(firsts(orphans(5)))
                .containsEntry("a", 0L)
                .containsEntry("b", 0L)
                .containsEntry("c", 0L)
                .containsEntry("d", 3L);
    }
}
