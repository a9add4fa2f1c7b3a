// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.service.cluster.StreamEntry;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UnansweredStartsTest {
    private static final Map<String, String> START = Map.of("start", "1", "client", "one");

    private final UnansweredStarts starts = new UnansweredStarts();

    private static StreamEntry entry(boolean wanted, Map<String, String> settings) {
        return new StreamEntry("live", wanted, settings, null, 0, 1, 1, List.of());
    }

    @Test
    void itsClientGoesOnWithIt() {
        starts.add("live", START);
        assertThat(starts.of("live", "one", null)).isEqualTo(START);
        assertThat(starts.of("live", "one", entry(true, START))).isEqualTo(START);
        assertThat(starts.of("live", "one", entry(false, Map.of("start", "0")))).isEqualTo(START);
        starts.remove("live");
        assertThat(starts.of("live", "one", null)).isNull();
    }

    @Test
    void anotherClientHasAStartOfItsOwn() {
        starts.add("live", START);
        assertThat(starts.of("live", "two", null)).isNull();
    }

    @Test
    void aStartThatIsOverIsNotBegunAgain() {
        starts.add("live", START);
        assertThat(starts.of("live", "one", entry(false, START))).isNull();
    }

    @Test
    void onlyWhatIsAddedMakesTheOldestForgotten() {
        for (int i = 0; i < 1000; i++) {
            starts.add("live-" + i, START);
        }
        starts.remove("never");
        assertThat(starts.of("live-0", "one", null)).isNotNull();
        starts.add("live-5", START);
        assertThat(starts.of("live-0", "one", null)).isNotNull();
        starts.add("more", START);
        assertThat(starts.of("live-0", "one", null)).isNull();
        assertThat(starts.of("more", "one", null)).isNotNull();
    }
}
