// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import static io.medicloud.pipeline.support.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.medicloud.mpegts.segment.SegmentPolicy;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.pipeline.source.FileSource;
import io.medicloud.pipeline.source.Pace;
import io.medicloud.pipeline.source.PaceClock;
import io.medicloud.pipeline.spool.SpoolAccess;
import io.medicloud.pipeline.spool.SpoolLimits;
import io.medicloud.pipeline.store.DirectoryStore;
import io.medicloud.pipeline.store.MinioStore;
import io.medicloud.pipeline.store.SegmentStore;
import io.medicloud.pipeline.support.Media;
import io.medicloud.pipeline.support.Recorded;
import io.medicloud.pipeline.support.S3Server;
import io.medicloud.testdata.KeptBuffers;
import io.medicloud.testdata.LeakGuard;
import io.medicloud.testdata.PeerProgram;
import io.medicloud.testdata.ScriptedDisk;
import io.netty.buffer.ByteBufAllocator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole recordings, from a file to a store. */
class RecordingTest {
    private static final PipelineConfig CONFIG =
            PipelineConfig.of("recording", SegmentPolicy.ofTarget(Duration.ofSeconds(2)));

    @TempDir
    Path folder;

    private final Recorded events = new Recorded();

    private PipelineEnd record(Path file, SegmentStore store, ByteBufAllocator allocator) throws Exception {
        try (Pipelines pipelines =
                new Pipelines(folder.resolve("spool"), store, Limits.DEFAULT, events, () -> Instant.EPOCH)) {
            return record(pipelines, file, allocator);
        }
    }

    private static PipelineEnd record(Pipelines pipelines, Path file, ByteBufAllocator allocator) throws Exception {
        Pipeline pipeline = pipelines.open(CONFIG);
        pipeline.start(FileSource.of(file, Pace.FLAT_OUT, PaceClock.SYSTEM, allocator));
        return pipeline.ended().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private Path file(byte[] bytes) throws Exception {
        return Files.write(folder.resolve("in.ts"), bytes);
    }

    @Test
    void aFileEndsUpInABucketByteForByte() throws Exception {
        try (S3Server server = S3Server.start(folder.resolve("s3"));
                MinioStore store = new MinioStore(server.config());
                LeakGuard buffers = new LeakGuard()) {
            PipelineEnd end = record(file(Media.eightSeconds()), store, buffers.allocator());

            assertThat(end.failed()).isFalse();
            assertThat(end.leftInSpool()).isZero();
            assertThat(events.joined(server.bucket().resolve("recording"))).isEqualTo(Media.eightSeconds());
            events.checkOrder();
            assertThat(events.names()).containsSubsequence("Connected", "MediaFlowing", "Ended");
        }
    }

    @Test
    void notOneReceivedByteIsCopiedOnItsWayToTheFile() throws Exception {
        ScriptedDisk disk = new ScriptedDisk();
        try (KeptBuffers received = new KeptBuffers();
                DirectoryStore store = new DirectoryStore(folder.resolve("store"));
                Pipelines pipelines = new Pipelines(
                        SpoolAccess.open(folder.resolve("spool"), SpoolLimits.DEFAULT, disk),
                        store,
                        Limits.DEFAULT,
                        events,
                        () -> Instant.EPOCH)) {
            Path file = file(Media.eightSeconds());
            record(pipelines, file, received);

            long injected = events.sealed().stream()
                            .mapToLong(facts -> facts.injectedPackets())
                            .sum()
                    * 188;
            long inPlace = disk.written().stream()
                    .filter(piece -> received.holds(piece.address(), piece.bytes()))
                    .mapToLong(ScriptedDisk.Written::bytes)
                    .sum();
            long all = disk.written().stream()
                    .mapToLong(ScriptedDisk.Written::bytes)
                    .sum();
            assertThat(inPlace).isEqualTo(Files.size(file));
            assertThat(all - inPlace).as("copies of tables, put in front").isEqualTo(injected);
        }
    }

    @Test
    void aFileWaitsForASlowDiskInsteadOfLosingBytes() throws Exception {
        ScriptedDisk disk = new ScriptedDisk();
        SpoolLimits small = new SpoolLimits(SpoolLimits.LEAST, SpoolLimits.LEAST, 1, Duration.ofSeconds(1));
        Limits limits = Limits.DEFAULT.withSpool(small);
        byte[] media = Media.eightSeconds();
        byte[] longer = Arrays.copyOf(media, 3 * media.length);
        System.arraycopy(media, 0, longer, media.length, media.length);
        System.arraycopy(media, 0, longer, 2 * media.length, media.length);
        disk.stall();
        try (DirectoryStore store = new DirectoryStore(folder.resolve("store"));
                Pipelines pipelines = new Pipelines(
                        SpoolAccess.open(folder.resolve("spool"), small, disk),
                        store,
                        limits,
                        events,
                        () -> Instant.EPOCH)) {
            Pipeline pipeline = pipelines.open(CONFIG);
            pipeline.start(FileSource.of(file(longer), Pace.FLAT_OUT, PaceClock.SYSTEM, ByteBufAllocator.DEFAULT));
            await().until(() -> pipeline.stats().queuedBytes() >= small.mostQueuedBytes());
            disk.goOn();
            PipelineEnd end = pipeline.ended().toCompletableFuture().get(60, TimeUnit.SECONDS);

            assertThat(end.droppedBytes()).isZero();
            assertThat(events.joined(folder.resolve("store/recording"))).isEqualTo(longer);
        }
    }

    @Test
    void aFileOnAFullDiskFailsAndSaysSo() throws Exception {
        ScriptedDisk disk = new ScriptedDisk();
        disk.fillAfter(100_000);
        byte[] media = Media.eightSeconds();
        try (DirectoryStore store = new DirectoryStore(folder.resolve("store"));
                Pipelines pipelines = new Pipelines(
                        SpoolAccess.open(folder.resolve("spool"), SpoolLimits.DEFAULT, disk),
                        store,
                        Limits.DEFAULT,
                        events,
                        () -> Instant.EPOCH)) {
            Path file = Files.write(folder.resolve("long.ts"), new byte[0]);
            for (int i = 0; i < 20; i++) {
                Files.write(file, media, StandardOpenOption.APPEND);
            }
            PipelineEnd end = record(pipelines, file, ByteBufAllocator.DEFAULT);

            assertThat(end.failed()).isTrue();
            assertThat(end.reason()).contains("No space left on device");
            assertThat(events.of(StreamEvent.Failed.class)).hasSize(1);
        }
    }

    @Test
    void whatFfmpegMakesIsRecordedAsItIs() throws Exception {
        if (!PeerProgram.isInstalled("ffmpeg")) {
            assertThat(System.getenv("CI")).as("ffmpeg is missing").isNull();
            assumeTrue(false, "ffmpeg is not installed");
        }
        Path file = folder.resolve("ffmpeg.ts");
        PeerProgram.Result made = PeerProgram.run(
                Duration.ofSeconds(60),
                ("ffmpeg -v error -f lavfi -i testsrc2=s=320x180:r=25 -f lavfi -i sine -t 7 -c:v libx264 -preset ultrafast"
                                + " -bf 2 -g 50 -c:a aac -f mpegts " + file)
                        .split(" ", -1));
        assertThat(made.exitStatus()).as(made.err()).isZero();
        try (DirectoryStore store = new DirectoryStore(folder.resolve("store"))) {
            record(file, store, ByteBufAllocator.DEFAULT);
        }

        assertThat(events.joined(folder.resolve("store/recording"))).isEqualTo(Files.readAllBytes(file));
        assertThat(events.sealed()).hasSize(4).allMatch(facts -> facts.independent());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ey_80s_with_ad.ts",
                "mux_sintel_captions.ts",
                "shk_bframes.ts",
                "shk_hevc_main10.ts",
                "tsd_024_cc_errors.ts",
                "m3_with_junk.ts"
            })
    void aRealStreamIsRecordedWholePacketForWholePacket(String name) throws Exception {
        String samples = System.getenv("MEDICLOUD_SAMPLES");
        assumeTrue(samples != null, "MEDICLOUD_SAMPLES is not set");
        Path file = Path.of(samples).resolve(name);
        try (DirectoryStore store = new DirectoryStore(folder.resolve("store"))) {
            record(file, store, ByteBufAllocator.DEFAULT);
        }

        byte[] joined = events.joined(folder.resolve("store/recording"));
        byte[] input = Files.readAllBytes(file);
        if (List.of("tsd_024_cc_errors.ts", "m3_with_junk.ts").contains(name)) {
            assertThat(joined.length % 188).isZero();
            assertThat(joined.length).isBetween(input.length * 9 / 10, input.length);
        } else {
            assertThat(joined).isEqualTo(Arrays.copyOf(input, input.length / 188 * 188));
        }
        events.checkOrder();
    }
}
