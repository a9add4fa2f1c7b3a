// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Which parameter sets are in force, and what they look like when they are sent again. */
class ParameterSetsTest {
    private static final String START = "00000001";
    private static final String AVC_SPS = "67640028ACD9";
    private static final String AVC_PPS = "68EBE3CB";
    private static final String AVC_SLICE = "000001658884";
    private static final String HEVC_VPS = "40010C01FF";
    private static final String HEVC_SPS = "420101016000000300b00000030000030078a0050201";
    private static final String HEVC_PPS = "4401C172B462";
    private static final String HEVC_SLICE = "0000012601AF08";

    private final ParameterSets avc = ParameterSets.ofAvc();
    private final ParameterSets hevc = ParameterSets.ofHevc();

    @Test
    void theyAreTakenInFrontOfTheFirstSliceInTheOrderInWhichTheyReferToEachOther() {
        assertThat(scan(avc, START + AVC_PPS + "000001" + AVC_SPS + AVC_SLICE + START + "68FFFF" + AVC_SLICE))
                .isTrue();
        assertThat(avc.isComplete()).isTrue();
        assertThat(hex(avc)).isEqualTo(START + AVC_SPS + START + AVC_PPS);

        assertThat(scan(hevc, START + HEVC_PPS + START + HEVC_SPS + START + "460150" + START + HEVC_VPS + HEVC_SLICE))
                .isTrue();
        assertThat(hevc.isComplete()).isTrue();
        assertThat(hex(hevc)).isEqualToIgnoringCase(START + HEVC_VPS + START + HEVC_SPS + START + HEVC_PPS);
    }

    @Test
    void theyAreCompleteOnceThereIsOneOfEachKind() {
        scan(avc, START + AVC_SPS + AVC_SLICE);
        assertThat(avc.isComplete()).isFalse();
        scan(avc, START + AVC_PPS + AVC_SLICE);
        assertThat(avc.isComplete()).isTrue();

        scan(hevc, START + HEVC_SPS + START + HEVC_PPS + HEVC_SLICE);
        assertThat(hevc.isComplete()).isFalse();
        scan(hevc, START + HEVC_VPS + HEVC_SLICE);
        assertThat(hevc.isComplete()).isTrue();
    }

    @Test
    void theLastOneOfAnIdIsInForceAndOthersStand() {
        // pic_parameter_set_id 0: 1…; 1: 010…; seq_parameter_set_id 0 behind profile and level: 1…; 1: 010….
        scan(avc, START + AVC_SPS + START + "68E0" + START + "6848" + AVC_SLICE);
        scan(avc, START + "68E8" + START + "6764002850" + AVC_SLICE);
        assertThat(hex(avc)).isEqualTo(START + AVC_SPS + START + "6764002850" + START + "68E8" + START + "6848");
    }

    @Test
    void aSetThatIsAnothersFrontIsAnother() {
        scan(avc, START + "68E8AA" + AVC_SLICE);
        scan(avc, START + "68E8" + AVC_SLICE);
        assertThat(hex(avc)).isEqualTo(START + "68E8");
    }

    @Test
    void idsStandWhereTheStandardSays() {
        // H.265: vps id in 4 bits; sps id behind profile, tier and level of all sub-layers; pps id first.
        String subLayers = "42010301600000030090000003000000" + "0000" + "5D" + "50";
        scan(hevc, START + "4001FF01" + START + "40010C01" + START + "40011C01" + HEVC_SLICE);
        scan(hevc, START + "44018001" + START + "440150" + HEVC_SLICE);
        scan(hevc, START + HEVC_SPS + HEVC_SLICE);
        scan(hevc, START + subLayers + HEVC_SLICE);
        assertThat(hex(hevc))
                .startsWith(START + "40010C01" + START + "40011C01" + START + "4001FF01" + START)
                .endsWith(START + "44018001" + START + "440150");
    }

    @Test
    void bytesThatWouldLookLikeAStartCodeAreEscapedAgain() {
        String sps = "6764002880000003000003000103000002AB";
        scan(avc, START + sps + START + AVC_PPS + AVC_SLICE);
        assertThat(hex(avc)).isEqualTo(START + "67640028800000030000030001030000" + "0302AB" + START + AVC_PPS);
    }

    @Test
    void whatIsNoSetOfThisStreamIsNotTaken() {
        scan(avc, START + "E7640028ACD9" + START + "680000" + START + "67" + START + "6764" + AVC_SLICE);
        assertThat(hex(avc)).isEmpty();
        // Forbidden bit, another layer in the header's first byte, and in its second.
        scan(hevc, START + "C0010C01" + START + "41010C01" + START + "40090C01" + START + "4001" + HEVC_SLICE);
        assertThat(hex(hevc)).isEmpty();
    }

    @Test
    void slicesOfOtherLayersAndForbiddenOnesDoNotEndTheSearch() {
        assertThat(scan(avc, "000001E58884" + START + AVC_PPS + "000001")).isFalse();
        assertThat(hex(avc)).isEqualTo(START + AVC_PPS);
        assertThat(scan(hevc, "000001A601AF" + "0000012701AF" + START + HEVC_VPS + "000001"))
                .isFalse();
        assertThat(hex(hevc)).isEqualTo(START + HEVC_VPS);
    }

    @Test
    void behindTheFirstSliceNothingIsReadUntilTheNextPesPacket() {
        assertThat(scan(avc, AVC_SLICE)).isTrue();
        ByteBuf more = bytes(START + AVC_PPS + "000001");
        assertThat(avc.scan(more, 0, more.capacity())).isTrue();
        assertThat(hex(avc)).isEmpty();
        scan(avc, START + AVC_PPS + AVC_SLICE);
        assertThat(hex(avc)).isEqualTo(START + AVC_PPS);
    }

    @Test
    void aSetThatBeganInThePesPacketBeforeIsNone() {
        scan(avc, START + "68EB");
        scan(avc, "E3CB" + AVC_SLICE);
        assertThat(hex(avc)).isEmpty();
    }

    @Test
    void piecesOfAnySizeGiveTheSame() {
        ByteBuf data = bytes(START + HEVC_VPS + START + HEVC_SPS + START + HEVC_PPS + HEVC_SLICE);
        hevc.begin();
        boolean done = false;
        for (int at = 0; at < data.capacity(); at++) {
            done = hevc.scan(data, at, at + 1);
        }
        assertThat(done).isTrue();
        assertThat(hex(hevc)).isEqualToIgnoringCase(START + HEVC_VPS + START + HEVC_SPS + START + HEVC_PPS);
    }

    @Test
    void aPesPacketWithoutASliceIsGivenUp() {
        byte[] filler = new byte[64 * 1024];
        Arrays.fill(filler, (byte) 0x55);
        ByteBuf data = Unpooled.wrappedBuffer(filler);
        avc.begin();
        assertThat(avc.scan(data, 0, filler.length - 1)).isFalse();
        assertThat(avc.scan(data, filler.length - 1, filler.length)).isTrue();
    }

    @Test
    void longSetsAreLeftOutAndSoAreMoreThanAreKept() {
        scan(avc, START + "68" + "E8".repeat(ParameterSets.MOST_BYTES - 1) + AVC_SLICE);
        assertThat(avc.toBytes()).hasSize(4 + ParameterSets.MOST_BYTES);
        ParameterSets other = ParameterSets.ofAvc();
        scan(other, START + "68" + "E8".repeat(ParameterSets.MOST_BYTES) + AVC_SLICE);
        assertThat(other.toBytes()).isEmpty();

        StringBuilder many = new StringBuilder();
        for (int id = 0; id < ParameterSets.MOST_SETS + 1; id++) {
            many.append(START)
                    .append("68")
                    .append(HexFormat.of()
                            .formatHex(new BitWriter().ue(id).u(8, 0xAA).end()));
        }
        scan(other, many + AVC_SLICE);
        int kept = hex(other).split(START + "68", -1).length - 1;
        assertThat(kept).isEqualTo(ParameterSets.MOST_SETS);
        // One that is kept may still change.
        scan(other, START + "68E8" + AVC_SLICE);
        assertThat(hex(other)).startsWith(START + "68E8");
    }

    private static boolean scan(ParameterSets sets, String hex) {
        ByteBuf data = bytes(hex);
        sets.begin();
        return sets.scan(data, 0, data.capacity());
    }

    private static ByteBuf bytes(String hex) {
        return Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex));
    }

    private static String hex(ParameterSets sets) {
        return HexFormat.of().withUpperCase().formatHex(sets.toBytes());
    }
}
