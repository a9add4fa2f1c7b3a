// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.es;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class NalScannerTest {
    /** Writes down all NAL units: start code, leading zeros, bytes. */
    private static final class Recorder implements NalScanner.Sink {
        private final List<String> units = new ArrayList<>();
        private StringBuilder unit = new StringBuilder();

        @Override
        public boolean onNalUnit(int header, long startCode, long leadingZeros) {
            flush();
            unit.append(String.format("%d/%d %02x", startCode, leadingZeros, header));
            return true;
        }

        @Override
        public boolean onByte(int value) {
            unit.append(String.format(" %02x", value));
            return true;
        }

        @Override
        public void onNalUnitEnd() {
            unit.append(" end");
        }

        @Override
        public boolean isDone() {
            return false;
        }

        private List<String> flush() {
            if (unit.length() > 0) {
                units.add(unit.toString());
            }
            unit = new StringBuilder();
            return units;
        }
    }

    @Test
    void startCodesAreFoundWhereverTheBytesAreSplit() {
        byte[] bytes = HexFormat.of().parseHex("ff0000000167aa0000030000010968000000000165bb00cc0000");
        List<String> expected = List.of("2/1 67 aa 00 00 end", "10/10 09 68 end", "17/15 65 bb 00 cc");
        for (int split = 0; split <= bytes.length; split++) {
            assertThat(scan(bytes, true, split, bytes.length))
                    .as("split at %d", split)
                    .isEqualTo(expected);
        }
        assertThat(scan(bytes, true, 1, 1)).isEqualTo(expected);
    }

    @Test
    void withoutEmulationPreventionAllBytesAreHandedOut() {
        byte[] bytes = HexFormat.of().parseHex("000001b3000003aa000001");
        assertThat(scan(bytes, false, bytes.length, 1)).containsExactly("0/0 b3 00 00 03 aa end");
    }

    @Test
    void aLongRunWithoutZerosIsSkippedAndTheStartCodeBehindItFound() {
        byte[] bytes = new byte[1000];
        Arrays.fill(bytes, (byte) 0x55);
        for (int at = 3; at < 990; at++) {
            byte[] copy = bytes.clone();
            copy[at] = copy[at + 1] = 0;
            copy[at + 2] = 1;
            copy[at + 3] = 9;
            Recorder recorder = new Recorder();
            new NalScanner(recorder, true).scan(Unpooled.wrappedBuffer(copy), 0, at + 4);
            assertThat(recorder.flush()).containsExactly(at + "/" + at + " 09");
        }
    }

    @Property(tries = 3000)
    void piecesOfAnySizeGiveTheSame(
            @ForAll @Size(max = 200) byte[] noise,
            @ForAll @IntRange(min = 1, max = 40) int piece,
            @ForAll boolean prevention) {
        for (int k = 0; k < noise.length; k++) {
            if (noise[k] >= 0) {
                noise[k] = (byte) (noise[k] >> 5);
            }
        }
        assertThat(scan(noise, prevention, piece, piece)).isEqualTo(scan(noise, prevention, noise.length, 1));
    }

    private static List<String> scan(byte[] bytes, boolean prevention, int firstPiece, int piece) {
        Recorder recorder = new Recorder();
        NalScanner scanner = new NalScanner(recorder, prevention);
        ByteBuf data = Unpooled.wrappedBuffer(bytes);
        int first = Math.min(firstPiece, bytes.length);
        scanner.scan(data, 0, first);
        for (int at = first; at < bytes.length; at += piece) {
            scanner.scan(data, at, Math.min(bytes.length, at + piece));
        }
        assertThat(scanner.position()).isEqualTo(bytes.length);
        return recorder.flush();
    }
}
