// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.medicloud.mpegts.es.RandomAccess;
import io.medicloud.testdata.PeerProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Streams that ffmpeg's encoders make now: the random access points are the packets that ffprobe flags as key. */
class EncoderProbeTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
                    RECOVERY_POINT | High, false                 | -c:v libx264 -preset veryfast -bf 3 -x264-params open-gop=1:keyint=10:scenecut=0
                    RECOVERY_POINT | Constrained Baseline, false | -c:v libx264 -preset ultrafast -x264-params intra-refresh=1:keyint=10
                    IDR            | High, true                  | -c:v libx264 -preset veryfast -flags +ilme+ildct -x264-params tff=1:keyint=10:nal-hrd=vbr:vbv-maxrate=1000:vbv-bufsize=1000
                    IDR            | High, false                 | -c:v libx264 -preset veryfast -x264-params fake-interlaced=1:keyint=10
                    IDR            | Constrained Baseline, false | -c:v libx264 -preset ultrafast -g 10 -x264-params slices=4:aud=0
                    CRA            | Main, false                 | -c:v libx265 -preset ultrafast -x265-params keyint=10:bframes=3:open-gop=1:scenecut=0:log-level=error
                    IDR            | Main 10, false              | -c:v libx265 -preset ultrafast -pix_fmt yuv420p10le -x265-params keyint=10:open-gop=0:scaling-list=default:temporal-layers=3:log-level=error
                    I              | Main, true                  | -c:v mpeg2video -flags +ilme+ildct -top 1 -g 10 -bf 2
                    I              | 4:2:2, false                | -c:v mpeg2video -pix_fmt yuv422p -g 10
                    """)
    void randomAccessPointsAreFfprobesKeyPackets(RandomAccess kind, String about, String encoder)
            throws IOException, InterruptedException {
        Path file = folder.resolve("stream.ts");
        run("ffmpeg -nostdin -v error -y -f lavfi -i testsrc2=size=352x288:rate=25 -pix_fmt yuv420p " + encoder
                + " -t 2 -f mpegts " + file);
        ProbeReport report = ReportJson.probe(Files.readAllBytes(file), 1316);
        ProbeReport.Stream stream = report.programs().get(0).streams().get(0);
        assertThat(stream.profile() + ", " + stream.interlaced()).isEqualTo(about);
        assertThat(stream.width() + "x" + stream.height()).isEqualTo("352x288");
        assertThat(stream.frameRate()).isEqualTo(25.0);
        assertThat(report.durationSeconds()).isCloseTo(2.0, within(0.001));
        assertThat(report.randomAccessPoints()).last().matches(point -> point.kind() == kind);

        String packets = run("ffprobe -v error -select_streams v -show_entries packet=pts,flags -of csv=p=0 " + file);
        List<Long> key = new ArrayList<>();
        packets.lines()
                .filter(line -> line.contains("K"))
                .forEach(line -> key.add(Long.valueOf(line.split(",", 2)[0])));
        assertThat(key).hasSizeGreaterThan(3);
        assertThat(report.randomAccessPoints().stream().map(ProbeReport.RandomAccessPoint::pts))
                .containsExactlyElementsOf(key);
    }

    private static String run(String command) throws IOException, InterruptedException {
        String[] words = command.split(" +", -1);
        assumeTrue(
                PeerProgram.isInstalled(words[0]) || System.getenv("CI") != null, () -> words[0] + " is not installed");
        PeerProgram.Result result = PeerProgram.run(LIMIT, words);
        assertThat(result.exitStatus()).as(result.err()).isZero();
        return result.out();
    }
}
