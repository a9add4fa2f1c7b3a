// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Video object layers of MPEG-4 visual with everything that may stand in them. */
class Mpeg4VideoTest {
    private boolean identifier;
    private int version = 1;
    private boolean extendedAspect;
    private boolean control;
    private boolean buffer;
    private int shape;
    private int resolution = 25;
    private int increment = 1;
    private int width = 352;
    private int height = 288;
    private boolean interlaced;

    @Test
    void whateverStandsInItTheRestIsRead() {
        for (int options = 0; options < 1 << 5; options++) {
            identifier = (options & 1) != 0;
            version = identifier ? 2 : 1;
            extendedAspect = (options & 2) != 0;
            control = (options & 4) != 0;
            buffer = (options & 8) != 0;
            interlaced = (options & 16) != 0;
            VideoFormat format = read("F3", layer());
            assertThat(format).as("options %d", options).isNotNull();
            assertThat(format.width()).isEqualTo(352);
            assertThat(format.height()).isEqualTo(288);
            assertThat(format.frameRate()).isEqualTo(25);
            assertThat(format.mayInterlace()).isEqualTo(interlaced);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1",
        "2, 1, 2",
        "25, 1, 25",
        "30000, 1001, 29.97",
        "32768, 1, 0",
        "32769, 1000, 32.769",
        "25, 0, 0"
    })
    void theRateIsTheResolutionOverTheIncrement(int ticks, int step, double rate) {
        resolution = ticks;
        increment = step;
        assertThat(read("01", layer()).frameRate()).isCloseTo(rate, within(0.001));
    }

    @Test
    void aLayerWithoutAFixedRateHasNone() {
        increment = -1;
        assertThat(read("01", layer()).frameRate()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "08, Simple Profile, 8",
        "01, Simple Profile, 1",
        "F5, Advanced Simple Profile, 5",
        "22, , 2",
        "E1, , 1",
    })
    void twoProfilesHaveNames(String profileAndLevel, String profile, String level) {
        VideoFormat format = read(profileAndLevel, layer());
        assertThat(format.profile()).isEqualTo(profile);
        assertThat(format.level()).isEqualTo(level);
    }

    @Test
    void whatIsNoRectangleWithASizeTellsNothing() {
        for (int other = 1; other < 4; other++) {
            shape = other;
            assertThat(read("01", layer())).isNull();
        }
        shape = 0;
        width = 0;
        assertThat(read("01", layer())).isNull();
        width = 352;
        height = 0;
        assertThat(read("01", layer())).isNull();
        height = 1;
        assertThat(read("01", layer()).height()).isEqualTo(1);
    }

    @Test
    void aLayerThatIsCutOffTellsNothing() {
        String whole = layer();
        assertThat(read("01", whole.substring(0, 16))).isNull();
        assertThat(read("01", whole)).isNotNull();
    }

    @Test
    void layersHaveSixteenStartCodesAndTheFirstThatMakesSenseCounts() {
        assertThat(scan("0000012F" + layer() + "000001B6").width()).isEqualTo(352);
        assertThat(scan("0000011F" + layer() + "000001B6")).isNull();
        assertThat(scan("00000130" + layer() + "000001B6")).isNull();
        String first = layer();
        width = 176;
        assertThat(scan("00000120" + first + "00000120" + layer() + "000001B6").width())
                .isEqualTo(352);
    }

    @Test
    void itIsReadAsSoonAsSixtyFourBytesAreThere() {
        String layer = layer();
        String rest = "AA".repeat(64 - layer.length() / 2);
        assertThat(scan("00000120" + layer + rest)).isNotNull();
        assertThat(scan("00000120" + layer + rest.substring(2))).isNull();
    }

    private String layer() {
        BitWriter out = new BitWriter().flag(true).u(8, 1).flag(identifier);
        if (identifier) {
            out.u(4, version).u(3, 7);
        }
        out.u(4, extendedAspect ? 15 : 1);
        if (extendedAspect) {
            out.u(16, 0xFFFF);
        }
        out.flag(control);
        if (control) {
            out.u(3, 7).flag(buffer);
            if (buffer) {
                out.u(40, -1).u(39, -1);
            }
        }
        out.u(2, shape).flag(true).u(16, resolution).flag(true).flag(increment >= 0);
        if (increment >= 0) {
            out.u(Math.max(1, 32 - Integer.numberOfLeadingZeros(resolution - 1)), increment);
        }
        out.flag(true).u(13, width).flag(true).u(13, height).flag(true).flag(interlaced);
        return HexFormat.of().formatHex(out.end());
    }

    private static VideoFormat read(String profileAndLevel, String layer) {
        return scan("000001B0" + profileAndLevel + "00000120" + layer + "000001B6");
    }

    private static VideoFormat scan(String hex) {
        Mpeg4VideoReader reader = new Mpeg4VideoReader();
        ByteBuf data = Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex));
        reader.scan(data, 0, data.capacity());
        return reader.format();
    }
}
