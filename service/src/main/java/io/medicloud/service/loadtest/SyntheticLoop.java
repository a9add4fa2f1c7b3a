// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import io.medicloud.testdata.SyntheticEncoder;
import io.medicloud.testdata.SyntheticStream;
import java.time.Duration;

/** The synthetic encoder's H.264 and AAC as a piece that goes round: encoded once, for all streams. */
final class SyntheticLoop {
    /** Pictures, groups of pictures and audio PES packets are all whole in it. */
    private static final Duration LAP = Duration.ofSeconds(8);

    private static final int PICTURES_PER_SECOND = 25;
    /** Sound, tables, stamps and clock references, a picture's share in bytes. */
    private static final int BESIDE_VIDEO = 1_000;
    /** Headers of the video's packets, and of its PES packets. */
    private static final double HEADERS = 184.0 / 188;

    private static final int PES_HEADER = 22;

    private SyntheticLoop() {}

    /** About so many bits a second. */
    static MediaLoop of(long bitsPerSecond) {
        double perPicture = bitsPerSecond / 8.0 / PICTURES_PER_SECOND;
        int pictureBytes = (int) Math.max(0, (perPicture - BESIDE_VIDEO) * HEADERS - PES_HEADER);
        return LoopScan.read(
                new SyntheticEncoder(SyntheticStream.DEFAULT.withPictureBytes(pictureBytes)).generate(LAP));
    }
}
