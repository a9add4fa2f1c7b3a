// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.medicloud.mpegts.packet.Pts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Real streams of many origins, and what ffprobe and another scanner said of them. */
class SampleProbeTest {
    private static final Set<String> VIDEO = Set.of("h264", "hevc", "mpeg2video");
    private static final Map<String, Double> LEVEL_UNITS = Map.of("h264", 10.0, "hevc", 30.0);
    /** Files up to this size are also given byte by byte. */
    private static final int SMALL = 60_000;

    private static final int LARGE = 1_000_000;

    @TestFactory
    Stream<DynamicTest> whatIsFoundIsWhatFfprobeFinds() throws IOException {
        return samples().map(file -> DynamicTest.dynamicTest(name(file), () -> compare(file)));
    }

    @TestFactory
    Stream<DynamicTest> piecesOfAnySizeGiveTheSameReport() throws IOException {
        return samples()
                .filter(file -> file.toFile().length() <= LARGE)
                .map(file -> DynamicTest.dynamicTest(name(file), () -> {
                    byte[] bytes = Files.readAllBytes(file);
                    ProbeReport report = ReportJson.probe(bytes, bytes.length);
                    assertThat(ReportJson.probe(bytes, 1316)).isEqualTo(report);
                    if (bytes.length <= SMALL) {
                        assertThat(ReportJson.probe(bytes, 1)).isEqualTo(report);
                        assertThat(ReportJson.probe(bytes, 187)).isEqualTo(report);
                    }
                }));
    }

    private static Stream<Path> samples() throws IOException {
        String folder = System.getenv("MEDICLOUD_SAMPLES");
        assumeTrue(folder != null, "MEDICLOUD_SAMPLES is not set");
        try (Stream<Path> files = Files.list(Path.of(folder))) {
            List<Path> found = files.filter(file -> Files.exists(beside(file, ".nal.json.gz")))
                    .sorted()
                    .toList();
            assertThat(found).isNotEmpty();
            return found.stream();
        }
    }

    private static void compare(Path file) throws IOException {
        Map<String, Object> scan = load(beside(file, ".nal.json.gz"));
        Map<String, Object> ffprobe = load(beside(file, ".ffprobe.json.gz"));
        if (ffprobe.get("forced_mpegts") != null) {
            ffprobe = JsonText.object(ffprobe.get("forced_mpegts"));
        }
        ProbeReport report = ReportJson.probe(Files.readAllBytes(file), 100_003);
        assertThat(report.bytes()).isEqualTo(Files.size(file));
        assertThat(report.packetSize()).isEqualTo((int) JsonText.number(scan.get("packet_size")));
        assertThat(report.errors().transport()).isEqualTo(JsonText.number(scan.get("tei")));

        Map<Integer, ProbeReport.Stream> streams = new HashMap<>();
        report.programs().forEach(program -> program.streams().forEach(stream -> streams.put(stream.pid(), stream)));
        Map<Long, Integer> pids = new HashMap<>();
        for (Map<String, Object> theirs : JsonText.objects(ffprobe.get("streams"))) {
            int pid = Integer.decode((String) theirs.get("id"));
            ProbeReport.Stream ours = streams.get(pid);
            if (ours != null) {
                pids.put(JsonText.number(theirs.get("index")), pid);
                compareVideo(ours, theirs);
                compareAudio(ours, theirs);
            }
        }
        compareRandomAccessPoints(report, streams, ffprobe, pids);
    }

    private static void compareVideo(ProbeReport.Stream ours, Map<String, Object> theirs) {
        String codec = (String) theirs.get("codec_name");
        if (codec == null || !VIDEO.contains(codec) || JsonText.number(theirs.get("width")) == 0) {
            return;
        }
        assertThat(ours.codec()).isEqualTo(codec);
        assertThat(ours.profile()).isEqualTo(theirs.get("profile"));
        assertThat(ours.width()).isEqualTo((int) JsonText.number(theirs.get("width")));
        assertThat(ours.height()).isEqualTo((int) JsonText.number(theirs.get("height")));
        if (LEVEL_UNITS.containsKey(codec)) {
            double level = JsonText.number(theirs.get("level")) / LEVEL_UNITS.get(codec);
            assertThat(ours.level()).isEqualTo(String.valueOf(level));
        }
        Object fieldOrder = theirs.get("field_order");
        if (fieldOrder != null) {
            assertThat(ours.interlaced()).isEqualTo(!fieldOrder.equals("progressive"));
        }
        assertThat(ours.frameRate()).isPositive();
    }

    private static void compareAudio(ProbeReport.Stream ours, Map<String, Object> theirs) {
        Object rate = theirs.get("sample_rate");
        if (!"audio".equals(theirs.get("codec_type")) || rate == null || JsonText.number(rate) == 0) {
            return;
        }
        String codec = (String) theirs.get("codec_name");
        assertThat(ours.codec()).isEqualTo(codec);
        Object profile = theirs.get("profile");
        if (profile instanceof String name && name.startsWith("HE-AAC") && ours.sampleRate() < JsonText.number(rate)) {
            // Implicit SBR: the header is that of the core.
            assertThat(ours.profile()).isEqualTo("LC");
        } else {
            assertThat(ours.profile()).isEqualTo(profile);
        }
        if (codec.startsWith("aac")) {
            // With implicit SBR and parametric stereo, headers tell half of it.
            assertThat(ours.sampleRate()).isIn((int) JsonText.number(rate), (int) JsonText.number(rate) / 2);
            assertThat(ours.channels()).isIn((int) JsonText.number(theirs.get("channels")), 1);
        } else {
            assertThat(ours.sampleRate()).isEqualTo((int) JsonText.number(rate));
            assertThat(ours.channels()).isEqualTo((int) JsonText.number(theirs.get("channels")));
        }
    }

    private static void compareRandomAccessPoints(
            ProbeReport report,
            Map<Integer, ProbeReport.Stream> streams,
            Map<String, Object> ffprobe,
            Map<Long, Integer> pids) {
        Set<String> expected = new TreeSet<>();
        for (Map<String, Object> packet : JsonText.objects(ffprobe.get("video_packets"))) {
            Integer pid = pids.get(JsonText.number(packet.get("stream_index")));
            boolean key = ((String) packet.get("flags")).contains("K") && packet.get("pts") != null;
            if (key && pid != null && VIDEO.contains(streams.get(pid).codec())) {
                expected.add(pid + " " + Math.floorMod(JsonText.number(packet.get("pts")), Pts.WRAP));
            }
        }
        Set<String> found = new TreeSet<>();
        report.randomAccessPoints().forEach(point -> found.add(point.pid() + " " + point.pts()));
        assertThat(found).isEqualTo(expected);
    }

    private static Map<String, Object> load(Path file) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return JsonText.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static Path beside(Path file, String ending) {
        return file.resolveSibling(name(file) + ending);
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }
}
