// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.packet.Pts;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Cuts a file into segments, facts as JSON lines, and a playlist: {@code SegmentFile INPUT OUT JSONLINES SECONDS}. What the outside checks of segments
 * are run on.
 */
final class SegmentFile implements SegmentSink {
    private static final int PIECE = 64 << 10;

    private final Path folder;
    private final List<SegmentFacts> facts = new ArrayList<>();
    private OutputStream out = OutputStream.nullOutputStream();

    private SegmentFile(Path folder) {
        this.folder = folder;
    }

    public static void main(String[] args) throws IOException {
        Duration target = Duration.ofMillis(Math.round(Double.parseDouble(args[3]) * 1000));
        Files.writeString(Path.of(args[2]), cut(Path.of(args[0]), Path.of(args[1]), SegmentPolicy.ofTarget(target)));
    }

    /** Writes the segments and the playlist; returns the JSON lines. */
    static String cut(Path input, Path folder, SegmentPolicy policy) throws IOException {
        Files.createDirectories(folder);
        SegmentFile sink = new SegmentFile(folder);
        Segmenter segmenter = new Segmenter(policy, sink);
        try (FileChannel channel = FileChannel.open(input, StandardOpenOption.READ)) {
            int read = 0;
            while (read >= 0) {
                ByteBuf piece = PooledByteBufAllocator.DEFAULT.directBuffer(PIECE);
                read = piece.writeBytes(channel, PIECE);
                segmenter.onData(piece, 0);
                piece.release();
            }
        }
        segmenter.finish();
        Files.writeString(folder.resolve("index.m3u8"), sink.playlist());
        StringBuilder lines = new StringBuilder();
        sink.facts.forEach(fact -> lines.append(json(fact)).append('\n'));
        return lines.toString();
    }

    @Override
    public void onSegmentStart(long sequence) {
        try {
            out = Files.newOutputStream(folder.resolve(name(sequence)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void takePackets(ByteBuf packets) {
        try {
            packets.readBytes(out, packets.readableBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            packets.release();
        }
    }

    @Override
    public void onSegmentEnd(SegmentFacts fact) {
        facts.add(fact);
        try {
            out.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String playlist() {
        long longest = facts.stream()
                .mapToLong(f -> Math.round(f.durationSeconds()))
                .max()
                .orElse(0);
        StringBuilder text = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-PLAYLIST-TYPE:VOD\n");
        text.append("#EXT-X-TARGETDURATION:").append(longest).append('\n');
        text.append("#EXT-X-MEDIA-SEQUENCE:1\n");
        for (SegmentFacts fact : facts) {
            text.append(fact.discontinuity() && fact.sequence() > 1 ? "#EXT-X-DISCONTINUITY\n" : "");
            text.append(
                    String.format(Locale.ROOT, "#EXTINF:%.6f,%n%s%n", fact.durationSeconds(), name(fact.sequence())));
        }
        return text.append("#EXT-X-ENDLIST\n").toString();
    }

    private static String json(SegmentFacts fact) {
        return String.format(
                Locale.ROOT,
                "{\"sequence\": %d, \"file\": \"%s\", \"bytes\": %d, \"packets\": %d, \"injectedPackets\": %d, \"startPacket\": %d,"
                        + " \"startPts\": %s, \"durationSeconds\": %.6f, \"independent\": %b, \"discontinuity\": %b,"
                        + " \"errors\": {\"continuity\": %d}}",
                fact.sequence(),
                name(fact.sequence()),
                fact.bytes(),
                fact.packets(),
                fact.injectedPackets(),
                fact.startPacket(),
                fact.startPts() == Pts.NONE ? "null" : Long.toString(fact.startPts()),
                fact.durationSeconds(),
                fact.independent(),
                fact.discontinuity(),
                fact.continuityErrors());
    }

    private static String name(long sequence) {
        return String.format(Locale.ROOT, "segment_%04d.ts", sequence);
    }
}
