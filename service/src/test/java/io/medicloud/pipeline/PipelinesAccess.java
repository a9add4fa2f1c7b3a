// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.pipeline.event.EventSink;
import io.medicloud.pipeline.spool.SpoolAccess;
import io.medicloud.pipeline.store.SegmentStore;
import io.medicloud.testdata.ScriptedDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;

/** Opens pipelines over a disk of this test's making. */
public final class PipelinesAccess {
    private PipelinesAccess() {}

    public static Pipelines open(Path spool, ScriptedDisk disk, SegmentStore store, EventSink events)
            throws IOException {
        return new Pipelines(
                SpoolAccess.open(spool, Limits.DEFAULT.spool(), disk),
                store,
                Limits.DEFAULT,
                events,
                InstantSource.system());
    }
}
