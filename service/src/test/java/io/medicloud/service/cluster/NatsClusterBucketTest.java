// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Three servers with three replicas. */
@Tag("heavy")
class NatsClusterBucketTest extends NatsBucketContract {
    NatsClusterBucketTest() {
        super(3);
    }

    /** The leader is killed, twice. */
    @Override
    void disturb(int time) throws Exception {
        int leader = servers.leaderOf("KV_" + NAME);
        servers.kill(leader);
        servers.restart(leader);
    }

    @Test
    void aServerThatStandsStillIsLeftForAnother() throws Exception {
        Bucket bucket = bucket();
        List<BucketEntry> seen = watch(bucket);
        int leader = servers.leaderOf("KV_" + NAME);
        servers.pause(leader);
        await(() -> write(bucket, "paused", "while it stands", Bucket.ABSENT) instanceof WriteEnd.Written
                || seen.stream().anyMatch(entry -> entry.value().equals("while it stands")));
        servers.resume(leader);
    }
}
