// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import org.jspecify.annotations.Nullable;

/**
 * What a sequence parameter set, or sequence header, says of the pictures.
 *
 * @param profile as ffprobe names it; null if it has no name
 * @param level as the standard writes it; null if unknown
 * @param width of the cropped picture, in luma samples
 * @param height of the cropped picture, in luma samples: a frame, but a field in an H.265 field sequence
 * @param frameRate such pictures a second; 0 if not said, or absurd
 * @param mayInterlace whether pictures may be fields or interlaced frames; only the pictures themselves tell
 */
public record VideoFormat(
        @Nullable String profile,
        @Nullable String level,
        int width,
        int height,
        double frameRate,
        boolean mayInterlace) {
    /** No stream in use has more frames a second. */
    static final double MOST_FRAMES_PER_SECOND = 300;

    /** Frames a second, or 0 where the two numbers make no sense. */
    static double frameRate(long frames, long seconds) {
        double rate = seconds > 0 ? (double) frames / seconds : 0;
        return rate > 0 && rate <= MOST_FRAMES_PER_SECOND ? rate : 0;
    }
}
