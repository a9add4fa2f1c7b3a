// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What each type of NAL unit means to access units (14496-10, 7.4.1.2.3; 23008-2, 7.4.2.4.4 and table 7-1). */
class NalUnitTypeTest {
    private static final Set<Integer> AVC_HEADS = Set.of(6, 7, 8, 9, 14, 15, 16, 17, 18);
    private static final Set<Integer> AVC_SLICES = Set.of(1, 2, 5);
    private static final Set<Integer> HEVC_HEADS =
            Set.of(32, 33, 34, 35, 39, 41, 42, 43, 44, 48, 49, 50, 51, 52, 53, 54, 55);

    private final List<String> units = new ArrayList<>();

    static IntStream avcTypes() {
        return IntStream.range(0, 32);
    }

    static IntStream hevcTypes() {
        return IntStream.range(0, 64);
    }

    @ParameterizedTest
    @MethodSource("avcTypes")
    void behindAPictureSomeTypesOfAvcBeginTheNextAccessUnit(int type) {
        String slice = "000001419A0055";
        read(VideoCodec.H264, slice, String.format(Locale.ROOT, "000001%02X9A0055", type), slice);
        if (AVC_SLICES.contains(type)) {
            String kind = type == 5 ? "IDR 2" : "NONE 2";
            assertThat(units).containsExactly("NONE 1", kind, "NONE 3");
        } else {
            assertThat(units).containsExactly("NONE 1", AVC_HEADS.contains(type) ? "NONE 2" : "NONE 3");
        }
    }

    @ParameterizedTest
    @MethodSource("hevcTypes")
    void behindAPictureSomeTypesOfHevcBeginTheNextAccessUnit(int type) {
        String slice = "0000010201D008";
        read(VideoCodec.HEVC, slice, String.format(Locale.ROOT, "000001%02X01D008", type << 1), slice);
        if (type < 32) {
            assertThat(units).containsExactly("NONE 1", hevcKind(type) + " 2", "NONE 3");
        } else {
            assertThat(units).containsExactly("NONE 1", HEVC_HEADS.contains(type) ? "NONE 2" : "NONE 3");
        }
    }

    private static RandomAccess hevcKind(int type) {
        return switch (type) {
            case 16, 17, 18 -> RandomAccess.BLA;
            case 19, 20 -> RandomAccess.IDR;
            case 21, 22, 23 -> RandomAccess.CRA;
            default -> RandomAccess.NONE;
        };
    }

    /** Each in a PES packet of its own. */
    private void read(VideoCodec codec, String... pieces) {
        AccessUnitDetector detector =
                new AccessUnitDetector(codec, unit -> units.add(unit.kind() + " " + unit.packet()));
        int packet = 1;
        for (String piece : pieces) {
            ByteBuf data = Unpooled.wrappedBuffer(HexFormat.of().parseHex(piece));
            detector.onPesStart(packet++, 0, 0);
            detector.onPesData(data, 0, data.capacity());
        }
        detector.finish();
    }
}
