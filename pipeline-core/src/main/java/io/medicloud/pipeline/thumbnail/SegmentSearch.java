// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.thumbnail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Looks for the keyframe in one segment's file while that grows. Not thread-safe. */
final class SegmentSearch {
    /** What a look has brought. */
    enum Result {
        /** There may be more at once. */
        MORE,
        /** Nothing more for now. */
        LATER,
        /** The keyframe is there whole. */
        FOUND,
        /** There is none, and will be none. */
        NONE
    }

    /** A file that is not there after so many looks has gone already. */
    private static final int MOST_MISSES = 50;

    private static final int MOST_AT_ONCE = 4;

    final StreamPictures stream;
    final String streamId;
    final long sequence;
    private final Path part;
    private final Path file;
    private final KeyframeSearch search;
    private @Nullable FileChannel channel;
    private int misses;
    /** The next segment has begun: this one does not grow any more. */
    private boolean isOver;

    private String reason = "";

    SegmentSearch(String streamId, StreamPictures stream, long sequence, Path part, Path file, int mostBytes) {
        this.streamId = streamId;
        this.stream = stream;
        this.sequence = sequence;
        this.part = part;
        this.file = file;
        this.search = new KeyframeSearch(mostBytes);
    }

    void onNextBegun() {
        isOver = true;
    }

    /** Reads on. */
    Result look(byte[] buffer) throws IOException {
        FileChannel in = channel == null ? open() : channel;
        if (in == null) {
            misses++;
            return misses < MOST_MISSES ? Result.LATER : none("its segment was gone before its keyframe was found");
        }
        // Before it is read: what is read behind that is all there is.
        boolean isWhole = isOver || !Files.exists(part);
        for (int i = 0; i < MOST_AT_ONCE; i++) {
            int length = in.read(ByteBuffer.wrap(buffer));
            if (length <= 0) {
                return isWhole ? atEnd() : Result.LATER;
            }
            search.onData(buffer, length);
            String hopeless = search.hopeless();
            if (search.found() != null) {
                return Result.FOUND;
            }
            if (hopeless != null) {
                return none(hopeless);
            }
        }
        return Result.MORE;
    }

    private Result atEnd() {
        search.finish();
        return search.found() == null ? none(search.missing()) : Result.FOUND;
    }

    private Result none(String why) {
        reason = why;
        return Result.NONE;
    }

    @Nullable
    Keyframe keyframe() {
        return search.found();
    }

    /** Why there is none. */
    String reason() {
        return reason;
    }

    /** Whether that holds for the stream, not for this segment alone. */
    boolean isHopeless() {
        return search.hopeless() != null;
    }

    private @Nullable FileChannel open() throws IOException {
        for (Path place : new Path[] {part, file}) {
            channel = openIfThere(place);
            if (channel != null) {
                return channel;
            }
        }
        return null;
    }

    private static @Nullable FileChannel openIfThere(Path place) throws IOException {
        try {
            return FileChannel.open(place, StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    void close() throws IOException {
        search.close();
        if (channel != null) {
            channel.close();
        }
    }
}
