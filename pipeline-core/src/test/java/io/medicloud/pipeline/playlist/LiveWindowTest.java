// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.playlist;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.mpegts.segment.SegmentPolicy;
import io.medicloud.mpegts.segment.SegmentSink;
import io.medicloud.mpegts.segment.Segmenter;
import io.medicloud.pipeline.spool.SealedSegment;
import io.medicloud.pipeline.spool.SegmentName;
import io.medicloud.pipeline.timeline.Place;
import io.medicloud.pipeline.timeline.Places;
import io.medicloud.testdata.SyntheticEncoder;
import io.medicloud.testdata.SyntheticStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stream that grows, seen by those who play it as it comes. */
class LiveWindowTest {
    private static final SegmentPolicy POLICY = SegmentPolicy.ofTarget(Duration.ofSeconds(4));
    private static final int WARM_UP = 10;
    private static final int MANY = 20;
    private static final long MOST_A_SEGMENT = 64 << 10;

    @TempDir
    Path folder;

    /** What the worker is to do; it is kept from it at the ends of segments, where parts are to be found late. */
    private final Deque<Runnable> tasks = new ArrayDeque<>();

    private boolean isBusy;

    private final LiveWindow window =
            new LiveWindow("live", List.of(), sequence -> FileChannel.open(file(sequence)), this::work, () -> 0);
    private final List<PlaylistRules> seen = new ArrayList<>();

    private void work(Runnable task) {
        tasks.add(task);
        while (!isBusy && !tasks.isEmpty()) {
            tasks.remove().run();
        }
    }

    private Path file(long sequence) {
        return folder.resolve(SegmentName.of(sequence));
    }

    /** Writes segments as the spool does, in pieces, and looks at the playlist after each. */
    private class Writer implements SegmentSink {
        private static final long START_MS = 1_800_000_000_000L;

        private final Places places;
        private final int late;
        private long busySince;
        private long sequence;
        private long ticks;
        private long written;

        Writer(SegmentPolicy policy) {
            this(policy, 0);
        }

        /** @param late a segment's last parts are looked for when it is sealed, and so many others have begun */
        Writer(SegmentPolicy policy, int late) {
            this.late = late;
            int target = Presentation.targetSeconds(policy.longest().toMillis());
            this.places = new Places(Place.NONE, 0, true, target);
        }

        @Override
        public void onSegmentStart(long number) {
            sequence = number;
            written = 0;
            window.onOpened(number, places.open(START_MS + ticks / 90));
            // Its parts may be looked for before its file is made.
            window.onWritten();
        }

        @Override
        public void takePackets(ByteBuf packets) {
            byte[] bytes = new byte[packets.readableBytes()];
            packets.readBytes(bytes);
            packets.release();
            try {
                Files.write(file(sequence), bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            written += bytes.length;
            window.onWritten();
            look();
            if (isBusy && sequence >= busySince + late && written > 100 * 188) {
                isBusy = false;
                work(() -> {});
                look();
            }
        }

        @Override
        public void onDiscontinuity() {
            places.onBreak();
        }

        @Override
        public void onSegmentEnd(SegmentFacts facts) {
            ticks += facts.durationTicks();
            Place place = places.close(facts.durationTicks());
            if (late > 0 && !isBusy) {
                isBusy = true;
                busySince = sequence;
            }
            window.onClosed(facts, written, place);
            look();
            seal(new SealedSegment("live", facts, file(sequence), "live/" + SegmentName.of(sequence), false, place));
            look();
        }

        void seal(SealedSegment segment) {
            window.onSealed(segment, Instant.EPOCH);
        }
    }

    private void look() {
        MediaPlaylist playlist = window.snapshot().playlist();
        if (playlist == null) {
            return;
        }
        PlaylistRules now = new PlaylistRules(PlaylistWriter.write(playlist));
        assertThat(now.violations).isEmpty();
        if (!seen.isEmpty()) {
            assertThat(now.since(seen.get(seen.size() - 1))).isEmpty();
        }
        seen.add(now);
    }

    private static void play(byte[] stream, Segmenter segmenter) {
        for (int at = 0; at < stream.length; at += 7 * 188) {
            ByteBuf data = Unpooled.copiedBuffer(Arrays.copyOfRange(stream, at, Math.min(stream.length, at + 7 * 188)));
            segmenter.onData(data, 0);
            data.release();
        }
    }

    private static byte[] stream(int seconds) {
        return new SyntheticEncoder(SyntheticStream.DEFAULT).generate(Duration.ofSeconds(seconds));
    }

    /** A window has as many segments as are kept; what reads one is a demultiplexer with tables for all PIDs. */
    @Test
    void aSegmentThatNobodyReadsCostsLittle() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Places places = new Places(Place.NONE, 0, true, 4);
        for (int i = 0; i < WARM_UP; i++) {
            window.onOpened(i, places.open(Writer.START_MS));
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = WARM_UP; i < WARM_UP + MANY; i++) {
            window.onOpened(i, places.open(Writer.START_MS));
        }
        assertThat((threads.getCurrentThreadAllocatedBytes() - before) / MANY).isLessThan(MOST_A_SEGMENT);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void everyPlaylistKeepsTheRulesAndThePartsAreTheSegments(int late) throws Exception {
        window.snapshot();
        Segmenter segmenter = new Segmenter(POLICY, new Writer(POLICY, late));
        play(stream(18), segmenter);
        segmenter.onDiscontinuity();
        play(stream(9), segmenter);
        segmenter.finish();
        isBusy = false;
        work(() -> {});

        assertThat(seen).hasSizeGreaterThan(60);
        long last = window.snapshot().lastSequence();
        assertThat(last).isGreaterThanOrEqualTo(7);
        for (long sequence = 1; sequence <= last; sequence++) {
            ByteArrayOutputStream joined = new ByteArrayOutputStream();
            byte[] whole = Files.readAllBytes(file(sequence));
            LivePart part = window.part(sequence, 0);
            assertThat(part).isNotNull();
            assertThat(part.independent()).isTrue();
            for (int index = 0; part != null; part = window.part(sequence, ++index)) {
                assertThat(part.offset()).isEqualTo(joined.size());
                joined.write(whole, (int) part.offset(), (int) part.bytes());
            }
            assertThat(joined.toByteArray()).isEqualTo(whole);
        }
        MediaPlaylist playlist = window.snapshot().playlist();
        assertThat(playlist).isNotNull();
        assertThat(PlaylistWriter.write(playlist)).containsOnlyOnce("#EXT-X-DISCONTINUITY\n");
    }

    @Test
    void aSegmentIsListedWhenItIsWrittenWhateverTheDiskDoes() {
        window.snapshot();
        Segmenter segmenter = new Segmenter(POLICY, new Writer(POLICY) {
            @Override
            void seal(SealedSegment segment) {}
        });
        play(stream(14), segmenter);

        LiveSnapshot now = window.snapshot();
        assertThat(now.lastSequence()).isEqualTo(3);
        assertThat(now.openParts()).isPositive();
        assertThat(window.isWritten(3)).isTrue();
        assertThat(window.isWritten(4)).isFalse();
    }

    @Test
    void whoAsksForWhatIsNotThereYetIsAnsweredWhenItIs() {
        window.snapshot();
        Segmenter segmenter = new Segmenter(POLICY, new Writer(POLICY));
        byte[] all = stream(12);
        play(Arrays.copyOf(all, all.length / 2 / 188 * 188), segmenter);
        LiveSnapshot now = window.snapshot();
        assertThat(now.lastSequence()).isEqualTo(1);
        assertThat(now.openParts()).isPositive();
        assertThat(now.has(2, now.openParts() - 1)).isTrue();
        assertThat(now.has(1, 99))
                .as("a part behind the last is the first of the next")
                .isTrue();
        assertThat(now.isTooFar(2, now.openParts() + 5)).isFalse();
        assertThat(now.isTooFar(2, now.openParts() + 6)).isTrue();
        assertThat(now.isTooFar(3, 0)).isFalse();
        assertThat(now.isTooFar(4, 0)).isTrue();

        CompletableFuture<LiveSnapshot> part = window.await(2, now.openParts());
        CompletableFuture<LiveSnapshot> segment = window.await(2, -1);
        CompletableFuture<LiveSnapshot> forEver = window.await(9, 0);
        assertThat(part).isNotNull().isNotDone();
        play(Arrays.copyOfRange(all, all.length / 2 / 188 * 188, all.length), segmenter);
        assertThat(part).isCompletedWithValueMatching(found -> found.has(2, now.openParts()));
        assertThat(segment).isCompletedWithValueMatching(found -> found.lastSequence() == 2);
        assertThat(forEver).isNotDone();

        segmenter.finish();
        window.close();
        assertThat(forEver).isCompleted();
    }

    @Test
    void aDeltaLeavesOutWhatIsFarFromTheEnd() {
        window.snapshot();
        SegmentPolicy seconds = SegmentPolicy.ofTarget(Duration.ofSeconds(1));
        Segmenter segmenter = new Segmenter(seconds, new Writer(seconds));
        play(
                new SyntheticEncoder(SyntheticStream.DEFAULT.withGop(Duration.ofSeconds(1)))
                        .generate(Duration.ofSeconds(30)),
                segmenter);
        MediaPlaylist playlist = window.snapshot().playlist();
        assertThat(playlist).isNotNull();

        String delta = PlaylistWriter.writeDelta(playlist, "");
        PlaylistRules whole = new PlaylistRules(PlaylistWriter.write(playlist));
        PlaylistRules rest = new PlaylistRules(delta);

        assertThat(rest.violations).isEmpty();
        assertThat(delta).contains("#EXT-X-SKIP:SKIPPED-SEGMENTS=");
        assertThat(whole.entries.subList(whole.entries.size() - rest.entries.size(), whole.entries.size()))
                .isEqualTo(rest.entries);
        segmenter.finish();
    }
}
