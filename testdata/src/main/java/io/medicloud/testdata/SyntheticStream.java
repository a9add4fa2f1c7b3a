// SPDX-License-Identifier: Apache-2.0
package io.medicloud.testdata;

import java.time.Duration;
import java.time.LocalTime;

/**
 * What a {@link SyntheticEncoder} makes. Immutable.
 *
 * @param gop from one IDR picture to the next, a whole number of frames of 40 ms, at least two
 * @param audio whether there is sound
 * @param startPts the first picture's PTS in 90 kHz ticks; written modulo 2^33
 * @param startClock what the clock in the first picture shows
 * @param firstFrame the number drawn into the first picture
 * @param pictureBytes every picture has at least so many bytes: what it is short of is filled with a NAL unit of a type that decoders pass over; 0: as it comes
 */
public record SyntheticStream(
        Duration gop, boolean audio, long startPts, LocalTime startClock, long firstFrame, int pictureBytes) {
    /** IDR pictures every two seconds, with sound, from PTS 10 s, at midnight. */
    public static final SyntheticStream DEFAULT =
            new SyntheticStream(Duration.ofSeconds(2), true, 900_000, LocalTime.MIDNIGHT, 0, 0);

    public SyntheticStream {
        if (gop.toMillis() % SyntheticEncoder.FRAME_MS != 0 || gop.toMillis() < 2 * SyntheticEncoder.FRAME_MS) {
            throw new IllegalArgumentException("gop " + gop + " is not two or more frames of 40 ms");
        }
        if (startPts < 0 || firstFrame < 0 || pictureBytes < 0) {
            throw new IllegalArgumentException(
                    "startPts " + startPts + ", firstFrame " + firstFrame + ", pictureBytes " + pictureBytes);
        }
    }

    public SyntheticStream withGop(Duration value) {
        return new SyntheticStream(value, audio, startPts, startClock, firstFrame, pictureBytes);
    }

    public SyntheticStream withAudio(boolean value) {
        return new SyntheticStream(gop, value, startPts, startClock, firstFrame, pictureBytes);
    }

    public SyntheticStream withStartPts(long value) {
        return new SyntheticStream(gop, audio, value, startClock, firstFrame, pictureBytes);
    }

    public SyntheticStream withStartClock(LocalTime value) {
        return new SyntheticStream(gop, audio, startPts, value, firstFrame, pictureBytes);
    }

    public SyntheticStream withFirstFrame(long value) {
        return new SyntheticStream(gop, audio, startPts, startClock, value, pictureBytes);
    }

    public SyntheticStream withPictureBytes(int value) {
        return new SyntheticStream(gop, audio, startPts, startClock, firstFrame, value);
    }

    int gopFrames() {
        return (int) (gop.toMillis() / SyntheticEncoder.FRAME_MS);
    }
}
