// SPDX-License-Identifier: Apache-2.0
import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.mpegts.segment.SegmentPolicy;
import io.medicloud.mpegts.segment.SegmentSink;
import io.medicloud.mpegts.segment.Segmenter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/** mpegts: cuts a transport stream into files of six seconds or a little more, each of which begins with a keyframe. SegmentFile INPUT.ts FOLDER. */
public final class SegmentFile {
    private static final int PIECE = 1 << 20;

    private SegmentFile() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Files.createDirectories(Path.of(arguments[1]));
        Segmenter segmenter = new Segmenter(SegmentPolicy.ofTarget(Duration.ofSeconds(6)), new IntoFiles(folder));
        try (FileChannel in = FileChannel.open(Path.of(arguments[0]))) {
            boolean more = true;
            while (more) {
                // A new one each time: the segmenter keeps slices of it until they are written.
                ByteBuf piece = ByteBufAllocator.DEFAULT.directBuffer(PIECE);
                try {
                    more = piece.writeBytes(in, PIECE) >= 0;
                    segmenter.onData(piece, 0);
                } finally {
                    piece.release();
                }
            }
        }
        segmenter.finish();
    }

    private static final class IntoFiles implements SegmentSink {
        private final Path folder;
        private FileChannel out;

        IntoFiles(Path folder) {
            this.folder = folder;
        }

        @Override
        public void onSegmentStart(long sequence) {
            try {
                out = FileChannel.open(
                        folder.resolve(String.format("segment_%04d.ts", sequence)),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void takePackets(ByteBuf packets) {
            try {
                while (packets.isReadable()) {
                    packets.readBytes(out, packets.readableBytes());
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                packets.release(); // Given, not lent.
            }
        }

        @Override
        public void onSegmentEnd(SegmentFacts facts) {
            try {
                out.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            System.out.printf(
                    "segment %d: %.3f s, %d bytes%s%n",
                    facts.sequence(), facts.durationSeconds(), facts.bytes(), facts.independent() ? "" : ", not independent");
        }
    }
}
