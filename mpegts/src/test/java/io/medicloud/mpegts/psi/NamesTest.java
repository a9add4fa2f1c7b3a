// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.psi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the standards call things. */
class NamesTest {
    @ParameterizedTest
    @CsvSource({
        "02, video_stream", "05, registration", "09, CA", "0A, ISO_639_language", "0E, maximum_bitrate", "11, STD",
        "28, AVC_video", "2B, MPEG-2_AAC_audio", "38, HEVC_video", "39, VVC_video", "3E, reserved", "40, network_name",
        "48, service", "52, stream_identifier", "56, teletext", "59, subtitling", "6A, AC-3", "7A, enhanced_AC-3",
        "7B, DTS", "7C, AAC", "86, caption_service", "8A, cue_identifier", "7E, reserved", "90, private",
    })
    void descriptorsAreCalled(String tag, String name) {
        assertThat(DescriptorName.of(HexFormat.fromHexDigits(tag), -1)).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({"3F, 08, MPEG-H_3D_audio", "3F, 14, JPEG_XS_video", "3F, 77, extension", "7F, 06, supplementary_audio"})
    @CsvSource({"7F, 15, AC-4", "7F, 20, TTML_subtitling", "7F, 80, Opus", "7F, 77, extension"})
    void extensionsAreCalled(String tag, String extension, String name) {
        assertThat(DescriptorName.of(HexFormat.fromHexDigits(tag), HexFormat.fromHexDigits(extension)))
                .isEqualTo(name);
    }

    @Test
    void noTwoDescriptorsHaveOneName() {
        Map<String, Integer> tags = new HashMap<>();
        for (int tag = 0; tag < 0x100; tag++) {
            String name = DescriptorName.of(tag, -1);
            if (!Set.of("reserved", "private", "extension").contains(name)) {
                assertThat(tags.put(name, tag)).as(name).isNull();
            }
        }
        for (int extension = 0; extension < 0x100; extension++) {
            for (int tag : new int[] {0x3F, 0x7F}) {
                String name = DescriptorName.of(tag, extension);
                if (!name.equals("extension")) {
                    assertThat(tags.put(name, extension)).as(name).isNull();
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "00, Not Indicated",
        "01, Content Identification",
        "10, Program Start",
        "19, Program Join",
        "20, Chapter Start",
        "22, Break Start",
        "30, Provider Advertisement Start",
        "34, Provider Placement Opportunity Start",
        "35, Provider Placement Opportunity End",
        "3B, Distributor Overlay Placement Opportunity End",
        "40, Unscheduled Event Start",
        "50, Network Start",
        "51, Network End",
        "52, reserved",
        "FF, reserved",
    })
    void segmentationTypesAreCalled(String type, String name) {
        assertThat(SegmentationType.name(HexFormat.fromHexDigits(type))).isEqualTo(name);
    }

    @Test
    void whatBeginsEnds() {
        List<String> names = IntStream.range(0, 0x100)
                .mapToObj(SegmentationType::name)
                .filter(name -> !name.equals("reserved"))
                .toList();
        assertThat(names).doesNotHaveDuplicates().hasSize(47);
        for (int type = 0x20; type < 0x52; type += 2) {
            String start = SegmentationType.name(type);
            if (!start.equals("reserved")) {
                assertThat(SegmentationType.name(type + 1)).isEqualTo(start.replace("Start", "End"));
            }
        }
    }

    @Test
    void spliceDescriptorsOfAllKindsAreRead() {
        byte[] dtmf = hex("01 09 43554549 32 7F 313233");
        byte[] time = hex("03 10 43554549 000000000001 00000002 0025");
        byte[] other = hex("F0 04 43554549");
        byte[] foreign = hex("02 06 41424344 0102");
        byte[] cancelled = hex("02 09 43554549 00000007 FF");
        byte[] section = SpliceSections.section(0, 0x00, new byte[0], dtmf, time, other, foreign, cancelled);
        List<SpliceDescriptor> descriptors = Objects.requireNonNull(SpliceInfo.parse(section, section.length))
                .descriptors();
        assertThat(descriptors).hasSize(5);
        assertThat(descriptors.get(0)).isEqualTo(new SpliceDescriptor.Dtmf(0x32, "123"));
        assertThat(descriptors.get(1)).isEqualTo(new SpliceDescriptor.Time(1, 2, 0x25));
        assertThat(descriptors.get(2)).isInstanceOf(SpliceDescriptor.Other.class);
        assertThat(descriptors.get(3)).isInstanceOf(SpliceDescriptor.Other.class);
        assertThat(((SpliceDescriptor.Segmentation) descriptors.get(4)).cancelled())
                .isTrue();
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }
}
