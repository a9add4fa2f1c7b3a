// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.medicloud.mpegts.Samples;
import io.medicloud.testdata.ChunkSplitter;
import io.medicloud.testdata.PeerProgram;
import io.medicloud.testdata.Sections;
import io.medicloud.testdata.SyntheticEncoder;
import io.medicloud.testdata.SyntheticStream;
import io.medicloud.testdata.TsWriter;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files, whose time is their own clock's. */
class FileMonitorTest {
    @TempDir
    private Path folder;

    @Test
    void timeIsTheClocks() {
        MonitorReport report = monitor(constantRate(3000, 0), 1316);
        // 13,536 ticks a packet.
        assertThat(report.seconds()).isCloseTo(3000 * 13_536 / 27e6, within(0.001));
        assertThat(report.bitrate()).isCloseTo(3e6, within(2000.0));
        assertThat(raised(report)).isEmpty();
    }

    @Test
    void whereTheClockJumpsTimeGoesOn() {
        for (long jump : new long[] {600 * 27_000_000L, -600 * 27_000_000L}) {
            MonitorReport report = monitor(constantRate(3000, jump), 1316);
            assertThat(report.seconds()).isCloseTo(3000 * 13_536 / 27e6, within(0.05));
            assertThat(raised(report))
                    .containsExactly(Indicator.PCR_ERROR, Indicator.PCR_DISCONTINUITY_INDICATOR_ERROR);
            assertThat(report.of(Indicator.PCR_ERROR).firstUs()).isCloseTo(752_000L, within(20_000L));
        }
    }

    @Test
    void withoutAClockWhatTakesTimeIsNotMeasured() {
        TsWriter writer = new TsWriter();
        for (int i = 0; i < 20; i++) {
            writer.pat(1, new Sections.Program(1, Broadcast.PMT));
            writer.section(17, Sections.sdt(1, 0, 1, "a", "b"));
        }
        MonitorReport report = monitor(writer.toByteArray(), 1316);
        assertThat(report.seconds()).isZero();
        assertThat(report.bitrate()).isNull();
        assertThat(raised(report)).isEmpty();
        assertThat(report.of(Indicator.PAT_ERROR_2).state()).isEqualTo(IndicatorState.NOT_MEASURED);
        assertThat(report.of(Indicator.CONTINUITY_COUNT_ERROR).state()).isEqualTo(IndicatorState.OK);
    }

    @Test
    void aClockThatStopsIsLeftForAnother() {
        TsWriter writer = new TsWriter();
        for (int i = 0; i < 3; i++) {
            writer.pcr(0x50, i * 27_000L);
        }
        for (int i = 0; i < 3 * StreamTime.MOST_BYTES / 188; i++) {
            if (i % 1000 == 0) {
                writer.pcr(0x51, i * 2700L);
            } else {
                writer.nullPacket();
            }
        }
        assertThat(monitor(writer.toByteArray(), 100_000).seconds()).isGreaterThan(4);
    }

    @Test
    void theSyntheticEncodersStreamIsHealthy() {
        byte[] stream = new SyntheticEncoder(SyntheticStream.DEFAULT).generate(Duration.ofSeconds(10));
        MonitorReport report = monitor(stream, 1316);
        assertThat(raised(report)).isEmpty();
        MonitorReport.VideoReport video = report.videos().get(0);
        assertThat(video.frameRate()).isCloseTo(25.0, within(0.01));
        assertThat(video.mostGop()).isEqualTo(50);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "-c:v libx264 -preset ultrafast -g 50 -b:v 1M -maxrate 1M -bufsize 500k -c:a aac -muxrate 2M",
                "-c:v libx264 -preset veryfast -bf 2 -g 25 -b:v 1M -maxrate 1M -bufsize 500k -c:a mp2 -muxrate 8M",
                "-c:v libx265 -preset ultrafast -x265-params keyint=25:log-level=error:vbv-maxrate=1000:vbv-bufsize=500"
                        + " -c:a aac -muxrate 3M",
                "-c:v mpeg2video -g 12 -b:v 1M -maxrate 1M -bufsize 600k -c:a mp2 -muxrate 3M",
                "-c:v libx264 -preset ultrafast -g 50 -c:a aac"
            })
    void whatFfmpegMultiplexesIsRightInTheFirstTwoPriorities(String how) throws IOException, InterruptedException {
        assumeTrue(PeerProgram.isInstalled("ffmpeg") || System.getenv("CI") != null, "ffmpeg is not installed");
        Path file = folder.resolve("made.ts");
        String command = "ffmpeg -nostdin -v error -y -f lavfi -i testsrc2=size=352x288:rate=25 -f lavfi"
                + " -i sine=sample_rate=48000 -pix_fmt yuv420p " + how + " -t 6 -f mpegts " + file;
        PeerProgram.Result result = PeerProgram.run(Duration.ofSeconds(60), command.split(" +", -1));
        assertThat(result.exitStatus()).as(result.err()).isZero();
        MonitorReport report = monitor(Files.readAllBytes(file), 65_536);
        // Its packets come in bursts that a transport buffer does not hold: of the third priority that is an error.
        assertThat(raised(report)).isSubsetOf(Indicator.BUFFER_ERROR, Indicator.EMPTY_BUFFER_ERROR);
        assertThat(report.seconds()).isCloseTo(6.0, within(0.5));
        assertThat(report.videos().get(0).pictures()).isEqualTo(150);
        assertThat(report.videos().get(0).frameRate()).isCloseTo(25.0, within(0.01));
        if (how.contains("muxrate")) {
            String rate = how.substring(how.indexOf("muxrate ") + 8);
            double muxrate = Double.parseDouble(rate.replace("M", "e6"));
            assertThat(report.clocks().get(0).transportRate()).isCloseTo(muxrate, within(muxrate / 1e5));
            assertThat(report.clocks().get(0).accuracyNs()).isLessThan(100);
            assertThat(report.of(Indicator.PCR_ACCURACY_ERROR).state()).isEqualTo(IndicatorState.OK);
        }
    }

    @TestFactory
    Stream<DynamicTest> realStreamsAreWhatTheyAreKnownFor() {
        return Samples.streams().stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                    byte[] bytes = Samples.read(file);
                    MonitorReport report = monitor(bytes, 100_003);
                    assertThat(monitor(bytes, bytes.length)).isEqualTo(report);
                    SampleFindings.check(file.getFileName().toString(), report);
                }));
    }

    @Property(tries = 200)
    void anyBytesAreTakenInAnyPieces(
            @ForAll @Size(max = 6000) byte[] noise,
            @ForAll boolean framed,
            @ForAll @IntRange(min = 1, max = 400) int piece) {
        for (int at = 0; framed && at < noise.length; at += 188) {
            noise[at] = 0x47;
        }
        MonitorReport report = monitor(noise, Math.max(1, noise.length));
        assertThat(monitor(noise, piece)).isEqualTo(report);
        assertThat(live(noise, piece)).isEqualTo(live(noise, Math.max(1, noise.length)));
    }

    @Property(tries = 60)
    void damageIsTakenInAnyPieces(@ForAll long seed, @ForAll @IntRange(min = 100, max = 5000) int most) {
        Random random = new Random(seed);
        byte[] stream = HEALTHY.clone();
        for (int i = random.nextInt(200); i > 0; i--) {
            stream[random.nextInt(stream.length)] = (byte) random.nextInt();
        }
        int cut = random.nextInt(stream.length);
        stream = random.nextBoolean() ? Arrays.copyOfRange(stream, cut, stream.length) : stream;
        MonitorReport report = monitor(stream, Math.max(1, stream.length));
        FileMonitor pieces = new FileMonitor();
        ChunkSplitter.random(seed, 50, most).split(stream, bytes -> pieces.onData(Unpooled.wrappedBuffer(bytes)));
        pieces.finish();
        assertThat(pieces.report()).isEqualTo(report);
        assertThat(live(stream, most)).isEqualTo(live(stream, Math.max(1, stream.length)));
    }

    private static final byte[] HEALTHY =
            new SyntheticEncoder(SyntheticStream.DEFAULT).generate(Duration.ofMillis(800));

    /** Packets at 3 Mbit/s with a program of picture and sound; half-way the clock jumps. */
    private static byte[] constantRate(int packets, long jump) {
        TsWriter writer = new TsWriter();
        while (writer.packets() < packets) {
            long at = writer.packets();
            long clock = at * 13_536 + (at > packets / 2 ? jump : 0) + 27_000_000_000L;
            if (at % 100 == 0) {
                writer.pat(1, new Sections.Program(1, Broadcast.PMT));
                writer.pmt(Broadcast.PMT, 1, Broadcast.VIDEO, Broadcast.streams()[0]);
            } else if (at % 50 == 10) {
                writer.pcr(Broadcast.VIDEO, clock);
            } else if (at % 80 == 20) {
                writer.pes(
                        Broadcast.VIDEO,
                        io.medicloud.testdata.PesBuilder.of(io.medicloud.testdata.PesBuilder.VIDEO)
                                .pts(clock / 300 + 45_000)
                                .payload(Broadcast.IDR));
            } else {
                writer.nullPacket();
            }
        }
        return writer.toByteArray();
    }

    static List<Indicator> raised(MonitorReport report) {
        return report.indicators().stream()
                .filter(indicator -> indicator.count() > 0)
                .map(MonitorReport.IndicatorReport::indicator)
                .toList();
    }

    static MonitorReport monitor(byte[] bytes, int piece) {
        FileMonitor monitor = new FileMonitor();
        for (int at = 0; at < bytes.length; at += piece) {
            monitor.onData(Unpooled.wrappedBuffer(bytes, at, Math.min(piece, bytes.length - at)));
        }
        monitor.finish();
        return monitor.report();
    }

    private static MonitorReport live(byte[] bytes, int piece) {
        TsMonitor monitor = new TsMonitor();
        for (int at = 0; at < bytes.length; at += piece) {
            monitor.onData(Unpooled.wrappedBuffer(bytes, at, Math.min(piece, bytes.length - at)), 5);
        }
        monitor.finish();
        return monitor.report();
    }
}
