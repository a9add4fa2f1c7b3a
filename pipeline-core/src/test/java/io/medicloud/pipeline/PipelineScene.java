// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import static io.medicloud.pipeline.support.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.segment.SegmentPolicy;
import io.medicloud.pipeline.spool.Spool;
import io.medicloud.pipeline.spool.SpoolAccess;
import io.medicloud.pipeline.support.Media;
import io.medicloud.pipeline.support.PushSource;
import io.medicloud.pipeline.support.Recorded;
import io.medicloud.pipeline.support.ScriptedStore;
import io.medicloud.testdata.LeakGuard;
import io.medicloud.testdata.ScriptedDisk;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Streams into a store and onto a disk that do as the test says. */
abstract class PipelineScene {
    static final Duration PATIENCE = Duration.ofSeconds(20);
    static final SegmentPolicy TWO_SECONDS = SegmentPolicy.ofTarget(Duration.ofSeconds(2));
    static final byte[] MEDIA = Media.eightSeconds();
    static final byte[] FIRST_HALF = Arrays.copyOf(MEDIA, MEDIA.length / 2 / 188 * 188);
    static final byte[] SECOND_HALF = Arrays.copyOfRange(MEDIA, FIRST_HALF.length, MEDIA.length);

    @TempDir
    Path folder;

    final Recorded events = new Recorded();
    final LeakGuard buffers = new LeakGuard();
    final PushSource source = new PushSource(buffers.allocator());
    final ScriptedDisk disk = new ScriptedDisk();
    ScriptedStore store;
    Pipelines pipelines;

    @BeforeEach
    void open() throws Exception {
        store = new ScriptedStore(folder.resolve("store"));
        pipelines = newPipelines(Limits.DEFAULT);
    }

    Pipelines newPipelines(Limits limits) throws Exception {
        Spool spool = SpoolAccess.open(folder.resolve("spool"), limits.spool(), disk);
        return new Pipelines(spool, store, limits, events, () -> Instant.EPOCH);
    }

    void restart() throws Exception {
        pipelines.close(Duration.ZERO);
        pipelines = newPipelines(Limits.DEFAULT);
    }

    @AfterEach
    void close() throws Exception {
        disk.goOn();
        store.release();
        source.close();
        pipelines.close(Duration.ZERO);
        await().untilAsserted(() -> assertThat(buffers.live()).isZero());
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("spool-writer", "spool-sealer");
    }

    Pipeline start() throws Exception {
        return start(PipelineConfig.of("live", TWO_SECONDS));
    }

    Pipeline start(PipelineConfig config) throws Exception {
        Pipeline pipeline = pipelines.open(config);
        pipeline.start(source);
        return pipeline;
    }

    static PipelineEnd get(CompletionStage<PipelineEnd> end) throws Exception {
        return end.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    Path stored() {
        return folder.resolve("store/live");
    }

    Path spooled() {
        return folder.resolve("spool/live");
    }

    static byte[] concat(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
