// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.thumbnail;

import java.time.Duration;

/**
 * How thumbnails are, and what they may cost.
 *
 * @param width of a thumbnail, in pixels; its height follows from the picture's ratio
 * @param mostPixels of a picture that is decoded; it has about 5 bytes of memory for each while that lasts
 * @param mostKeyframeBytes of a keyframe that is decoded
 * @param mostTime processor time for one picture
 * @param threads how many pictures are decoded at a time
 * @param mostWaiting keyframes that wait for their turn; past it they are skipped
 * @param rest for how long streams that have a picture are passed over once the machine has shown to be busy
 */
public record ThumbnailLimits(
        int width,
        int mostPixels,
        int mostKeyframeBytes,
        Duration mostTime,
        int threads,
        int mostWaiting,
        Duration rest) {
    /** The usual width. */
    public static final int WIDTH = 320;
    /** The greatest width. */
    public static final int MOST_WIDTH = 1920;
    /** 4096x2304, level 5.2. */
    public static final int MOST_PIXELS = 4096 * 2304;

    /** 320 wide, of pictures up to 4096x2304 and keyframes up to 4 MiB; 10 s a picture, one at a time for each two processors, 8 may wait. */
    public static final ThumbnailLimits DEFAULT = of(WIDTH, MOST_PIXELS);

    /** @throws IllegalArgumentException if a limit is of no use; the message names it */
    public ThumbnailLimits {
        if (width < 16 || width > MOST_WIDTH) {
            throw new IllegalArgumentException("width is " + width + ", not 16 to " + MOST_WIDTH);
        }
        if (mostPixels < 256 || mostKeyframeBytes < 1024 || threads < 1 || mostWaiting < 1) {
            throw new IllegalArgumentException("a limit is too low: " + mostPixels + ", " + mostKeyframeBytes + ", "
                    + threads + ", " + mostWaiting);
        }
    }

    /** The same with another rest. */
    public ThumbnailLimits withRest(Duration other) {
        return new ThumbnailLimits(width, mostPixels, mostKeyframeBytes, mostTime, threads, mostWaiting, other);
    }

    /** The usual limits with another width and size of pictures. */
    public static ThumbnailLimits of(int width, int mostPixels) {
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        return new ThumbnailLimits(
                width, mostPixels, 4 << 20, Duration.ofSeconds(10), threads, 8, Duration.ofSeconds(5));
    }
}
