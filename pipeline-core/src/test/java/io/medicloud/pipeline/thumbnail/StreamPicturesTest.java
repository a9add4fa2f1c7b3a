// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.thumbnail;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** When a stream's keyframes are tried, and when not. */
class StreamPicturesTest {
    private final StreamPictures stream = new StreamPictures("live");

    @Test
    void whatIsNotDecodedIsTriedAgainWhenItsParameterSetsChange() {
        stream.onUndecodable(1, "it is coded as it is");
        assertThat(stream.isRefused(1)).isTrue();
        assertThat(stream.isRefused(2)).isFalse();
        assertThat(stream.reason()).isEqualTo("it is coded as it is");
        stream.onMade(picture(3));
        assertThat(stream.isRefused(1)).isFalse();
        assertThat(stream.reason()).isEmpty();
    }

    @Test
    void threeFailuresInARowAreNoAccident() {
        stream.onFailed(1, "it is damaged");
        stream.onFailed(1, "it is damaged");
        stream.onMade(picture(1));
        stream.onFailed(1, "it is damaged");
        stream.onFailed(1, "it is damaged");
        assertThat(stream.isRefused(1)).isFalse();
        stream.onFailed(1, "it is damaged");
        assertThat(stream.isRefused(1)).isTrue();
        assertThat(stream.reason()).contains("3 keyframes in a row").contains("it is damaged");
        assertThat(stream.latest()).isNotNull();
    }

    @Test
    void aPictureThatComesLateIsNotTheNewest() {
        stream.onMade(picture(7));
        stream.onMade(picture(6));
        assertThat(stream.latest()).extracting(Thumbnail::sequence).isEqualTo(7L);
    }

    private static Thumbnail picture(long sequence) {
        return new Thumbnail(sequence, 320, 180, Instant.EPOCH, new byte[1]);
    }
}
