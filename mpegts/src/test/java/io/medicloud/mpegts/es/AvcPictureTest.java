// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the slice headers and picture timing messages of H.264 say of a picture: where it begins, whether it is intra, how it was scanned. */
class AvcPictureTest {
    private static final String START = "00000001";
    private static final String PPS = START + "68EBE3CB";

    private final List<RandomAccess> kinds = new ArrayList<>();
    private final AccessUnitDetector detector = new AccessUnitDetector(VideoCodec.H264, unit -> kinds.add(unit.kind()));

    private int frameNumBits = 8;
    private boolean frames;
    private boolean adaptive;
    private boolean planes;
    private boolean picStruct;

    @ParameterizedTest
    @CsvSource({
        "0, NONE", "1, NONE", "2, I", "3, NONE", "4, I", "5, NONE", "6, NONE", "7, I", "8, NONE", "9, I",
    })
    void aPictureIsIntraBySliceType(int type, RandomAccess kind) {
        read(sps() + PPS + slice(0, type, false) + slice(3, type, false));
        assertThat(kinds()).containsExactly(kind);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 5, 6, 7, 8, 9})
    void oneSliceOfAnotherTypeIsEnough(int type) {
        read(sps() + PPS + slice(0, 2, false) + slice(1, type, false) + slice(2, 4, false));
        boolean intra = type == 2 || type == 7 || type == 9;
        assertThat(kinds()).containsExactly(intra ? RandomAccess.I : RandomAccess.NONE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 6, 7, 254, 255, 8160, 139_264, 1_048_574, 2_097_150})
    void aSliceWithAFirstMacroblockIsOfThePictureBeforeIt(int first) {
        read(sps() + PPS + slice(0, 7, false) + slice(first, 7, false) + slice(0, 5, false) + slice(first, 5, false));
        assertThat(kinds()).containsExactly(RandomAccess.I, RandomAccess.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"410000030480FA", "4180FA", "4184", "41", "4140FA", "C188FA"})
    void aHeaderThatNoSliceHasIsPassedOver(String slice) {
        // More zeros than first_mb_in_slice has, and slice_type; ends too early (twice); slice_type with more zeros
        // again; forbidden_zero_bit.
        read(sps() + PPS + START + slice + slice(0, 7, false));
        assertThat(kinds()).containsExactly(RandomAccess.I);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 8, 12, 16})
    void aFieldSaysSoBehindTheFrameNumber(int bits) {
        frameNumBits = bits;
        read(sps() + PPS + slice(0, 7, true) + slice(0, 5, true) + slice(0, 5, false));
        assertThat(detector.isInterlaced()).as("two fields, one frame").isTrue();
        read(slice(0, 5, false) + slice(0, 5, false) + slice(0, 5, false));
        assertThat(detector.isInterlaced()).as("two fields, four frames").isFalse();
    }

    @Test
    void colourPlanesStandInFrontOfTheFrameNumber() {
        planes = true;
        read(sps() + PPS + slice(0, 7, false) + slice(0, 5, false));
        assertThat(detector.isInterlaced()).isFalse();
        read(slice(0, 5, true) + slice(0, 5, true) + slice(0, 5, true));
        assertThat(detector.isInterlaced()).isTrue();
    }

    @Test
    void aFrameWhoseMacroblocksMayBeFieldsIsInterlaced() {
        adaptive = true;
        read(sps() + PPS + slice(0, 7, false) + slice(0, 5, false));
        assertThat(detector.isInterlaced()).isTrue();
    }

    @Test
    void aSliceThatBeginsNoPictureDoesNotCount() {
        read(sps() + PPS + slice(0, 7, false) + slice(1, 7, true) + slice(2, 7, true) + slice(3, 7, true));
        assertThat(detector.isInterlaced()).isFalse();
    }

    @Test
    void withoutAPictureTheFormatTells() {
        read(sps() + PPS + START + "09F0");
        assertThat(detector.isInterlaced()).isTrue();
        frames = true;
        read(sps() + PPS + slice(0, 7, false));
        assertThat(detector.isInterlaced()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "0, false",
        "1, true",
        "2, true",
        "3, true",
        "4, true",
        "5, true",
        "6, true",
        "7, false",
        "8, false",
    })
    void pictureTimingTellsMoreThanTheSlice(int structure, boolean interlaced) {
        picStruct = true;
        // Adaptive frames, which alone would be interlaced, and fields where the timing says that they are none.
        adaptive = true;
        String timing =
                START + "060101" + hex(new BitWriter().u(4, structure).u(3, 5).end());
        for (int k = 0; k < 3; k++) {
            read((k == 0 ? sps() + PPS : "") + timing + slice(0, 7, false) + slice(1, 7, true));
        }
        assertThat(detector.isInterlaced()).isEqualTo(interlaced);
    }

    @Test
    void timingIsOfItsPictureAlone() {
        picStruct = true;
        adaptive = true;
        String frame = START + "060101" + hex(new BitWriter().u(4, 0).u(3, 5).end());
        read(sps() + PPS + frame + slice(0, 7, false) + slice(0, 5, false) + slice(0, 5, false));
        assertThat(detector.isInterlaced()).as("one frame, two adaptive ones").isTrue();
    }

    @Test
    void anotherSequenceParameterSetIsInForceFromThereOn() {
        frameNumBits = 4;
        read(sps() + PPS + slice(0, 7, true));
        frameNumBits = 11;
        read(sps() + PPS + slice(0, 7, false) + slice(0, 5, false));
        assertThat(detector.isInterlaced()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void piecesOfAnySizeGiveTheSame(boolean field) {
        byte[] stream = HexFormat.of()
                .parseHex(
                        sps() + PPS + slice(0, 7, field) + slice(9000, 7, field) + slice(0, 5, field) + START + "09F0");
        for (int piece = 1; piece < 9; piece++) {
            List<RandomAccess> found = new ArrayList<>();
            AccessUnitDetector pieces = new AccessUnitDetector(VideoCodec.H264, unit -> found.add(unit.kind()));
            pieces.onPesStart(0, 0, 0);
            ByteBuf data = Unpooled.wrappedBuffer(stream);
            for (int at = 0; at < stream.length; at += piece) {
                pieces.onPesData(data, at, Math.min(stream.length, at + piece));
            }
            pieces.finish();
            assertThat(found).as("pieces of %d", piece).containsExactly(RandomAccess.I, RandomAccess.NONE);
            assertThat(pieces.isInterlaced()).as("pieces of %d", piece).isEqualTo(field);
        }
    }

    private List<RandomAccess> kinds() {
        detector.finish();
        return kinds;
    }

    private void read(String hex) {
        ByteBuf data = Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex));
        detector.onPesStart(0, 0, 0);
        detector.onPesData(data, 0, data.capacity());
    }

    private String sps() {
        BitWriter out = new BitWriter();
        if (planes) {
            out.u(8, 244)
                    .u(8, 0)
                    .u(8, 40)
                    .ue(0)
                    .ue(3)
                    .flag(true)
                    .ue(0)
                    .ue(0)
                    .flag(false)
                    .flag(false);
        } else {
            out.u(8, 77).u(8, 0xFF).u(8, 40).ue(0);
        }
        out.ue(frameNumBits - 4).ue(2).ue(4).flag(false).ue(39).ue(29).flag(frames);
        if (!frames) {
            out.flag(adaptive);
        }
        out.flag(true).flag(false).flag(picStruct);
        if (picStruct) {
            out.u(7, 0).flag(true).flag(false);
        }
        return START + "67" + hex(out.end());
    }

    /** frame_num is all ones, so that no start code comes up. */
    private String slice(int firstMacroblock, int type, boolean field) {
        BitWriter out = new BitWriter().ue(firstMacroblock).ue(type).ue(0);
        if (planes) {
            out.u(2, 2);
        }
        out.u(frameNumBits, -1);
        if (!frames) {
            out.flag(field);
        }
        return START + "41" + hex(out.u(32, 0xFAFAFAFAL).end());
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
