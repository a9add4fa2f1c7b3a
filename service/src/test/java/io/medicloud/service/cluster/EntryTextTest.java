// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntryTextTest {
    private static final StreamEntry STREAM = new StreamEntry(
            "a.b",
            true,
            Map.of("passphrase", "\"sealed\"\n"),
            new Owner("n1", 7),
            3,
            40,
            44,
            List.of(new Tail("n0", 2, 30, 40)));
    private static final NodeEntry NODE =
            new NodeEntry("n1", "run", 7, 12, NodeState.DRAINING, new NodeFacts("10.0.0.1:50051", 250, 100), 5, 8000);

    @Test
    void whatIsWrittenIsRead() {
        assertThat(EntryText.stream(EntryText.of(STREAM))).isEqualTo(STREAM);
        assertThat(EntryText.stream(EntryText.of(STREAM.release(42)))).isEqualTo(STREAM.release(42));
        assertThat(EntryText.node(EntryText.of(NODE))).isEqualTo(NODE);
        assertThat(EntryText.node(EntryText.of(NODE).replace(",\"lease\":8000", ""))
                        .leaseMs())
                .as("of an older version")
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "no json",
                "{\"v\":1}",
                "{\"v\":2,\"stream\":\"a\"}",
                "{\"v\":1,\"stream\":\"a\",\"wanted\":true,\"settings\":{},\"epoch\":-1,\"first\":1,\"next\":1,\"tails\":[]}",
                "{\"v\":1,\"stream\":\"a\",\"wanted\":true,\"settings\":{},\"epoch\":1.5,\"first\":1,\"next\":1,\"tails\":[]}",
                "{\"v\":1,\"stream\":\"a\",\"wanted\":true,\"settings\":{},\"epoch\":1e99,\"first\":1,\"next\":1,\"tails\":[]}"
            })
    void whatIsNotUnderstoodIsNoEntry(String text) {
        assertThat(EntryText.stream(text)).isNull();
        assertThat(EntryText.node(text)).isNull();
    }

    @Test
    void anEntryThatIsNotUnderstoodIsNotTouchedAndOneOfAnotherKeyIsNone() {
        ClusterView view = new ClusterView();
        assertThat(view.put(new BucketEntry("stream.x", "{\"v\":2}", 5))).isTrue();
        assertThat(view.isForeign("stream.x")).isTrue();
        assertThat(view.put(new BucketEntry("stream.y", EntryText.of(STREAM), 6)))
                .isTrue();
        assertThat(view.busy()).isEmpty();
        assertThat(view.put(new BucketEntry("stream.a=2Eb", EntryText.of(STREAM), 7)))
                .isTrue();
        assertThat(view.busy()).containsExactly(STREAM);
        assertThat(view.put(new BucketEntry("stream.a=2Eb", EntryText.of(STREAM.unwant()), 7)))
                .isFalse();
    }
}
