// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the headers of MPEG-2 video say. */
class Mpeg2VideoTest {
    private int width = 720;
    private int height = 576;
    private int rateCode = 3;
    private int profileAndLevel = 0x48;
    private boolean progressive;
    private int rateNumerator;
    private int rateDenominator;

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 23.976",
        "2, 24",
        "3, 25",
        "4, 29.970",
        "5, 30",
        "6, 50",
        "7, 59.940",
        "8, 60",
        "9, 0",
        "15, 0"
    })
    void frameRatesHaveCodes(int code, double rate) {
        rateCode = code;
        assertThat(parse().frameRate()).isCloseTo(rate, within(0.001));
    }

    @Test
    void theExtensionMultipliesAndDividesTheRate() {
        rateNumerator = 1;
        rateDenominator = 4;
        assertThat(parse().frameRate()).isEqualTo(10);
        rateNumerator = 3;
        rateDenominator = 31;
        assertThat(parse().frameRate()).isEqualTo(3.125);
    }

    @Test
    void sizesHaveTwoMoreBitsInTheExtension() {
        width = 0x3FFF;
        height = 0x2345;
        assertThat(parse().width()).isEqualTo(0x3FFF);
        assertThat(parse().height()).isEqualTo(0x2345);
        width = 0x1000;
        assertThat(parse().width()).isEqualTo(0x1000);
    }

    @Test
    void aSizeOfNothingTellsNothing() {
        width = 0;
        assertThat(Mpeg2Sequence.parse(write(), 14)).isNull();
        assertThat(Mpeg2Sequence.parse(write(), 8)).isNull();
        width = 720;
        height = 0;
        assertThat(Mpeg2Sequence.parse(write(), 14)).isNull();
        assertThat(Mpeg2Sequence.parse(write(), 8)).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 13})
    void withoutAWholeExtensionItIsMpeg1(int length) {
        progressive = true;
        VideoFormat format = Mpeg2Sequence.parse(write(), length);
        assertThat(format).isEqualTo(new VideoFormat(null, null, 720, 576, 25, false));
        assertThat(Mpeg2Sequence.parse(write(), 7)).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "14, High, High",
                "24, Spatially Scalable, High",
                "36, SNR Scalable, High 1440",
                "48, Main, Main",
                "5A, Simple, Low",
                "08, -, Main",
                "68, -, Main",
                "70, -, -",
                "4F, Main, -",
                "82, 4:2:2, High",
                "85, 4:2:2, Main",
                "84, -, High",
                "C5, 4:2:2, Main"
            })
    void profilesAndLevelsHaveNames(String hex, String profile, String level) {
        profileAndLevel = HexFormat.fromHexDigits(hex);
        assertThat(parse().profile()).isEqualTo(profile);
        assertThat(parse().level()).isEqualTo(level);
    }

    @Test
    void aProgressiveSequenceHasNoFields() {
        assertThat(parse().mayInterlace()).isTrue();
        progressive = true;
        assertThat(parse().mayInterlace()).isFalse();
    }

    @Test
    void whetherMostFramesAreProgressiveTellsTheScan() {
        String field = picture(false);
        String frame = picture(true);
        assertThat(isInterlaced(field + frame + field)).isTrue();
        assertThat(isInterlaced(frame + field + frame)).isFalse();
        assertThat(isInterlaced(""))
                .as("the sequence may be interlaced, and no picture tells")
                .isTrue();
        progressive = true;
        assertThat(isInterlaced(field + field)).isFalse();
    }

    @Test
    void aHeaderThatEndsInZerosIsWhole() {
        // width 720, height 576, and zeros to the end of the header, which look like those in front of a start code.
        AccessUnitDetector detector = read("000001B3 2D0240 13 00000000 000001B8 00080000 00000100000F 00000101AA");
        assertThat(detector.format()).isNotNull();
        assertThat(detector.format().height()).isEqualTo(576);
    }

    private boolean isInterlaced(String pictures) {
        byte[] sequence = write();
        HexFormat hex = HexFormat.of();
        AccessUnitDetector detector = read("000001B3" + hex.formatHex(sequence, 0, 8) + "000001B5"
                + hex.formatHex(sequence, 8, 14) + pictures + "00000100000F");
        return detector.isInterlaced();
    }

    /** A picture with its coding extension and a slice. */
    private static String picture(boolean progressiveFrame) {
        return "00000100000FFFF8 000001B5 8FFFF3C1" + (progressiveFrame ? "80" : "00") + "11 00000101AA";
    }

    private VideoFormat parse() {
        VideoFormat format = Mpeg2Sequence.parse(write(), 14);
        assertThat(format).isNotNull();
        return format;
    }

    /** Sequence header and extension without their start codes. */
    private byte[] write() {
        BitWriter out = new BitWriter()
                .u(12, width)
                .u(12, height)
                .u(4, 3)
                .u(4, rateCode)
                .u(32, 0xFFFFFFE3L);
        out.u(4, 1)
                .u(8, profileAndLevel)
                .flag(progressive)
                .u(2, 1)
                .u(2, width >> 12)
                .u(2, height >> 12);
        out.u(12, 0xFFF).flag(true).u(8, 0xFF).flag(true).u(2, rateNumerator).u(5, rateDenominator);
        return Arrays.copyOf(out.end(), 14);
    }

    private static AccessUnitDetector read(String hex) {
        AccessUnitDetector detector = new AccessUnitDetector(VideoCodec.MPEG2, unit -> {});
        detector.onPesStart(0, 0, 0);
        ByteBuf data = Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex.replace(" ", "")));
        detector.onPesData(data, 0, data.capacity());
        return detector;
    }
}
