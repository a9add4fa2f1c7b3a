// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AccessUnitProbeTest {
    private static final String AVC_SETS = "000000010910 0000000167640028 00000168EBE3CB";
    private static final String HEVC_SETS = "00000001460150 00000001400101 00000001420101 00000001440101";

    @Test
    void anIdrPictureWithItsParameterSetsIsFoundWhereverTheBytesAreSplit() {
        assertThatEverySplitGives(VideoCodec.H264, AVC_SETS + "00000165888400", RandomAccess.IDR, true);
        assertThatEverySplitGives(VideoCodec.HEVC, HEVC_SETS + "0000012601AF08", RandomAccess.IDR, true);
        assertThatEverySplitGives(
                VideoCodec.MPEG2, "000001B31400F023 000001B8000000 00000100000FFF", RandomAccess.I, true);
    }

    @Test
    void anyNumberOfZeroBytesMayLeadTheFirstStartCode() {
        assertThatEverySplitGives(
                VideoCodec.H264, "00000000000000" + AVC_SETS + "00000165888400", RandomAccess.IDR, true);
    }

    @Test
    void aRecoveryPointNeedNotBeTheFirstMessageAndTellsItsFrames() {
        String picTiming = "0104 00000300 00";
        String recoveryPointOfFour = "0601 2C 80";
        AccessUnitProbe probe =
                probe(VideoCodec.H264, AVC_SETS + "00000106" + picTiming + recoveryPointOfFour + "000001419A00");
        assertThat(probe.kind()).isEqualTo(RandomAccess.RECOVERY_POINT);
        assertThat(probe.recoveryFrameCount()).isEqualTo(4);
        assertThat(probe.hasParameterSets()).isTrue();
    }

    @Test
    void aBareIntraPictureIsNoRandomAccessPoint() {
        assertThatEverySplitGives(VideoCodec.H264, "00000001091000000141888400000001", RandomAccess.NONE, false);
    }

    @Test
    void anIntraPictureWithParameterSetsIsOneIfAllItsSlicesAreIntra() {
        String sliceOfTypeTwo = "00000141B8"; // first_mb 0: 1, slice_type 2: 011, pps 0: 1
        String furtherSliceOfTypeTwo = "000001414C"; // first_mb 1: 010, slice_type 2: 011
        String furtherSliceOfTypeZero = "0000014158"; // first_mb 1: 010, slice_type 0: 1
        String nextPicture = "0000000109F0";
        assertThat(probe(VideoCodec.H264, AVC_SETS + sliceOfTypeTwo + furtherSliceOfTypeTwo + nextPicture)
                        .kind())
                .isEqualTo(RandomAccess.I);
        assertThat(probe(VideoCodec.H264, AVC_SETS + sliceOfTypeTwo).kind()).isEqualTo(RandomAccess.I);
        assertThat(probe(VideoCodec.H264, AVC_SETS + sliceOfTypeTwo + furtherSliceOfTypeZero)
                        .kind())
                .isEqualTo(RandomAccess.NONE);
        assertThat(probe(VideoCodec.H264, AVC_SETS + "00000141888400").kind()).isEqualTo(RandomAccess.I);
    }

    @Test
    void aPictureThatSaysNothingIsJudgedWithinABoundedNumberOfBytes() {
        AccessUnitProbe probe = AccessUnitProbe.of(VideoCodec.H264);
        scan(probe, AVC_SETS + "00000141B8");
        assertThat(probe.isDecided()).isFalse();
        assertThat(probe.kind()).isEqualTo(RandomAccess.NONE);
        ByteBuf slice = Unpooled.wrappedBuffer(new byte[64 * 1024]).setByte(0, 1);
        assertThat(probe.scan(slice, 0, slice.capacity())).isTrue();
        assertThat(probe.kind()).isEqualTo(RandomAccess.I);
    }

    @Test
    void irapTypesHaveTheirNames() {
        assertThat(probe(VideoCodec.HEVC, HEVC_SETS + "0000012A01AF08").kind()).isEqualTo(RandomAccess.CRA);
        assertThat(probe(VideoCodec.HEVC, HEVC_SETS + "0000012001AF08").kind()).isEqualTo(RandomAccess.BLA);
        assertThat(probe(VideoCodec.HEVC, HEVC_SETS + "0000012801AF08").kind()).isEqualTo(RandomAccess.IDR);
        assertThat(probe(VideoCodec.HEVC, "0000000102018000").kind()).isEqualTo(RandomAccess.NONE);
    }

    @Test
    void nalUnitsOfOtherLayersSayNothing() {
        AccessUnitProbe probe = probe(VideoCodec.HEVC, HEVC_SETS + "000001260980 0000010201D0");
        assertThat(probe.kind()).isEqualTo(RandomAccess.NONE);
        assertThat(probe.isAligned()).isTrue();
    }

    @Test
    void missingParameterSetsAreTold() {
        AccessUnitProbe probe = probe(VideoCodec.H264, "0000000109100000016588");
        assertThat(probe.kind()).isEqualTo(RandomAccess.IDR);
        assertThat(probe.hasParameterSets()).isFalse();
    }

    @Test
    void aPesThatContinuesAnAccessUnitIsGivenUpAtOnce() {
        assertUnaligned(VideoCodec.H264, "88");
        assertUnaligned(VideoCodec.H264, "0000000165 60"); // IDR slice with first_mb 2
        assertUnaligned(VideoCodec.H264, "0000010C FF 80 00000001 0910"); // filler data of the picture before
        assertUnaligned(VideoCodec.HEVC, "00000126015F"); // IDR slice segment that is not the first
        assertUnaligned(VideoCodec.HEVC, "000001500180 00000001460150"); // suffix SEI
        assertUnaligned(VideoCodec.MPEG2, "00000102 00");
        assertUnaligned(VideoCodec.H264, "0109100000016588"); // its start code began in the PES before
    }

    @Test
    void onlyTheFirstAccessUnitOfAPesCounts() {
        AccessUnitProbe probe = probe(VideoCodec.H264, "0000000109F0000001419A00 " + AVC_SETS + "00000165888400");
        assertThat(probe.isAligned()).isTrue();
        assertThat(probe.kind()).isEqualTo(RandomAccess.NONE);
    }

    @Test
    void aProbeIsUsedAgain() {
        AccessUnitProbe probe = probe(VideoCodec.H264, AVC_SETS + "00000165888400");
        probe.begin();
        assertThat(probe.isDecided()).isFalse();
        assertThat(probe.kind()).isEqualTo(RandomAccess.NONE);
        assertThat(probe.hasParameterSets()).isFalse();
        scan(probe, "0000000109F0000001419A00");
        assertThat(probe.kind()).isEqualTo(RandomAccess.NONE);
    }

    @ParameterizedTest
    @EnumSource(VideoCodec.class)
    void nothingButZerosDecidesNothing(VideoCodec codec) {
        AccessUnitProbe probe = AccessUnitProbe.of(codec);
        assertThat(scan(probe, "00".repeat(500))).isFalse();
        probe.end();
        assertThat(probe.isDecided()).isTrue();
        assertThat(probe.isAligned()).isFalse();
    }

    @Property(tries = 2000)
    void anyBytesInPiecesOfAnySizeGiveTheSameAnswer(
            @ForAll VideoCodec codec,
            @ForAll @Size(max = 300) byte[] noise,
            @ForAll @IntRange(min = 1, max = 60) int piece) {
        for (int k = 0; k < noise.length; k++) {
            // Many zeros and ones make many start codes.
            if (noise[k] >= 0) {
                noise[k] = (byte) (noise[k] >> 6);
            }
        }
        ByteBuf data = Unpooled.wrappedBuffer(noise);
        AccessUnitProbe whole = AccessUnitProbe.of(codec);
        whole.scan(data, 0, noise.length);
        whole.end();
        AccessUnitProbe pieces = AccessUnitProbe.of(codec);
        for (int at = 0; at < noise.length; at += piece) {
            pieces.scan(data, at, Math.min(noise.length, at + piece));
        }
        pieces.end();
        assertThat(pieces.kind()).isEqualTo(whole.kind());
        assertThat(pieces.isAligned()).isEqualTo(whole.isAligned());
        assertThat(pieces.hasParameterSets()).isEqualTo(whole.hasParameterSets());
        assertThat(pieces.recoveryFrameCount()).isEqualTo(whole.recoveryFrameCount());
    }

    private static void assertThatEverySplitGives(
            VideoCodec codec, String hex, RandomAccess kind, boolean parameterSets) {
        byte[] bytes = bytes(hex);
        ByteBuf data = Unpooled.wrappedBuffer(bytes);
        for (int split = 0; split <= bytes.length; split++) {
            AccessUnitProbe probe = AccessUnitProbe.of(codec);
            probe.scan(data, 0, split);
            probe.scan(data, split, bytes.length);
            probe.end();
            assertThat(probe.isAligned()).as("split at %d", split).isTrue();
            assertThat(probe.kind()).as("split at %d", split).isEqualTo(kind);
            assertThat(probe.hasParameterSets()).as("split at %d", split).isEqualTo(parameterSets);
        }
    }

    private static void assertUnaligned(VideoCodec codec, String hex) {
        AccessUnitProbe probe = AccessUnitProbe.of(codec);
        assertThat(scan(probe, hex)).as(hex).isTrue();
        assertThat(probe.isAligned()).as(hex).isFalse();
        assertThat(probe.kind()).as(hex).isEqualTo(RandomAccess.NONE);
    }

    private static AccessUnitProbe probe(VideoCodec codec, String hex) {
        AccessUnitProbe probe = AccessUnitProbe.of(codec);
        scan(probe, hex);
        probe.end();
        return probe;
    }

    private static boolean scan(AccessUnitProbe probe, String hex) {
        ByteBuf data = Unpooled.wrappedBuffer(bytes(hex));
        return probe.scan(data, 0, data.capacity());
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }
}
