// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.segment.SegmentFacts;
import io.medicloud.mpegts.segment.SegmentSink;
import io.medicloud.pipeline.playlist.MediaPlaylist;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Writes segments to files: gathering writes of the buffers that were read. One thread. Failures are {@link UncheckedIOException}s. */
final class SegmentFiles implements SegmentSink, AutoCloseable {
    private static final int MOST_PENDING_BYTES = 512 << 10;
    private static final int MOST_PENDING_BUFFERS = 256;

    private final Path folder;
    private final String pattern;
    private final BiConsumer<String, SegmentFacts> sealed;
    private final List<MediaPlaylist.Segment> segments = new ArrayList<>();
    private final List<ByteBuf> pending = new ArrayList<>();
    private int pendingBytes;
    private @Nullable FileChannel file;
    private long firstSequence;

    /**
     * @param pattern of the files' names, with one {@code %d} for the number
     * @param sealed is told each file's name and facts
     */
    SegmentFiles(Path folder, String pattern, BiConsumer<String, SegmentFacts> sealed) {
        this.folder = folder;
        this.pattern = pattern;
        this.sealed = sealed;
    }

    @Override
    public void onSegmentStart(long sequence) {
        if (segments.isEmpty()) {
            firstSequence = sequence;
        }
        try {
            file = FileChannel.open(
                    folder.resolve(name(sequence)),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void takePackets(ByteBuf packets) {
        pending.add(packets);
        pendingBytes += packets.readableBytes();
        if (pendingBytes >= MOST_PENDING_BYTES || pending.size() >= MOST_PENDING_BUFFERS) {
            write();
        }
    }

    @Override
    public void onSegmentEnd(SegmentFacts facts) {
        write();
        close();
        String name = name(facts.sequence());
        segments.add(new MediaPlaylist.Segment(
                name, Math.max(0, facts.durationTicks()), facts.discontinuity(), facts.independent()));
        sealed.accept(name, facts);
    }

    /** Everything that was written, as a playlist. */
    MediaPlaylist playlist() {
        return MediaPlaylist.vod(firstSequence, segments);
    }

    boolean isEmpty() {
        return segments.isEmpty();
    }

    /** For people. */
    static String row(String name, SegmentFacts facts) {
        return String.format(
                Locale.ROOT,
                "%s  %9.3f s  %,12d bytes%s%s",
                name,
                facts.durationSeconds(),
                facts.bytes(),
                facts.independent() ? "" : "  not independent",
                facts.discontinuity() ? "  discontinuity" : "");
    }

    /** As {@code segment --json} prints it. */
    static String json(String name, SegmentFacts facts) {
        return Json.object()
                .put("sequence", facts.sequence())
                .put("file", name)
                .put("bytes", facts.bytes())
                .put("packets", facts.packets())
                .put("injectedPackets", facts.injectedPackets())
                .put("startPacket", facts.startPacket())
                .put("startPts", facts.startPts() == Pts.NONE ? null : facts.startPts())
                .put("durationSeconds", facts.durationSeconds(), 6)
                .put("independent", facts.independent())
                .put("discontinuity", facts.discontinuity())
                .put("errors", Json.object().put("continuity", facts.continuityErrors()))
                .text();
    }

    private String name(long sequence) {
        return String.format(Locale.ROOT, pattern, sequence);
    }

    private void write() {
        if (pending.isEmpty()) {
            return;
        }
        FileChannel out = file;
        try {
            if (out != null) {
                writeAll(out, pending.stream().map(ByteBuf::nioBuffer).toArray(ByteBuffer[]::new));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            pending.forEach(ByteBuf::release);
            pending.clear();
            pendingBytes = 0;
        }
    }

    private static void writeAll(FileChannel out, ByteBuffer[] buffers) throws IOException {
        int first = 0;
        while (first < buffers.length) {
            out.write(buffers, first, buffers.length - first);
            while (first < buffers.length && !buffers[first].hasRemaining()) {
                first++;
            }
        }
    }

    @Override
    public void close() {
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            file = null;
        }
    }
}
