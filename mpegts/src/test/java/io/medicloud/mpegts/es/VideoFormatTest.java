// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.medicloud.mpegts.packet.Pts;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Parameter sets of real encoders, muxers and broadcasters, and what ffprobe says of them. */
class VideoFormatTest {
    @ParameterizedTest
    @CsvSource({
        "High, 3.1, 854, 480, 30, false, 6764001facd940d83de6e10000030001000003003c0f183196",
        "High, 4.0, 1920, 1080, 25, true, 67640028ad90a47080320b8d0600e83a40e72120830347fc8c110808121424a101024146fff4d1020114e83c133b10161a390b12322070e16132050263e160f06638cac158e04c2058d0a074418e2cc501e0113f780f0808080f8000000300800000194a",
        "Constrained Baseline, 1.3, 400, 170, 24, false, 6742c00dda0645fe4c0440000003004000000c23c50aa8",
        "High, 3.0, 720, 576, 25, false, 6764001eacb405a0937fe0080005a2000003000200000300651e2c5d40",
        "Constrained Baseline, 3.1, 864, 480, 29.97, false, 6742c01fda0360f6ffc014001444000003019000005daa3c60ca80",
        "High, 2.0, 80, 60, 25, false, 67640014acb20a4fde02d418181a94000003000400000300ca3c50a920",
        "High 4:2:2, 1.3, 352, 288, 25, false, 677a000db6cd9416096c0440000003004000000c83c50a6580",
        "High 4:4:4 Predictive, 1.3, 352, 288, 25, false, 67f4000d919b282c12d808800000030080000019078a14cb",
        "High 10, 1.3, 352, 288, 25, false, 676e000da6cd9416096c0440000003004000000c83c50a6580",
        "Constrained Baseline, 1b, 176, 144, 15, false, 6742d00bd902c4ec0440000003004000000783c48992",
        "High, 2.0, 352, 288, 25, false, 67640014acd9016096c044000003000400000300c9810003d090007a13924c01e28532c0",
        "High, 2.1, 352, 288, 25, true, 67640015acd941612d808800000300080000030193020007a12000f425249807c50a6580",
    })
    void anAvcSpsTellsWhatFfprobeTells(
            String profile, String level, int width, int height, double rate, boolean mayInterlace, String hex) {
        VideoFormat format = format(VideoCodec.H264, "000001" + hex + "000001");
        assertFormat(format, profile, level, width, height, rate);
        assertThat(format.mayInterlace()).isEqualTo(mayInterlace);
    }

    @ParameterizedTest
    @CsvSource({
        "Main, 4.0, 640, 360, 0, 420101016000000300b00000030000030078a005020171f2e205ee45914bff2e7f13fa9a8080808040",
        "Main 10, 4.1, 640, 360, 0, 420101022000000300b0000003000003007ba00502016936718b92448853888892cf24a69272c9124922dc91aa48fca223ff000100016a02020201",
        "Main, 3.1, 720, 1280, 30, 42010101600000030090000003000003005da005a20050165998a924cab016a020202080000003008000000f04",
        "Main 10, 5.1, 1280, 720, 50, 420101022000000300b00000030000030099a00280802d13640921ae4213555843fffffffffffffff918828d087fffffffffffffff918828d087fffffffffffffff96bc05a728000000300800000196f96386a",
        "Main, 5.0, 3840, 2160, 25, 420101014000000300800000030000030096a001e020021c5b116e46c0ad64bfe7e65e760280500000030010000003019612def7e00023c440004788c8",
        "Main 10, 2.0, 352, 288, 25, 42010102200000030090000003000003003ca00b080484d965654a4e1780b4040000030004000003006580524178003d090007a122",
        "Rext, 2.0, 352, 288, 25, 4201010408000003009e0800000300003c9001610090b2caca94985e02d0100000030010000003019080",
    })
    void anHevcSpsTellsWhatFfprobeTells(String profile, String level, int width, int height, double rate, String hex) {
        assertFormat(format(VideoCodec.HEVC, "000001" + hex + "000001"), profile, level, width, height, rate);
    }

    @ParameterizedTest
    @CsvSource({
        "Main, Main, 720, 576, 25, true, b32d0240330b1be381, 148200010000",
        "Main, Main, 640, 426, 29.97, false, b32801aa14ffffe018, 148a00010000",
    })
    void anMpeg2SequenceHeaderTellsWhatFfprobeTells(
            String profile,
            String level,
            int width,
            int height,
            double rate,
            boolean mayInterlace,
            String header,
            String extension) {
        VideoFormat format = format(VideoCodec.MPEG2, "000001" + header + "000001b5" + extension + "00000100000fff");
        assertFormat(format, profile, level, width, height, rate);
        assertThat(format.mayInterlace()).isEqualTo(mayInterlace);
    }

    @Test
    void mpeg1HasNoProfileAndNoLevel() {
        VideoFormat format = format(VideoCodec.MPEG2, "000001b316012013ffffe018000001b800080000000001");
        assertFormat(format, null, null, 352, 288, 25);
    }

    @Test
    void anMpeg4VideoObjectLayerTellsTheSize() {
        Mpeg4VideoReader reader = new Mpeg4VideoReader();
        ByteBuf data = bytes("000001b001000001b58913000001000000012000c48d8800cd14042d1443000001b24c617663");
        for (int at = 0; at < data.capacity(); at++) {
            reader.scan(data, at, at + 1);
        }
        assertFormat(reader.format(), "Simple Profile", "1", 640, 360, 0);
    }

    @Test
    void damageBehindTheSizeCostsNoMoreThanTheFrameRate() {
        String cutAfterSize = "6764001facd940d83de6e1";
        VideoFormat avc = format(VideoCodec.H264, "000001" + cutAfterSize + "000001");
        assertThat(avc.width()).isEqualTo(854);
        assertThat(avc.frameRate()).isZero();
        VideoFormat hevc = format(VideoCodec.HEVC, "000001420101016000000300b00000030000030078a005020171f2e205000001");
        assertThat(hevc.height()).isEqualTo(360);
        assertThat(hevc.frameRate()).isZero();
    }

    @Test
    void aCutThatDoesNotTellTheSizeTellsNothing() {
        AccessUnitDetector detector = detector(VideoCodec.H264, bytes("0000016764001fac000001"));
        assertThat(detector.format()).isNull();
    }

    @Property(tries = 3000)
    void anyBytesGiveSizesThatCanBe(@ForAll VideoCodec codec, @ForAll @Size(max = 120) byte[] noise) {
        String header = switch (codec) {
            case H264 -> "000001676400";
            case HEVC -> "000001420101";
            case MPEG2 -> "000001b3";
        };
        ByteBuf data = Unpooled.wrappedBuffer(bytes(header), Unpooled.wrappedBuffer(noise), bytes("00000100000001b3"));
        VideoFormat format = detector(codec, data).format();
        if (format != null) {
            assertThat(format.width()).isBetween(1, 1 << 17);
            assertThat(format.height()).isBetween(1, 1 << 18);
            assertThat(format.frameRate()).isBetween(0.0, 2 * VideoFormat.MOST_FRAMES_PER_SECOND);
        }
    }

    private static void assertFormat(
            VideoFormat format, String profile, String level, int width, int height, double rate) {
        assertThat(format.profile()).isEqualTo(profile);
        assertThat(format.level()).isEqualTo(level);
        assertThat(format.width()).isEqualTo(width);
        assertThat(format.height()).isEqualTo(height);
        assertThat(format.frameRate()).isCloseTo(rate, within(0.01));
    }

    private static VideoFormat format(VideoCodec codec, String hex) {
        VideoFormat format = detector(codec, bytes(hex)).format();
        assertThat(format).isNotNull();
        return format;
    }

    private static AccessUnitDetector detector(VideoCodec codec, ByteBuf data) {
        AccessUnitDetector detector = new AccessUnitDetector(codec, unit -> {});
        detector.onPesStart(0, Pts.NONE, Pts.NONE);
        detector.onPesData(data, 0, data.writerIndex());
        return detector;
    }

    private static ByteBuf bytes(String hex) {
        return Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex));
    }
}
