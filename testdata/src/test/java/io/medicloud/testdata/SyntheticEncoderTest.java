// SPDX-License-Identifier: Apache-2.0
package io.medicloud.testdata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyntheticEncoderTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final long WRAP = 1L << 33;

    @TempDir
    private Path folder;

    @Test
    void ffmpegDecodesAllOfItWithoutAWarning() throws Exception {
        Path file = write(SyntheticStream.DEFAULT, 5);
        PeerProgram.Result result = run("ffmpeg", "-v", "warning", "-xerror", "-i", file.toString(), "-f", "null", "-");
        assertThat(result.err()).isEmpty();
        assertThat(result.exitStatus()).isZero();
    }

    @Test
    void aFileHoldsAllPicturesOfItsSeconds() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        SyntheticFile.write(out, 2);
        Path file = folder.resolve("two-seconds.ts");
        Files.write(file, out.toByteArray());
        assertThat(videoPackets(file)).hasSizeBetween(50, 51);
    }

    @Test
    void ffprobeSeesWhatWasAskedFor() throws Exception {
        Path file = write(SyntheticStream.DEFAULT, 4);
        String entries = "stream=codec_name,width,height,r_frame_rate,avg_frame_rate,sample_rate,channels";
        String streams = run("ffprobe", "-v", "warning", "-of", "csv=p=0", "-show_entries", entries, file.toString())
                .out();
        assertThat(streams.lines()).contains("h264,320,180,25/1,25/1", "aac,48000,2,0/0,0/0");
    }

    @Test
    void onlyTheFirstPictureOfAGopIsAKeyframe() throws Exception {
        Path file = write(SyntheticStream.DEFAULT.withGop(Duration.ofMillis(400)), 4);
        List<String> packets = videoPackets(file);
        assertThat(packets).hasSize(100);
        for (int i = 0; i < packets.size(); i++) {
            assertThat(packets.get(i)).isEqualTo((900_000 + 3600 * i) + (i % 10 == 0 ? ",K_" : ",__"));
        }
        long marked = Packets.of(Files.readAllBytes(file)).stream()
                .filter(Packets::isRandomAccess)
                .count();
        assertThat(marked).isEqualTo(10);
    }

    @Test
    void everyDecodedPictureShowsItsNumber() throws Exception {
        Path file = write(SyntheticStream.DEFAULT.withFirstFrame(0xA5_0000), 4);
        byte[] luma = run(
                        "ffmpeg",
                        "-v",
                        "error",
                        "-i",
                        file.toString(),
                        "-map",
                        "0:v",
                        "-pix_fmt",
                        "gray",
                        "-f",
                        "rawvideo",
                        "-")
                .out()
                .getBytes(StandardCharsets.ISO_8859_1);
        int size = ClockPicture.WIDTH * ClockPicture.HEIGHT;
        assertThat(luma.length).isEqualTo(100 * size);
        for (int i = 0; i < 100; i++) {
            assertThat(number(luma, i * size)).isEqualTo(0xA5_0000 + i);
        }
    }

    @Test
    void theTablesAndTheClockComeOftenEnough() {
        byte[] stream = new SyntheticEncoder(SyntheticStream.DEFAULT).generate(Duration.ofSeconds(4));
        Packets.assertContinuous(stream);
        long pcr = Long.MIN_VALUE;
        long pat = Long.MIN_VALUE;
        long pmt = Long.MIN_VALUE;
        for (byte[] packet : Packets.of(stream)) {
            if (Packets.hasPcr(packet)) {
                assertThat(pcr == Long.MIN_VALUE ? 0 : Packets.pcr(packet) - pcr)
                        .isBetween(0L, 40 * 27_000L);
                pcr = Packets.pcr(packet);
            }
            if (Packets.pid(packet) == 0 && pcr != Long.MIN_VALUE) {
                assertThat(pat == Long.MIN_VALUE ? 0 : pcr - pat).isLessThanOrEqualTo(100 * 27_000L);
                pat = pcr;
            }
            if (Packets.pid(packet) == SyntheticEncoder.PMT_PID && pcr != Long.MIN_VALUE) {
                assertThat(pmt == Long.MIN_VALUE ? 0 : pcr - pmt).isLessThanOrEqualTo(100 * 27_000L);
                pmt = pcr;
            }
        }
        assertThat(pcr).isEqualTo((900_000 - 18_000) * 300L + 3_980 * 27_000L);
        assertThat(pat).isGreaterThan(0);
        assertThat(pmt).isGreaterThan(0);
    }

    @Test
    void everyIdrPictureHasTheTablesDirectlyInFront() {
        List<byte[]> packets = Packets.of(new SyntheticEncoder(SyntheticStream.DEFAULT.withGop(Duration.ofMillis(360)))
                .generate(Duration.ofSeconds(4)));
        int keyframes = 0;
        for (int i = 0; i < packets.size(); i++) {
            if (Packets.isRandomAccess(packets.get(i))) {
                assertThat(Packets.pid(packets.get(i - 2))).isEqualTo(TsWriter.PAT_PID);
                assertThat(Packets.pid(packets.get(i - 1))).isEqualTo(SyntheticEncoder.PMT_PID);
                keyframes++;
            }
        }
        assertThat(keyframes).isEqualTo(12);
    }

    @Test
    void chunksAreDueWhenTheirClockSaysAndAreTheBytesOfTheFile() {
        SyntheticEncoder live = new SyntheticEncoder(SyntheticStream.DEFAULT);
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        long last = 0;
        while (live.nextDueUs() < 2_000_000) {
            long due = live.nextDueUs();
            assertThat(due).isGreaterThanOrEqualTo(last);
            byte[] chunk = next(live);
            for (byte[] packet : Packets.of(chunk)) {
                if (Packets.hasPcr(packet)) {
                    long us = Packets.pcr(packet) / 27 - (900_000 - 18_000) * 100L / 9;
                    assertThat(us).isBetween(last, due);
                }
            }
            sent.writeBytes(chunk);
            last = due;
        }
        ByteBuf rest = Unpooled.buffer(SyntheticEncoder.CHUNK);
        while (live.drain(rest.clear())) {
            sent.write(rest.array(), 0, rest.readableBytes());
        }
        byte[] file = new SyntheticEncoder(SyntheticStream.DEFAULT).generate(Duration.ofMillis(2_040));
        assertThat(sent.toByteArray()).isEqualTo(file);
    }

    @Test
    void timesWrapWithoutABreak() throws Exception {
        Path file = write(SyntheticStream.DEFAULT.withStartPts(WRAP - 90_000).withGop(Duration.ofSeconds(1)), 3);
        Packets.assertContinuous(Files.readAllBytes(file));
        PeerProgram.Result decoded =
                run("ffmpeg", "-v", "warning", "-xerror", "-i", file.toString(), "-f", "null", "-");
        assertThat(decoded.err()).isEmpty();
        List<String> packets = videoPackets(file);
        assertThat(packets).hasSize(75);
        for (int i = 0; i < packets.size(); i++) {
            long pts = Long.parseLong(packets.get(i).split(",", -1)[0]);
            assertThat(Math.floorMod(pts, WRAP)).isEqualTo(Math.floorMod(WRAP - 90_000 + 3600L * i, WRAP));
        }
    }

    @Test
    void withoutSoundThereIsNone() throws Exception {
        Path file = write(SyntheticStream.DEFAULT.withAudio(false), 1);
        assertThat(run(
                                "ffprobe",
                                "-v",
                                "warning",
                                "-of",
                                "csv=p=0",
                                "-show_entries",
                                "stream=codec_name",
                                file.toString())
                        .out()
                        .lines()
                        .filter(line -> !line.isBlank())
                        .distinct())
                .containsExactly("h264");
    }

    @Test
    void anotherClockIsAnotherPicture() {
        byte[] noon = new SyntheticEncoder(SyntheticStream.DEFAULT.withStartClock(LocalTime.NOON))
                .generate(Duration.ofMillis(40));
        assertThat(noon).isNotEqualTo(new SyntheticEncoder(SyntheticStream.DEFAULT).generate(Duration.ofMillis(40)));
    }

    @Test
    void filledPicturesShowTheSameAndTakeTheBytes() throws Exception {
        Path plain = Files.copy(write(SyntheticStream.DEFAULT, 2), folder.resolve("plain.ts"));
        Path filled = write(SyntheticStream.DEFAULT.withPictureBytes(20_000), 2);

        assertThat(Files.size(filled)).isBetween(50 * 20_000L, 50 * 23_000L);
        assertThat(pictures(filled)).hasSize(50).isEqualTo(pictures(plain));
    }

    /** A hash of each picture. */
    private static List<String> pictures(Path file) throws Exception {
        return run("ffmpeg", "-v", "error", "-i", file.toString(), "-map", "0:v", "-f", "framemd5", "-")
                .out()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.substring(line.lastIndexOf(',') + 1).strip())
                .toList();
    }

    @Test
    void aGopThatIsNotWholeFramesIsRefused() {
        assertThatThrownBy(() -> SyntheticStream.DEFAULT.withGop(Duration.ofMillis(50)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("gop");
    }

    private static byte[] next(SyntheticEncoder encoder) {
        ByteBuf chunk = Unpooled.buffer(SyntheticEncoder.CHUNK);
        encoder.next(chunk);
        assertThat(chunk.readableBytes()).isEqualTo(SyntheticEncoder.CHUNK);
        return chunk.array();
    }

    private static long number(byte[] luma, int from) {
        long number = 0;
        int line = from + (ClockPicture.CODE_TOP + ClockPicture.CODE_BLOCK / 2) * ClockPicture.WIDTH;
        for (int bit = 0; bit < ClockPicture.CODE_BITS; bit++) {
            int sample = luma[line + bit * ClockPicture.CODE_BLOCK + ClockPicture.CODE_BLOCK / 2] & 0xFF;
            assertThat(Math.abs(sample - 128)).as("neither black nor white").isGreaterThan(90);
            number = number << 1 | (sample > 128 ? 1 : 0);
        }
        return number;
    }

    private static List<String> videoPackets(Path file) throws Exception {
        List<String> packets = new ArrayList<>();
        run(
                        "ffprobe",
                        "-v",
                        "error",
                        "-select_streams",
                        "v",
                        "-show_entries",
                        "packet=pts,flags",
                        "-of",
                        "csv=p=0",
                        file.toString())
                .out()
                .lines()
                .filter(line -> !line.isBlank())
                .forEach(line -> packets.add(line.replaceAll(",(?:side_data)?$", "")));
        return packets;
    }

    private Path write(SyntheticStream settings, int seconds) throws Exception {
        byte[] stream = new SyntheticEncoder(settings).generate(Duration.ofSeconds(seconds));
        return Files.write(folder.resolve("synthetic.ts"), stream);
    }

    private static PeerProgram.Result run(String... command) throws Exception {
        if (!PeerProgram.isInstalled(command[0])) {
            if (System.getenv("CI") != null) {
                fail(command[0] + " is not installed");
            }
            Assumptions.abort(command[0] + " is not installed");
        }
        return PeerProgram.run(LIMIT, command);
    }
}
