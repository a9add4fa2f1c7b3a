// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** One server. */
class NatsBucketTest extends NatsBucketContract {
    NatsBucketTest() {
        super(1);
    }

    @Override
    void disturb(int time) throws Exception {
        servers.kill(0);
        servers.restart(0);
    }

    @Test
    void whatWasWrittenOutlivesTheServer() throws Exception {
        Bucket bucket = bucket();
        List<BucketEntry> seen = watch(bucket);
        long revision = written(bucket, "kept", "a", Bucket.ABSENT);
        await(() -> !seen.isEmpty());
        servers.kill(0);
        assertThat(write(bucket, "kept", "b", revision)).isInstanceOf(WriteEnd.Unknown.class);
        servers.restart(0);
        await(() -> seen.stream()
                        .filter(entry -> entry.equals(new BucketEntry("kept", "a", revision)))
                        .count()
                > 1);
        await(() -> write(bucket, "kept", "c", revision) instanceof WriteEnd.Written);
        await(() -> seen.stream().anyMatch(entry -> entry.value().equals("c")));
    }
}
