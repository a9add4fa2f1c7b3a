// SPDX-License-Identifier: Apache-2.0
import io.medicloud.mpegts.segment.SegmentPolicy;
import io.medicloud.pipeline.Limits;
import io.medicloud.pipeline.Pipeline;
import io.medicloud.pipeline.PipelineConfig;
import io.medicloud.pipeline.PipelineEnd;
import io.medicloud.pipeline.Pipelines;
import io.medicloud.pipeline.source.FileSource;
import io.medicloud.pipeline.source.Pace;
import io.medicloud.pipeline.source.PaceClock;
import io.medicloud.pipeline.store.DirectoryStore;
import io.netty.buffer.ByteBufAllocator;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

/**
 * pipeline-core: takes a stream from a source through cutter and spool into a store, with lists and playlists beside the segments. RecordStream INPUT.ts SPOOL STORE. The
 * store is a folder here; a MinioStore is a bucket. A Source of one's own brings what is live.
 */
public final class RecordStream {
    private RecordStream() {}

    public static void main(String[] arguments) throws Exception {
        try (DirectoryStore store = new DirectoryStore(Path.of(arguments[2]));
                Pipelines pipelines = new Pipelines(
                        Path.of(arguments[1]), store, Limits.DEFAULT, System.out::println, Clock.systemUTC())) {
            Pipeline stream =
                    pipelines.open(PipelineConfig.of("studio1", SegmentPolicy.ofTarget(Duration.ofSeconds(6))));
            stream.start(FileSource.of(
                    Path.of(arguments[0]), Pace.FLAT_OUT, PaceClock.SYSTEM, ByteBufAllocator.DEFAULT));
            PipelineEnd end = stream.ended().toCompletableFuture().get();
            System.out.println(end);
        }
    }
}
