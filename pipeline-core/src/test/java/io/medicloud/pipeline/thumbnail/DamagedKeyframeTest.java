// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.thumbnail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever stands in a keyframe, the decoder comes back in bounded time, with a picture or with one of its two exceptions. */
class DamagedKeyframeTest {
    private static final int MOST_PIXELS = 64 * 64;
    private static final AvcPictureDecoder DECODER = new AvcPictureDecoder(MOST_PIXELS, Duration.ofSeconds(2));

    @Property(tries = 400)
    void damageIsNeverThrownOut(
            @ForAll boolean cabac,
            @ForAll @Size(min = 1, max = 6) List<@IntRange(max = 600) Integer> places,
            @ForAll @IntRange(min = 1, max = 255) int change) {
        byte[] stream = (cabac ? SmallKeyframes.CABAC : SmallKeyframes.CAVLC).clone();
        places.forEach(place -> stream[place % stream.length] ^= (byte) change);
        decode(stream);
    }

    @Property(tries = 150)
    void nothingIsReadBehindTheEnd(@ForAll boolean cabac, @ForAll @IntRange(min = 30, max = 512) int length) {
        decode(Arrays.copyOf(cabac ? SmallKeyframes.CABAC : SmallKeyframes.CAVLC, length));
    }

    @Property(tries = 150)
    void bytesWithoutSenseBehindGoodHeadersAreNoPicture(
            @ForAll boolean cabac,
            @ForAll @Size(value = 300) byte[] noise,
            @ForAll @IntRange(min = 60, max = 200) int from) {
        byte[] stream = (cabac ? SmallKeyframes.CABAC : SmallKeyframes.CAVLC).clone();
        System.arraycopy(noise, 0, stream, from, Math.min(noise.length, stream.length - from));
        decode(stream);
    }

    @Example
    void whatIsWholeIsDecoded() throws Exception {
        for (byte[] stream : List.of(SmallKeyframes.CABAC, SmallKeyframes.CAVLC)) {
            Keyframe keyframe = find(stream);
            assertThat(keyframe).isNotNull();
            assertThat(keyframe.slices()).hasSize(2);
            DecodedPicture picture = DECODER.decode(keyframe);
            assertThat(picture.format().width()).isEqualTo(64);
            // As large as it may be, and no larger.
            assertThat(PictureScaler.scale(picture, 320).getHeight()).isEqualTo(240);
        }
    }

    private static Keyframe find(byte[] stream) {
        PictureFinder finder = new PictureFinder(1 << 16);
        finder.onBytes(stream, 0, stream.length);
        finder.finish();
        return finder.found();
    }

    private static void decode(byte[] stream) {
        Keyframe keyframe = find(stream);
        if (keyframe == null) {
            return;
        }
        try {
            DecodedPicture picture = DECODER.decode(keyframe);
            assertThat(picture.format().widthMbs() * picture.format().heightMbs() * 256)
                    .isLessThanOrEqualTo(MOST_PIXELS);
            assertThat(PictureScaler.scale(picture, 32).getHeight()).isBetween(2, 128);
        } catch (UndecodableException | BadPictureException e) {
            assertThat(e.getMessage()).isNotBlank();
            if (String.valueOf(e.getMessage()).contains("takes longer")) {
                fail("it was not decoded in time", e);
            }
        }
    }
}
