// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.mpegts.segment.SegmentPolicy;
import io.medicloud.mpegts.segment.SegmentSink;
import io.medicloud.mpegts.segment.Segmenter;
import io.medicloud.pipeline.store.DirectoryStore;
import io.medicloud.testdata.SyntheticEncoder;
import io.medicloud.testdata.SyntheticStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VerifierTest {
    @TempDir
    private Path directory;

    private Path sent;
    private Path segments;

    @BeforeEach
    void cutsAStream() throws IOException {
        byte[] stream = new SyntheticEncoder(SyntheticStream.DEFAULT).generate(Duration.ofSeconds(13));
        sent = Files.write(directory.resolve("sent.ts"), stream);
        segments = Files.createDirectories(directory.resolve("bucket/demo"));
        Segmenter segmenter = new Segmenter(SegmentPolicy.ofTarget(Duration.ofSeconds(4)), new ToFiles());
        ByteBuf data = Unpooled.wrappedBuffer(stream);
        segmenter.onData(data, 0);
        segmenter.finish();
    }

    @Test
    void whatIsRightIsRight() throws IOException {
        Verification found = verify();

        assertThat(found.faults()).isEmpty();
        assertThat(found.segments()).isEqualTo(4);
        assertThat(found.sentBytes()).isEqualTo(Files.size(sent));
        assertThat(found.storedBytes()).isEqualTo(found.sentBytes() + 188 * found.injectedPackets());
        assertThat(found.seconds()).isBetween(12.9, 13.1);
    }

    @Test
    void oneBitThatIsWrongIsFound() throws IOException {
        byte[] bytes = Files.readAllBytes(segment(2));
        bytes[bytes.length / 2] ^= 1;
        Files.write(segment(2), bytes);

        assertThat(verify().faults())
                .anyMatch(fault -> fault.startsWith("demo/segment_0002.ts: does not hold what was sent"))
                .noneMatch(fault -> fault.startsWith("demo/segment_0003.ts"));
    }

    @Test
    void aPacketThatIsMissingIsFound() throws IOException {
        byte[] bytes = Files.readAllBytes(segment(3));
        Files.write(segment(3), Arrays.copyOf(bytes, bytes.length - 188));

        assertThat(verify().isRight()).isFalse();
    }

    @Test
    void anObjectThatIsMissingIsFound() throws IOException {
        Files.delete(segment(2));

        assertThat(verify().faults()).anyMatch(fault -> fault.startsWith("demo/segment_0002.ts is missing"));
    }

    @Test
    void anObjectThatIsEmptyIsFound() throws IOException {
        Files.write(segment(1), new byte[0]);

        assertThat(verify().isRight()).isFalse();
    }

    @Test
    void aLastSegmentThatIsMissingIsFound() throws IOException {
        Files.delete(segment(4));

        assertThat(verify().faults()).anyMatch(fault -> fault.contains("bytes of what was sent are in no segment"));
    }

    @Test
    void aCutThatIsNotAtAKeyframeIsFound() throws IOException {
        byte[] second = Files.readAllBytes(segment(2));
        byte[] first = Files.readAllBytes(segment(1));
        int moved = 188 * 20;
        ByteArrayOutputStream longer = new ByteArrayOutputStream();
        longer.write(first);
        longer.write(second, 0, moved);
        Files.write(segment(1), longer.toByteArray());
        Files.write(segment(2), Arrays.copyOfRange(second, moved, second.length));

        assertThat(verify().faults())
                .anyMatch(fault -> fault.startsWith("demo/segment_0002.ts: its keyframe stands behind"));
    }

    private Verification verify() throws IOException {
        try (DirectoryStore store = new DirectoryStore(directory.resolve("bucket"))) {
            return Verifier.verify(sent, store, "demo");
        }
    }

    private Path segment(int number) {
        return segments.resolve("segment_000" + number + ".ts");
    }

    private final class ToFiles implements SegmentSink {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public void onSegmentStart(long sequence) {
            bytes.reset();
        }

        @Override
        public void takePackets(ByteBuf packets) {
            try {
                packets.readBytes(bytes, packets.readableBytes());
            } catch (IOException e) {
                throw new AssertionError(e);
            } finally {
                packets.release();
            }
        }

        @Override
        public void onSegmentEnd(SegmentFacts facts) {
            try {
                Files.write(segment((int) facts.sequence()), bytes.toByteArray());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }
}
