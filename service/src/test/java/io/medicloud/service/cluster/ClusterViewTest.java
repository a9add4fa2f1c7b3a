// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterViewTest {
    private final ClusterView view = new ClusterView();
    private long revision;

    private void put(StreamEntry entry) {
        view.put(new BucketEntry(BucketKeys.ofStream(entry.liveId()), EntryText.of(entry), ++revision));
        assertThat(view.stream(entry.liveId())).isEqualTo(entry);
    }

    @Test
    void onlyStreamsWithWhichSomethingIsToBeDoneAreGoneThrough() {
        for (int i = 0; i < 100; i++) {
            put(StreamEntry.of("over" + i, Map.of()).unwant());
        }
        assertThat(view.busy()).isEmpty();

        StreamEntry wanted = StreamEntry.of("live", Map.of());
        put(wanted);
        assertThat(view.busy()).containsExactly(wanted);
        StreamEntry owned = wanted.claim(new Owner("a", 1), 1, 4).unwant();
        put(owned);
        assertThat(view.busy()).as("its owner is to stop it").containsExactly(owned);
        StreamEntry released = owned.release(3);
        put(released);
        assertThat(view.busy()).as("what it left is to be uploaded").containsExactly(released);
        put(released.settle(1));
        assertThat(view.busy()).isEmpty();

        StreamEntry again = released.settle(1).want(Map.of());
        put(again);
        assertThat(view.busy()).containsExactly(again);
        view.put(new BucketEntry(BucketKeys.ofStream("live"), "{\"v\":2}", ++revision));
        assertThat(view.busy()).as("another version's").isEmpty();
    }
}
