// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.packet.Pts;
import org.junit.jupiter.api.Test;

/** Pictures that are not there, and pictures of which something is not. */
class MissingPicturesTest {
    private static final long FRAME = 3600;

    private final MissingPictures pictures = new MissingPictures();
    private long dts = Pts.WRAP - 3 * FRAME;

    private void come(int count) {
        for (int i = 0; i < count; i++) {
            pictures.onAccessUnit(dts);
            skip(1);
        }
    }

    private void skip(int count) {
        dts = (dts + count * FRAME) % Pts.WRAP;
    }

    @Test
    void aStreamWithoutGapsMissesNothingAlsoWhereItsTimesWrap() {
        come(10);

        assertThat(pictures.missing()).isZero();
        assertThat(pictures.damaged()).isZero();
    }

    @Test
    void whatTheTimesLeaveRoomForIsMissing() {
        come(5);
        skip(1);
        come(5);
        skip(3);
        come(1);

        assertThat(pictures.missing()).isEqualTo(4);
    }

    @Test
    void aDamagedPictureIsNotMissing() {
        come(5);
        pictures.onGap(true);
        skip(1);
        come(5);

        assertThat(pictures.damaged()).isEqualTo(1);
        assertThat(pictures.missing()).isZero();
    }

    @Test
    void beforeAPictureHasBegunNoneIsDamaged() {
        come(5);
        pictures.onGap(false);
        skip(2);
        come(1);

        assertThat(pictures.damaged()).isZero();
        assertThat(pictures.missing()).isEqualTo(2);
    }

    @Test
    void picturesWithoutTimesStandForThemselves() {
        come(5);
        pictures.onAccessUnit(Pts.NONE);
        pictures.onAccessUnit(Pts.NONE);
        skip(2);
        come(1);

        assertThat(pictures.missing()).isZero();
    }

    @Test
    void distancesThatAlternateByATickAreUsual() {
        for (int i = 0; i < 10; i++) {
            pictures.onAccessUnit(i * 3003L / 2);
        }
        pictures.onAccessUnit(11 * 3003L / 2);

        assertThat(pictures.missing()).isEqualTo(1);
    }

    @Test
    void aJumpToAnotherTimeIsNoGap() {
        come(5);
        dts = 20L * Pts.HZ;
        come(5);
        dts = 10L * Pts.HZ;
        come(5);

        assertThat(pictures.missing()).isZero();
    }

    @Test
    void aStreamWhosePicturesComeAsTheyLikeMissesNone() {
        for (int i = 0; i < 20; i++) {
            come(1);
            skip(i % 4);
        }

        assertThat(pictures.missing()).isZero();
    }
}
