// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.medicloud.mpegts.packet.Pts;
import io.medicloud.testdata.PeerProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Programs that make streams, and ffmpeg as a decoder that must find nothing wrong. */
final class PeerDecoder {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Path folder;
    private int runs;

    PeerDecoder(Path folder) {
        this.folder = folder;
    }

    /** What a stream decodes to: of its first video PTS and checksum of each picture, and how many frames of sound. */
    record Decoded(Map<Long, String> pictures, int sounds) {}

    /** Runs a command, without quotes, whose word FILE is a new file, and returns what it wrote there. */
    byte[] make(String command) throws IOException, InterruptedException {
        Path file = folder.resolve(runs++ + ".ts");
        run(command.replace("FILE", file.toString()));
        return Files.readAllBytes(file);
    }

    /** Each stream alone; fails if ffmpeg finds anything wrong. */
    List<Decoded> decode(List<byte[]> streams) throws IOException, InterruptedException {
        return decode(streams, "-xerror", "-map %1$d:v? -map %1$d:a? -vsync passthrough");
    }

    /** One video stream of each stream alone, whatever is wrong with it: of its pictures' PTS, 33 bits, their checksums. */
    List<Map<Long, String>> pictures(List<byte[]> streams, int pid) throws IOException, InterruptedException {
        List<Map<Long, String>> all = new ArrayList<>();
        String output = "-map %d:i:" + pid + " -vsync passthrough -enc_time_base 1/90000";
        for (Decoded decoded : decode(streams, "-max_error_rate 1", output)) {
            Map<Long, String> pictures = new TreeMap<>();
            decoded.pictures().forEach((pts, crc) -> pictures.put(pts & Pts.WRAP - 1, crc));
            all.add(pictures);
        }
        return all;
    }

    /** The same of one stream. */
    Map<Long, String> picturesOf(byte[] stream, int pid) throws IOException, InterruptedException {
        return pictures(List.of(stream), pid).get(0);
    }

    /** Whether ffmpeg finds nothing wrong with one video stream of each of these streams; with several threads it does not always notice. */
    boolean isSound(List<byte[]> streams, int pid) throws IOException, InterruptedException {
        for (byte[] stream : streams) {
            Path input = folder.resolve(runs++ + ".ts");
            Files.write(input, stream);
            String command =
                    "ffmpeg -nostdin -v error -threads 1 -xerror -i " + input + " -map 0:i:" + pid + " -f null -";
            if (start(command).exitStatus() != 0) {
                return false;
            }
        }
        return true;
    }

    private List<Decoded> decode(List<byte[]> streams, String options, String output)
            throws IOException, InterruptedException {
        StringBuilder inputs = new StringBuilder("ffmpeg -nostdin -v error -y -copyts " + options);
        StringBuilder outputs = new StringBuilder();
        List<Path> results = new ArrayList<>();
        for (byte[] stream : streams) {
            Path input = folder.resolve(runs + ".ts");
            Path result = folder.resolve(runs + ".crc");
            Files.write(input, stream);
            inputs.append(" -i ").append(input);
            outputs.append(String.format(Locale.ROOT, " " + output + " -f framecrc ", results.size()))
                    .append(result);
            results.add(result);
            runs++;
        }
        run(inputs + outputs.toString());
        List<Decoded> decoded = new ArrayList<>();
        for (Path result : results) {
            decoded.add(read(result));
        }
        return decoded;
    }

    private static Decoded read(Path result) throws IOException {
        Map<Long, String> pictures = new TreeMap<>();
        String video = "none";
        int sounds = 0;
        for (String line : Files.readAllLines(result)) {
            if (line.startsWith("#media_type") && line.endsWith("video")) {
                video = line.substring("#media_type ".length(), line.indexOf(':'));
            } else if (!line.startsWith("#")) {
                String[] fields = line.split(", *", -1);
                if (fields[0].equals(video)) {
                    pictures.put(Long.valueOf(fields[2].trim()), fields[5]);
                } else {
                    sounds++;
                }
            }
        }
        return new Decoded(pictures, sounds);
    }

    /** Runs a command without quotes to its end, and returns what it printed. */
    static String run(String command) throws IOException, InterruptedException {
        PeerProgram.Result result = start(command);
        assertThat(result.exitStatus()).as(result.err()).isZero();
        return result.out();
    }

    private static PeerProgram.Result start(String command) throws IOException, InterruptedException {
        String[] words = command.split(" +", -1);
        assumeTrue(
                PeerProgram.isInstalled(words[0]) || System.getenv("CI") != null, () -> words[0] + " is not installed");
        return PeerProgram.run(LIMIT, words);
    }
}
