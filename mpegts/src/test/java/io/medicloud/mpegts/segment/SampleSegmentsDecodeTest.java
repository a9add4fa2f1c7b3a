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
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Each independent segment of real streams decodes alone to the pictures that ffmpeg makes of the whole stream, from the one on that it starts with. */
@Tag("heavy")
class SampleSegmentsDecodeTest {
    private static final SegmentPolicy POLICY = SegmentPolicy.ofTarget(Duration.ofSeconds(2));

    /** Packets of its pictures are missing: what ffmpeg makes of those depends on what it has seen before. */
    private static final String DAMAGED = "tsd_089_hls_opengop_0.ts";

    /** ffmpeg gives times of pictures as whole pictures: half a picture of 25 a second. */
    private static final long ROUNDED = 1800;

    @TempDir
    private Path folder;

    @TestFactory
    Stream<DynamicTest> anIndependentSegmentDecodesAlone() {
        return Samples.streams().stream()
                .filter(file -> !file.getFileName().toString().equals(DAMAGED))
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> decode(Samples.read(file))));
    }

    private void decode(byte[] stream) throws Exception {
        StreamProbe probe = new StreamProbe();
        probe.onData(Unpooled.wrappedBuffer(stream));
        List<ProbeReport.Program> programs = probe.finish().programs();
        int pid = programs.isEmpty() ? 0 : videoPid(programs.get(0));
        Cuts cuts = Cuts.of(stream, POLICY);
        List<SegmentFacts> facts = cuts.facts().stream()
                .filter(fact -> pid != 0 && fact.independent() && fact.faults().syncLoss() == 0)
                .toList();
        if (facts.isEmpty()) {
            return;
        }
        List<byte[]> files = new ArrayList<>();
        facts.forEach(fact -> files.add(cuts.segment((int) fact.sequence() - 1)));
        files.add(stream);
        List<Map<Long, String>> decoded = new PeerDecoder(folder).pictures(files, pid);
        Map<Long, String> whole = decoded.get(facts.size());
        for (int i = 0; i < facts.size(); i++) {
            long start = facts.get(i).startPts();
            TreeMap<Long, String> pictures = new TreeMap<>();
            decoded.get(i).forEach((pts, crc) -> pictures.put(Pts.distance(start, pts), crc));
            pictures.headMap(-ROUNDED).clear();
            assertThat(pictures.firstKey()).isLessThan(ROUNDED);
            // The next cut, or the end of the file, may break off the last one's access unit.
            pictures.remove(pictures.lastKey());
            pictures.forEach((after, crc) -> assertThat(whole).containsEntry(start + after & Pts.WRAP - 1, crc));
        }
    }

    private static int videoPid(ProbeReport.Program program) {
        return program.streams().stream()
                .filter(stream -> stream.width() != null)
                .mapToInt(ProbeReport.Stream::pid)
                .findFirst()
                .orElse(0);
    }
}
