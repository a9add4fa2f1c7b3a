// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntSupplier;

class ElementaryStreamFuzzTest {
    @FuzzTest
    void h264(byte[] input) {
        accessUnits(VideoCodec.H264, input);
        AvcSps.parse(input, input.length);
    }

    @FuzzTest
    void h265(byte[] input) {
        accessUnits(VideoCodec.HEVC, input);
        HevcSps.parse(input, input.length);
    }

    @FuzzTest
    void mpeg2(byte[] input) {
        accessUnits(VideoCodec.MPEG2, input);
        Mpeg2Sequence.parse(input, input.length);
        ByteBuf data = Unpooled.wrappedBuffer(input);
        Mpeg4VideoReader mpeg4 = new Mpeg4VideoReader();
        mpeg4.scan(data, 0, input.length);
        mpeg4.format();
    }

    @FuzzTest
    void audio(byte[] input) {
        AudioHeader whole = audio(input, () -> Math.max(1, input.length));
        assertThat(audio(input, pieces(input))).isEqualTo(whole);
    }

    private static AudioHeader audio(byte[] input, IntSupplier size) {
        AudioReader reader = new AudioReader();
        ByteBuf data = Unpooled.wrappedBuffer(input);
        reader.onPesStart();
        for (int at = 0; at < input.length; ) {
            int to = Math.min(input.length, at + size.getAsInt());
            reader.onPesData(data, at, to);
            at = to;
        }
        reader.finish();
        return reader.header();
    }

    private static IntSupplier pieces(byte[] input) {
        Random random = new Random(Arrays.hashCode(input));
        return () -> 1 + random.nextInt(200);
    }

    private static void accessUnits(VideoCodec codec, byte[] input) {
        assertThat(units(codec, input, pieces(input))).isEqualTo(units(codec, input, () -> Math.max(1, input.length)));
    }

    /** PES packets begin at places that the input's hash tells, whatever the pieces. */
    private static List<String> units(VideoCodec codec, byte[] input, IntSupplier size) {
        List<String> units = new ArrayList<>();
        AccessUnitDetector detector = new AccessUnitDetector(
                codec,
                unit -> units.add(unit.kind() + " " + unit.packet() + " " + unit.pts() + " " + unit.isAligned()
                        + unit.hasParameterSets()));
        AccessUnitProbe probe = AccessUnitProbe.of(codec);
        ByteBuf data = Unpooled.wrappedBuffer(input);
        Random random = new Random(input.length);
        int pes = 0;
        for (int at = 0; at < input.length; ) {
            int end = Math.min(input.length, at + 1 + random.nextInt(1000));
            detector.onPesStart(pes++, at, at);
            probe.begin();
            while (at < end) {
                int to = Math.min(end, at + size.getAsInt());
                detector.onPesData(data, at, to);
                probe.scan(data, at, to);
                at = to;
            }
            if (random.nextInt(8) == 0) {
                detector.onGap();
            }
            probe.end();
            units.add("probe " + probe.kind() + " " + probe.recoveryFrameCount() + probe.isAligned()
                    + probe.hasParameterSets());
        }
        detector.finish();
        units.add(detector.format() + " " + detector.isInterlaced());
        return units;
    }
}
