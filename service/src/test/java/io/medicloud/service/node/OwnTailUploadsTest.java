// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.record.LedgerLimits;
import io.medicloud.pipeline.record.SegmentState;
import io.medicloud.service.cluster.Bucket;
import io.medicloud.service.cluster.ClusterHost;
import io.medicloud.service.cluster.ClusterNode;
import io.medicloud.service.cluster.ClusterTerms;
import io.medicloud.service.cluster.NodeFacts;
import io.medicloud.service.cluster.StopCause;
import io.medicloud.service.cluster.Tail;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnTailUploadsTest {
    @TempDir
    private Path folder;

    /** Nobody answers, and nobody does anything. */
    private static final class Nobody implements Bucket, ClusterHost {
        @Override
        public void watch(EntrySink sink) {}

        @Override
        public void write(String key, String value, long expectedRevision, WriteSink sink) {}

        @Override
        public void read(String key, ReadSink sink) {}

        @Override
        public void onOwned(String liveId, long epoch, Map<String, String> settings) {}

        @Override
        public void onStop(String liveId, long epoch, StopCause cause) {}

        @Override
        public long firstUnused(String liveId, long epoch) {
            return NOT_KNOWN;
        }

        @Override
        public void onTail(String liveId, Tail tail) {}

        @Override
        public void onNeverUsed(String liveId, long epoch, long from, long to) {}

        @Override
        public void onTailDropped(String liveId, Tail tail) {}

        @Override
        public void close() {}
    }

    @Test
    void whatIsUploadedIsNotReadAgain() throws Exception {
        try (Ledger ledger = Ledger.open(folder.resolve("record.db"), LedgerLimits.DEFAULT, InstantSource.system())) {
            ledger.putStream("live", "live/", 1);
            for (long number = 1; number <= 10; number++) {
                ledger.onOpened("live", number);
                ledger.onMoved("live", number, SegmentState.SEALED, null);
                if (number < 9) {
                    ledger.onMoved("live", number, SegmentState.UPLOADED, null);
                }
            }
            ledger.awaitWritten();
            List<Long> asked = new ArrayList<>();
            OwnTailUploads tails = new OwnTailUploads(
                    (liveId, sequence, most) -> {
                        asked.add(sequence);
                        return ledger.segments(liveId, sequence, most);
                    },
                    event -> {},
                    InstantSource.system(),
                    Runnable::run,
                    new Object());
            Nobody nobody = new Nobody();
            NodeFacts facts = new NodeFacts("", 0, 1);
            tails.use(
                    new ClusterNode("node", "run", facts, ClusterTerms.DEFAULT, nobody, nobody),
                    (liveId, epoch) -> false);
            tails.add("live", new Tail("node", 1, 1, 17));

            tails.look();
            tails.look();
            assertThat(asked).containsExactly(1L, 9L);

            ledger.onMoved("live", 9, SegmentState.UPLOADED, null);
            ledger.onMoved("live", 10, SegmentState.UPLOADED, null);
            ledger.awaitWritten();
            tails.look();
            tails.look();
            assertThat(asked).as("then it is done with").containsExactly(1L, 9L, 9L);
        }
    }
}
