// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.packet.Pts;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class AccessUnitDetectorTest {
    private static final String SETS = "0000000109F0 0000000167640028 00000168EBE3CB ";
    private static final String IDR = SETS + "00000165888400 ";
    private static final String NON_IDR = "0000000109F0 00000001419A0055 ";

    private final List<String> units = new ArrayList<>();
    private final AccessUnitDetector detector = detector(VideoCodec.H264, units);

    @Test
    void theFirstAccessUnitThatCommencesInAPesHasItsTimes() {
        pes(1, 9000, NON_IDR + IDR);
        pes(5, 12600, IDR + NON_IDR);
        detector.finish();
        assertThat(units)
                .containsExactly(
                        "NONE packet 1 pts 9000 aligned",
                        "IDR packet 1 pts -1",
                        "IDR packet 5 pts 12600 aligned",
                        "NONE packet 5 pts -1");
    }

    @Test
    void anAccessUnitThatCommencesWithinAPesBelongsToIt() {
        pes(1, 9000, NON_IDR);
        pes(5, 12600, "AABBCC " + IDR);
        pes(9, 16200, "DDEEFF " + NON_IDR);
        detector.finish();
        assertThat(units)
                .containsExactly("NONE packet 1 pts 9000 aligned", "IDR packet 5 pts 12600", "NONE packet 9 pts 16200");
    }

    @Test
    void aStartCodeThatBeginsInThePesBeforeBelongsToThatOne() {
        pes(1, 9000, NON_IDR + "0000");
        pes(5, 12600, "0109F0 0000000167640028 00000168EBE3CB 0000016588");
        detector.finish();
        assertThat(units).containsExactly("NONE packet 1 pts 9000 aligned", "IDR packet 1 pts -1");
    }

    @Test
    void aZeroByteAtTheEndOfThePesBeforeChangesNothing() {
        pes(1, 9000, NON_IDR + "00");
        pes(5, 12600, IDR.substring(2));
        detector.finish();
        assertThat(units.get(1)).isEqualTo("IDR packet 5 pts 12600 aligned");
    }

    @Test
    void slicesOfOnePictureAreOneAccessUnit() {
        pes(1, 9000, SETS + "0000016588 0000016544 0000016522" + NON_IDR);
        detector.finish();
        assertThat(units).containsExactly("IDR packet 1 pts 9000 aligned", "NONE packet 1 pts -1");
    }

    @Test
    void anIntraPictureIsOneOnlyIfItsLastSliceIsIntra() {
        pes(1, 9000, SETS + "00000141B8 000001414C " + SETS + "00000141B8 0000014158");
        detector.finish();
        assertThat(units).containsExactly("I packet 1 pts 9000 aligned", "NONE packet 1 pts -1");
    }

    @Test
    void whatComesBeforeTheFirstPesIsNotRead() {
        ByteBuf data = bytes(IDR);
        detector.onPesData(data, 0, data.capacity());
        pes(7, 9000, NON_IDR);
        detector.finish();
        assertThat(units).containsExactly("NONE packet 7 pts 9000 aligned");
    }

    @Test
    void aGapEndsAnAccessUnitAndTheRestOfItIsNone() {
        pes(1, 9000, IDR);
        detector.onGap();
        pes(5, 12600, "AABB 0000014144 " + IDR);
        detector.finish();
        assertThat(units.get(0)).isEqualTo("IDR packet 1 pts 9000 aligned");
        assertThat(units.get(units.size() - 1)).startsWith("IDR packet 5");
    }

    @Test
    void hevcAccessUnitsBeginWithTheirFirstSliceSegmentIfTheyHaveNothingInFront() {
        List<String> found = new ArrayList<>();
        AccessUnitDetector hevc = detector(VideoCodec.HEVC, found);
        hevc.onPesStart(3, 9000, 9000);
        ByteBuf data = bytes("000001 2A01AF08 000001 2A015F08 000001 0201D008 000001 280180");
        hevc.onPesData(data, 0, data.capacity());
        hevc.finish();
        assertThat(found)
                .containsExactly("CRA packet 3 pts 9000 aligned", "NONE packet 3 pts -1", "IDR packet 3 pts -1");
    }

    @Test
    void aPictureWithoutSequenceHeaderIsNoRandomAccessPoint() {
        List<String> found = new ArrayList<>();
        AccessUnitDetector mpeg2 = detector(VideoCodec.MPEG2, found);
        mpeg2.onPesStart(3, 9000, 9000);
        String intra = "00000100000FFF 00000101AA 00000102AA ";
        ByteBuf data = bytes("000001B32D0240330B1BE381 " + intra + intra);
        mpeg2.onPesData(data, 0, data.capacity());
        mpeg2.finish();
        assertThat(found).containsExactly("I packet 3 pts 9000 aligned", "NONE packet 3 pts -1");
    }

    @Property(tries = 2000)
    void piecesOfAnySizeGiveTheSame(
            @ForAll VideoCodec codec,
            @ForAll @Size(max = 300) byte[] noise,
            @ForAll @IntRange(min = 1, max = 50) int piece) {
        for (int k = 0; k < noise.length; k++) {
            if (noise[k] >= 0) {
                noise[k] = (byte) (noise[k] >> 6);
            }
        }
        assertThat(scan(codec, noise, piece)).isEqualTo(scan(codec, noise, 300));
    }

    private static List<String> scan(VideoCodec codec, byte[] noise, int piece) {
        List<String> found = new ArrayList<>();
        AccessUnitDetector detector = detector(codec, found);
        ByteBuf data = Unpooled.wrappedBuffer(noise);
        int half = noise.length / 2;
        detector.onPesStart(0, 0, 0);
        for (int at = 0; at < half; at += piece) {
            detector.onPesData(data, at, Math.min(half, at + piece));
        }
        detector.onPesStart(1, 1, 1);
        for (int at = half; at < noise.length; at += piece) {
            detector.onPesData(data, at, Math.min(noise.length, at + piece));
        }
        detector.finish();
        return found;
    }

    private static AccessUnitDetector detector(VideoCodec codec, List<String> units) {
        return new AccessUnitDetector(codec, unit -> {
            assertThat(unit.dts()).isEqualTo(unit.pts());
            units.add(unit.kind() + " packet " + unit.packet() + " pts " + unit.pts()
                    + (unit.isAligned() ? " aligned" : ""));
        });
    }

    private void pes(long packet, long pts, String hex) {
        assertThat(pts).isNotEqualTo(Pts.NONE);
        detector.onPesStart(packet, pts, pts);
        ByteBuf data = bytes(hex);
        detector.onPesData(data, 0, data.capacity());
    }

    private static ByteBuf bytes(String hex) {
        return Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex.replace(" ", "")));
    }
}
