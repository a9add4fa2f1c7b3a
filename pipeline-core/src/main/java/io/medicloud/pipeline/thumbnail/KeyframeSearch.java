// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.thumbnail;

import io.medicloud.mpegts.demux.DemuxSink;
import io.medicloud.mpegts.demux.Program;
import io.medicloud.mpegts.demux.TsDemuxer;
import io.medicloud.mpegts.psi.ElementaryStream;
import io.medicloud.mpegts.psi.Pat;
import io.medicloud.mpegts.psi.StreamType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds the first keyframe of the first H.264 stream in a segment, from its bytes as they come. Not thread-safe. */
final class KeyframeSearch implements AutoCloseable {
    private final PictureFinder pictures;
    private final TsDemuxer demuxer;
    private byte[] piece = new byte[0];
    private int pid = -1;
    private int announced = Integer.MAX_VALUE;
    private String others = "";

    /** @param mostBytes the most that a keyframe may have */
    KeyframeSearch(int mostBytes) {
        this.pictures = new PictureFinder(mostBytes);
        this.demuxer = new TsDemuxer(new Sink());
    }

    /** The next bytes of the segment. */
    void onData(byte[] data, int length) {
        ByteBuf view = Unpooled.wrappedBuffer(data, 0, length);
        demuxer.onData(view);
        view.release();
    }

    /** The segment is at its end. */
    void finish() {
        demuxer.finish();
        pictures.finish();
    }

    /** Nothing more comes: releases what is held of it. */
    @Override
    public void close() {
        demuxer.finish();
    }

    /** The keyframe, once it is there whole. */
    @Nullable
    Keyframe found() {
        return pictures.found();
    }

    /** Why the segment has no picture however long it gets, in a few words; null if it may have. */
    @Nullable
    String hopeless() {
        return pid < 0 && demuxer.programs().size() >= announced ? why() : null;
    }

    /** Why it has none, now that it is at its end. */
    String missing() {
        if (pid < 0) {
            return demuxer.programs().isEmpty() ? "no program was found in the segment" : why();
        }
        return pictures.tooLong() > 0 ? "its keyframe is too long" : "the segment has no keyframe";
    }

    private String why() {
        return others.isEmpty()
                ? "it has no video"
                : "its video is " + others + ": only h264 is decoded for thumbnails";
    }

    private final class Sink implements DemuxSink {
        @Override
        public void onPat(Pat pat) {
            announced = pat.programs().size();
        }

        @Override
        public void onProgram(Program program) {
            for (ElementaryStream stream : program.streams()) {
                if (pid < 0 && stream.streamType() == StreamType.H264) {
                    pid = stream.pid();
                } else if (stream.isVideo() && others.isEmpty()) {
                    others = name(stream.streamType());
                }
            }
        }

        @Override
        public void onPesData(int of, ByteBuf data, int from, int to) {
            if (of != pid) {
                demuxer.passOver(of);
                return;
            }
            int length = to - from;
            if (piece.length < length) {
                piece = new byte[length];
            }
            data.getBytes(from, piece, 0, length);
            pictures.onBytes(piece, 0, length);
        }

        @Override
        public void onPesBroken(int of) {
            if (of == pid) {
                pictures.onGap();
            }
        }
    }

    private static String name(int streamType) {
        return switch (streamType) {
            case StreamType.MPEG1_VIDEO -> "mpeg1video";
            case StreamType.MPEG2_VIDEO -> "mpeg2video";
            case StreamType.MPEG4_VIDEO -> "mpeg4";
            case StreamType.HEVC, StreamType.HEVC_TEMPORAL -> "hevc";
            case StreamType.VVC, StreamType.VVC_TEMPORAL -> "vvc";
            default -> "of stream type 0x" + Integer.toHexString(streamType).toUpperCase(Locale.ROOT);
        };
    }
}
