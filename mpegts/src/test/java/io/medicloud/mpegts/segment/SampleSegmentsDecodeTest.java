// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.mpegts.Samples;
import io.medicloud.mpegts.packet.Pts;
import io.medicloud.mpegts.probe.ProbeReport;
import io.medicloud.mpegts.probe.StreamProbe;
import io.netty.buffer.Unpooled;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each independent segment of real streams decodes alone, without an error, to the pictures that ffmpeg makes of the whole stream, from the one on
 * that it starts with. docs/segments-alone.md says why some cannot.
 */
@Tag("heavy")
class SampleSegmentsDecodeTest {
    private static final Duration SHORT = Duration.ofSeconds(2);
    private static final Duration USUAL = Duration.ofSeconds(6);

    /** Of these streams segments do not decode without an error, because the whole file does not. */
    private static final Set<String> DAMAGED = Set.of(
            "m3_ait_hbbtv.ts",
            "tsd_025_mpeg2_dvb.ts",
            "tsd_072_rai_everywhere.ts",
            "tsd_089_hls_opengop_0.ts",
            "tsd_108_mpts_mpeg2_hevc.ts");

    /** Packets of its pictures are missing: what ffmpeg makes of those depends on what it has seen before. */
    private static final String NEVER_THE_SAME = "tsd_089_hls_opengop_0.ts";

    /** Of these the longest duration, twice {@link #SHORT}, ends a segment, and none of their PES packets there begins with a picture. */
    private static final Set<String> FORCED = Set.of("mux_sintel_captions.ts", "shk_apple_h264_unaligned.ts");

    /** ffmpeg gives times of pictures as whole pictures: half a picture of 25 a second. */
    private static final long ROUNDED = 1800;

    @TempDir
    private Path folder;

    @TestFactory
    Stream<DynamicTest> anIndependentSegmentDecodesAlone() {
        return Stream.of(SHORT, USUAL)
                .flatMap(target -> Samples.streams().stream()
                        .map(file -> DynamicTest.dynamicTest(
                                target.toSeconds() + " s: " + file.getFileName(), () -> decode(file, target))));
    }

    private void decode(Path file, Duration target) throws Exception {
        byte[] stream = Samples.read(file);
        int pid = videoPid(stream);
        Cuts cuts = Cuts.of(stream, SegmentPolicy.ofTarget(target));
        List<SegmentFacts> facts = cuts.facts().stream()
                .filter(fact -> pid != 0 && fact.independent() && fact.faults().syncLoss() == 0)
                .toList();
        if (facts.isEmpty()) {
            return;
        }
        List<byte[]> segments = new ArrayList<>();
        facts.forEach(fact -> segments.add(cuts.segment((int) fact.sequence() - 1)));
        String name = file.getFileName().toString();
        PeerDecoder peer = new PeerDecoder(folder);
        boolean damaged = DAMAGED.contains(name);
        boolean forced = target.equals(SHORT) && FORCED.contains(name);
        assertThat(peer.isSound(segments, pid)).as("%s sound alone", name).isEqualTo(!damaged && !forced);
        if (damaged) {
            assertThat(peer.isSound(List.of(stream), pid))
                    .as("%s sound whole", name)
                    .isFalse();
        }
        if (!name.equals(NEVER_THE_SAME)) {
            comparePictures(facts, peer.pictures(segments, pid), peer.picturesOf(stream, pid), damaged || forced);
        }
    }

    private static void comparePictures(
            List<SegmentFacts> facts, List<Map<Long, String>> alone, Map<Long, String> whole, boolean lastIsBroken) {
        for (int i = 0; i < facts.size(); i++) {
            long start = facts.get(i).startPts();
            TreeMap<Long, String> pictures = new TreeMap<>();
            alone.get(i).forEach((pts, crc) -> pictures.put(Pts.distance(start, pts), crc));
            pictures.headMap(-ROUNDED).clear();
            assertThat(pictures.firstKey()).isLessThan(ROUNDED);
            if (lastIsBroken) {
                pictures.remove(pictures.lastKey());
            }
            pictures.forEach((after, crc) -> assertThat(whole).containsEntry(start + after & Pts.WRAP - 1, crc));
        }
    }

    /** The first program's, or 0. */
    private static int videoPid(byte[] stream) {
        StreamProbe probe = new StreamProbe();
        probe.onData(Unpooled.wrappedBuffer(stream));
        return probe.finish().programs().stream()
                .limit(1)
                .flatMap(program -> program.streams().stream())
                .filter(one -> one.width() != null)
                .mapToInt(ProbeReport.Stream::pid)
                .findFirst()
                .orElse(0);
    }
}
