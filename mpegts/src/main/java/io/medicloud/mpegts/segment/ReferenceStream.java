// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import io.medicloud.mpegts.demux.Program;
import io.medicloud.mpegts.es.VideoCodec;
import io.medicloud.mpegts.packet.Pid;
import io.medicloud.mpegts.psi.ElementaryStream;
import io.medicloud.mpegts.psi.StreamType;
import org.jspecify.annotations.Nullable;

/**
 * The stream of a program that times its segments and where they are cut: its first video, without video its first audio, without either its first
 * stream of any kind.
 *
 * @param pid where it comes
 * @param video whether it is video: then it is cut at random access points, else at the start of any PES packet
 * @param codec how its random access points are found; null if this library cannot
 * @param standIn whether it is audio that stands in for a video that does not come
 */
record ReferenceStream(int pid, boolean video, @Nullable VideoCodec codec, boolean standIn) {
    /** No stream: it is not known yet, or the program has none. */
    static final ReferenceStream NONE = new ReferenceStream(Pid.NONE, false, null, false);

    static ReferenceStream of(Program program) {
        for (ElementaryStream stream : program.streams()) {
            if (stream.isVideo()) {
                return new ReferenceStream(stream.pid(), true, codec(stream), false);
            }
        }
        for (ElementaryStream stream : program.streams()) {
            if (stream.isAudio()) {
                return new ReferenceStream(stream.pid(), false, null, false);
            }
        }
        for (ElementaryStream stream : program.streams()) {
            if (!StreamType.isSections(stream.streamType())) {
                return new ReferenceStream(stream.pid(), false, null, false);
            }
        }
        return NONE;
    }

    /** The first audio stream of a program, to stand in for its video; {@link #NONE} if it has not both. */
    static ReferenceStream standIn(Program program) {
        if (of(program).video()) {
            for (ElementaryStream stream : program.streams()) {
                if (stream.isAudio()) {
                    return new ReferenceStream(stream.pid(), false, null, true);
                }
            }
        }
        return NONE;
    }

    boolean exists() {
        return pid != Pid.NONE;
    }

    private static @Nullable VideoCodec codec(ElementaryStream stream) {
        return switch (stream.streamType()) {
            case StreamType.H264, StreamType.H264_SAMPLE_AES -> VideoCodec.H264;
            case StreamType.HEVC -> VideoCodec.HEVC;
            case StreamType.MPEG1_VIDEO, StreamType.MPEG2_VIDEO -> VideoCodec.MPEG2;
            case StreamType.PRIVATE_PES -> stream.descriptors().registration().equals("HEVC") ? VideoCodec.HEVC : null;
            default -> null;
        };
    }
}
