// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.Samples;
import io.medicloud.testdata.ChunkSplitter;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Real streams, whole and damaged. */
class SegmenterSamplesTest {
    private static final SegmentPolicy ONE_SECOND = SegmentPolicy.ofTarget(Duration.ofSeconds(1));

    @TestFactory
    Stream<DynamicTest> theSegmentsAreTheInputAndDoNotDependOnThePieces() {
        return Samples.streams().stream()
                .map(file -> DynamicTest.dynamicTest(name(file), () -> {
                    byte[] stream = Samples.read(file);
                    Cuts whole = Cuts.of(stream, ONE_SECOND, ChunkSplitter.every(stream.length));
                    whole.assertGapless();
                    if (!name(file).contains("junk")) {
                        assertThat(whole.joined()).isEqualTo(packets(stream, name(file)));
                    }
                    Cuts.of(stream, ONE_SECOND, ChunkSplitter.every(1316)).assertSameAs(whole);
                    Cuts.of(stream, ONE_SECOND, ChunkSplitter.random(stream.length, 1, 5000))
                            .assertSameAs(whole);
                }));
    }

    @TestFactory
    Stream<DynamicTest> damageDoesNoHarmBeyondItself() {
        return Samples.streams().stream()
                .map(file -> DynamicTest.dynamicTest(name(file), () -> {
                    byte[] stream = Samples.read(file);
                    Random random = new Random(stream.length);
                    for (int i = 0; i < stream.length / 5000; i++) {
                        stream[random.nextInt(stream.length)] = (byte) random.nextInt();
                    }
                    Cuts whole = Cuts.of(stream, ONE_SECOND, ChunkSplitter.every(stream.length));
                    whole.assertGapless();
                    Cuts.of(stream, ONE_SECOND, ChunkSplitter.random(stream.length, 1, 5000))
                            .assertSameAs(whole);
                }));
    }

    /** All whole packets of a stream, 188 bytes each. */
    private static byte[] packets(byte[] stream, String name) {
        int size = name.contains("192") ? 192 : name.contains("204") ? 204 : 188;
        ByteArrayOutputStream packets = new ByteArrayOutputStream();
        for (int at = size == 192 ? 4 : 0; at + 188 <= stream.length; at += size) {
            packets.writeBytes(Arrays.copyOfRange(stream, at, at + 188));
        }
        return packets.toByteArray();
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }
}
