// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.source;

import static io.medicloud.pipeline.support.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.pipeline.support.Media;
import io.medicloud.testdata.LeakGuard;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSourceTest {
    private static final byte[] MEDIA = Media.eightSeconds();

    @TempDir
    Path folder;

    private final LeakGuard buffers = new LeakGuard();
    private final Virtual clock = new Virtual();
    private final Recorder recorder = new Recorder();

    @AfterEach
    void close() {
        buffers.close();
    }

    /** Sleeping takes no time, but the clock goes on. */
    private static final class Virtual implements PaceClock {
        private volatile long nowUs = 1_000_000;

        @Override
        public long nowUs() {
            return nowUs;
        }

        @Override
        public void sleepUntil(long dueUs) {
            nowUs = Math.max(nowUs, dueUs);
        }
    }

    private static final class Recorder implements SourceSink {
        final List<String> told = new CopyOnWriteArrayList<>();
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final List<long[]> arrivals = new CopyOnWriteArrayList<>();

        @Override
        public void onConnected(String peer, long nowUs) {
            told.add("connected " + peer);
        }

        @Override
        public void onData(ByteBuf data, long nowUs) {
            arrivals.add(new long[] {bytes.size(), nowUs});
            bytes.writeBytes(ByteBufUtil.getBytes(data));
        }

        @Override
        public void onBatchEnd(long nowUs) {}

        @Override
        public void onDisconnected(String reason, long nowUs) {
            told.add("disconnected " + reason);
        }

        @Override
        public void onEnd(String reason) {
            told.add("end: " + reason);
        }

        @Override
        public void onFailure(String reason) {
            told.add("failure: " + reason);
        }

        void awaitOver() {
            await().until(() -> told.stream().anyMatch(t -> t.startsWith("end") || t.startsWith("failure")));
        }
    }

    private Path file(byte[] bytes) throws Exception {
        return Files.write(folder.resolve("in.ts"), bytes);
    }

    private void readAll(Path file, Pace pace) {
        FileSource.of(file, pace, clock, buffers.allocator()).start(recorder);
        recorder.awaitOver();
    }

    @Test
    void flatOutTheWholeFileArrivesAsItIs() throws Exception {
        Path file = file(MEDIA);
        readAll(file, Pace.FLAT_OUT);

        assertThat(recorder.bytes.toByteArray()).isEqualTo(MEDIA);
        assertThat(recorder.told).containsExactly("connected " + file, "end: end of " + file);
        assertThat(clock.nowUs()).isEqualTo(1_000_000);
    }

    @Test
    void pacedTheLastByteLeavesWhenItsClockReferenceSays() throws Exception {
        readAll(file(MEDIA), Pace.PCR);

        assertThat(recorder.bytes.toByteArray()).isEqualTo(MEDIA);
        assertThat(clock.nowUs() - 1_000_000).isBetween(7_800_000L, 8_100_000L);
        long[] middle = recorder.arrivals.stream()
                .filter(arrival -> arrival[0] >= MEDIA.length / 2)
                .findFirst()
                .orElseThrow();
        assertThat(middle[1] - 1_000_000).isBetween(3_000_000L, 5_000_000L);
        assertThat(recorder.arrivals).as("a piece at most per clock reference").hasSizeBetween(80, 500);
    }

    @Test
    void pacedBytesBeforeAndBehindTheStreamArriveToo() throws Exception {
        byte[] odd = new byte[MEDIA.length + 100 + 77];
        System.arraycopy(MEDIA, 0, odd, 100, MEDIA.length);
        readAll(file(odd), Pace.PCR);

        assertThat(recorder.bytes.toByteArray()).isEqualTo(odd);
    }

    @Test
    void pacedTimeGoesOnFromAJumpOfTheClock() throws Exception {
        byte[] twice = new byte[2 * MEDIA.length];
        System.arraycopy(MEDIA, 0, twice, 0, MEDIA.length);
        System.arraycopy(MEDIA, 0, twice, MEDIA.length, MEDIA.length);
        readAll(file(twice), Pace.PCR);

        assertThat(recorder.bytes.toByteArray()).isEqualTo(twice);
        assertThat(clock.nowUs() - 1_000_000).isBetween(15_600_000L, 16_200_000L);
    }

    @Test
    void aMissingFileIsAFailureThatNamesIt() {
        readAll(folder.resolve("missing.ts"), Pace.FLAT_OUT);

        assertThat(recorder.told).containsExactly("failure: " + folder.resolve("missing.ts") + ": no such file");
    }

    @Test
    void aFolderIsAFailureToo() {
        readAll(folder, Pace.FLAT_OUT);

        assertThat(recorder.told.get(recorder.told.size() - 1)).startsWith("failure: cannot read " + folder);
    }

    @Test
    void anEmptyFileHasAnEndAndNothingElse() throws Exception {
        Path file = file(new byte[0]);
        readAll(file, Pace.PCR);

        assertThat(recorder.told).containsExactly("connected " + file, "end: end of " + file);
        assertThat(recorder.arrivals).isEmpty();
    }

    @Test
    void closingEndsAWaitForAClockReference() throws Exception {
        CountDownLatch asleep = new CountDownLatch(1);
        PaceClock stopped = new PaceClock() {
            @Override
            public long nowUs() {
                return 0;
            }

            @Override
            public void sleepUntil(long dueUs) throws InterruptedException {
                asleep.countDown();
                new CountDownLatch(1).await();
            }
        };
        FileSource source = FileSource.of(file(MEDIA), Pace.PCR, stopped, buffers.allocator());
        source.start(recorder);
        asleep.await();
        source.close();
        recorder.awaitOver();

        assertThat(recorder.told).endsWith("end: closed");
    }
}
