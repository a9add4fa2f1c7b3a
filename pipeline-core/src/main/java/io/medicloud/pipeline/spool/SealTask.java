// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.spool;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The end of a segment's file: what was written of it is sealed, and the stream is told.
 *
 * @param channel null if the file could not be opened
 * @param failure why not all of it could be written, or null
 */
record SealTask(
        StreamFolder folder,
        SpoolSink sink,
        Path part,
        @Nullable FileChannel channel,
        long written,
        long dropped,
        Batch.Mark.End end,
        @Nullable String failure)
        implements Runnable {
    @Override
    public void run() {
        if (dropped > 0) {
            sink.onDropped(dropped, String.valueOf(failure));
        }
        try {
            SealedSegment segment = seal();
            if (segment == null) {
                sink.onLost(end.facts().sequence(), failure == null ? "the segment was empty" : failure);
            } else {
                sink.onSealed(segment);
            }
        } catch (IOException e) {
            sink.onLost(
                    end.facts().sequence(),
                    "cannot seal " + part + ": " + Failures.describe(e) + "; what is there is kept for the next start");
        }
    }

    private @Nullable SealedSegment seal() throws IOException {
        if (channel == null) {
            return null;
        }
        try (FileChannel file = channel) {
            if (written >= StreamFolder.PACKET_BYTES) {
                return folder.seal(part, file, written, end.facts(), end.incomplete() || failure != null, end.place());
            }
        }
        Files.deleteIfExists(part);
        return null;
    }
}
