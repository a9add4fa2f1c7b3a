// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.record.LedgerLimits;
import io.medicloud.pipeline.store.MinioStore;
import io.medicloud.pipeline.support.S3Server;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftoverSweepTest {
    @TempDir
    Path folder;

    @Test
    void onlyOldUploadsOfSegmentsBelowAPrefixOfOursAreGivenUp() throws Exception {
        try (S3Server server = S3Server.start(folder.resolve("store"));
                MinioStore store = new MinioStore(server.config());
                Ledger ledger = Ledger.open(folder.resolve("record.db"), LedgerLimits.DEFAULT, Instant::now)) {
            Ledger.await(ledger.putStream("live", "archive/live/", 3));
            server.beginParts("archive/live/segment_0001.ts");
            server.beginParts("archive/live/film.ts");
            server.beginParts("elsewhere/segment_0001.ts");

            new LeftoverSweep(ledger, store, Instant::now).lookIfDue();
            assertThat(begun(store)).as("begun just now").isEqualTo(3);

            server.beginParts("archive/live/film.ts");
            server.beginParts("archive/live/segment_0002.ts");
            server.beginParts("elsewhere/segment_0001.ts");
            new LeftoverSweep(ledger, store, () -> Instant.now().plus(Duration.ofHours(4))).lookIfDue();
            assertThat(begun(store)).as("what is not ours").isEqualTo(2);
        }
    }

    /** How many there were, which are no more. */
    private static int begun(MinioStore store) throws Exception {
        return store.abandonOld(key -> true, Instant.now().plus(Duration.ofHours(1)));
    }
}
