// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import io.medicloud.mpegts.psi.SpliceInfo;
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
import org.jspecify.annotations.Nullable;

/** Writes segments to files: gathering writes of the buffers that were read. One thread. Failures are {@link UncheckedIOException}s. */
final class SegmentFiles implements SegmentSink, AutoCloseable {
    private static final int MOST_SPLICES = 1000;

    private final Path folder;
    private final String pattern;
    private final Sealed sealed;
    private final List<Json> splices = new ArrayList<>();
    private final List<MediaPlaylist.Segment> segments = new ArrayList<>();
    private final List<ByteBuf> pending = new ArrayList<>();
    private @Nullable FileChannel file;
    private long firstSequence;

    /** Is told of each file. */
    interface Sealed {
        /** It is complete; {@code splices} is the splice information that came while it was open. */
        void onSealed(String name, SegmentFacts facts, List<Json> splices);
    }

    /**
     * @param pattern of the files' names, with one {@code %d} for the number
     * @param sealed is told each file's name and facts
     */
    SegmentFiles(Path folder, String pattern, Sealed sealed) {
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
    }

    @Override
    public void onSegmentEnd(SegmentFacts facts) {
        write();
        close();
        String name = name(facts.sequence());
        segments.add(new MediaPlaylist.Segment(
                name, Math.max(0, facts.durationTicks()), facts.discontinuity(), facts.independent()));
        sealed.onSealed(name, facts, splices);
        splices.clear();
    }

    @Override
    public void onSplice(int pid, long packet, SpliceInfo splice) {
        if (splices.size() < MOST_SPLICES) {
            splices.add(SpliceText.json(pid, packet, splice));
        }
    }

    /** Everything that was written, as a playlist. */
    MediaPlaylist playlist() {
        return MediaPlaylist.vod(firstSequence, segments);
    }

    boolean isEmpty() {
        return segments.isEmpty();
    }

    private String name(long sequence) {
        return String.format(Locale.ROOT, pattern, sequence);
    }

    /** Writes what was taken: releases the buffers that it lies in. */
    void write() {
        if (pending.isEmpty()) {
            return;
        }
        FileChannel out = file;
        try {
            if (out != null) {
                writeAll(out, pendingBytes());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            pending.forEach(ByteBuf::release);
            pending.clear();
        }
    }

    private ByteBuffer[] pendingBytes() {
        ByteBuffer[] buffers = new ByteBuffer[pending.size()];
        for (int i = 0; i < buffers.length; i++) {
            buffers[i] = pending.get(i).nioBuffer();
        }
        return buffers;
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
