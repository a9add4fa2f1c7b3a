// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.medicloud.testdata.SyntheticEncoder;
import io.medicloud.testdata.SyntheticStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CommandLineInterfaceTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"serve", "health", "demo", "probe", "segment", "srt-receive", "srt-send", "loadtest"})
    void everyCommandHasHelp(String command) {
        Outcome help = run(command, "--help");

        assertThat(help.status).isZero();
        assertThat(help.out).startsWith("Usage: medicloud " + command);
        assertThat(run("--help").out).contains("  " + command);
    }

    @Test
    void theVersionIsPrinted() {
        assertThat(run("--version")).satisfies(told -> assertThat(told.out).startsWith("medicloud "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense",
                "probe",
                "probe a b",
                "probe a --nonsense",
                "segment a",
                "segment a --out o --duration soon",
                "segment a --out o --duration 6s --max-duration 1s",
                "segment a --out o --min-duration 7s",
                "segment a --out o --program 70000",
                "segment a --out o --parameter-sets twice",
                "segment a --out o --max-bytes 1",
                "segment a --out o --name segment.ts",
                "segment a --out o --name ../%d.ts",
                "segment a --out o --name %s%d.ts",
                "srt-receive srt://127.0.0.1:1",
                "srt-receive http://127.0.0.1:1 --out o",
                "srt-receive srt://127.0.0.1:1?passphrase=short --out o",
                "srt-receive srt://127.0.0.1:1 --out o --stack gstreamer",
                "srt-receive srt://127.0.0.1:1 --out o --for ever",
                "srt-send - srt://127.0.0.1:1 --rate fast",
                "srt-send - srt://127.0.0.1:1 --rate 0",
                "srt-send - srt://127.0.0.1:1 --loop",
                "demo --for ever",
                "demo --stack gstreamer",
                "loadtest --streams 0",
                "loadtest --streams 1001",
                "loadtest --for ever",
                "loadtest --for 1s",
                "loadtest --rate 1k",
                "loadtest --loss 90%",
                "loadtest --churn 1s",
                "loadtest --ramp 60s --for 60s",
                "loadtest --service 127.0.0.1:50051",
                "loadtest --service http://192.0.2.1:50051",
                "loadtest --service http://127.0.0.1:50051 --set segment.duration=2s",
                "loadtest --pid 7"
            })
    void aFaultOfUsageIsOneLineAndStatus2(String line) {
        Outcome outcome = run(line.split(" "));

        assertThat(outcome.status).isEqualTo(2);
        assertThat(outcome.out).isEmpty();
        assertThat(outcome.err.lines()).hasSize(1).allMatch(text -> text.startsWith("medicloud"));
    }

    @Test
    void anUnknownOptionOfAnUrlIsNamed() {
        assertThat(run("srt-send", "-", "srt://127.0.0.1:1?latenzy=5").err).contains("latenzy");
    }

    @Test
    void withoutACommandTheUsageIsPrintedAsAFault() {
        Outcome outcome = run();

        assertThat(outcome.status).isEqualTo(2);
        assertThat(outcome.err).startsWith("Usage: medicloud");
    }

    @Test
    void whatIsNoTransportStreamIsOneLineAndStatus1() throws IOException {
        Path text = Files.writeString(directory.resolve("text"), "no transport stream");
        Path empty = Files.createFile(directory.resolve("empty"));
        String out = directory.resolve("out").toString();

        for (String command : List.of("probe", "segment")) {
            String[] more = command.equals("segment") ? new String[] {"--out", out} : new String[0];
            assertFailure(run(with(more, command, text.toString())), "is no transport stream");
            assertFailure(run(with(more, command, empty.toString())), "is empty");
            assertFailure(run(with(more, command, directory.resolve("gone").toString())), "no such file");
            assertFailure(run(with(more, command, directory.toString())), "is a folder");
        }
        assertFailure(run("srt-send", directory.resolve("gone").toString(), "srt://127.0.0.1:1"), "no such file");
        assertFailure(run("serve", "--config", directory.resolve("gone").toString()), "no such file");
        assertFailure(run("serve", "--set", "grpc.port=x"), "grpc.port: 'x'");
        assertFailure(run("demo", "--verify", directory.toString()), "no demo has run there");
    }

    @Test
    void theStackTraceIsShownOnlyIfAskedFor() {
        String gone = directory.resolve("gone").toString();

        assertThat(run("probe", gone).err).doesNotContain("\tat ");
        assertThat(run("probe", gone, "--verbose").err).contains("\tat ");
    }

    @Test
    void aServiceMayEndByItself() {
        Outcome served = run(
                "serve",
                "--for",
                "100ms",
                "--json",
                "--set",
                "grpc.port=0",
                "--set",
                "http.port=0",
                "--set",
                "srt.stack=java",
                "--set",
                "cacheDir=" + directory);

        assertThat(served.status).as(served.err).isZero();
        assertThat(json(served.out).path("grpcPort").asInt()).isPositive();
        assertThat(run("serve", "--for", "soon").err).contains("--for");
    }

    @Test
    void aProbeIsOneJsonObject() throws IOException {
        Path file = stream(Duration.ofSeconds(4));

        Outcome outcome = run("probe", file.toString(), "--json");

        assertThat(outcome.status).isZero();
        JsonNode probe = new ObjectMapper().readTree(outcome.out);
        assertThat(probe.path("file").asText()).isEqualTo(file.toString());
        assertThat(probe.path("bytes").asLong()).isEqualTo(Files.size(file));
        assertThat(probe.path("packetSize").asInt()).isEqualTo(188);
        JsonNode video = probe.path("programs").path(0).path("streams").path(0);
        assertThat(video.path("codec").asText()).isEqualTo("h264");
        assertThat(video.path("width").asInt()).isEqualTo(320);
        assertThat(probe.path("randomAccessPoints")).hasSize(2);
        assertThat(run("probe", file.toString()).out).contains("h264").contains("320x180");
    }

    @Test
    void aMonitoredProbeTellsTheIndicators() throws IOException {
        Path file = stream(Duration.ofSeconds(4));

        JsonNode monitor = new ObjectMapper()
                .readTree(run("probe", file.toString(), "--json", "--monitor").out)
                .path("monitor");

        assertThat(monitor.path("seconds").asDouble()).isBetween(3.5, 4.5);
        assertThat(monitor.path("indicators"))
                .hasSize(34)
                .allMatch(of -> of.path("count").asLong() == 0);
        assertThat(monitor.path("indicators").path(0).path("name").asText()).isEqualTo("TS_sync_loss");
        assertThat(monitor.path("pids").path(0).path("role").asText()).isEqualTo("PAT");
        assertThat(monitor.path("clocks").path(0).path("meanIntervalMs").asDouble())
                .isPositive();
        assertThat(monitor.path("videos").path(0).path("frameRate").asDouble()).isEqualTo(25.0);
        assertThat(monitor.path("videos")
                        .path(0)
                        .path("buffers")
                        .path("transportBytes")
                        .asLong())
                .isEqualTo(512);
        String table = run("probe", file.toString(), "--monitor").out;
        assertThat(table)
                .containsPattern("1\\.1 +TS_sync_loss +ok +0")
                .containsPattern("3\\.1 +NIT_error +- +0")
                .contains("T-STD: TB");
        assertThat(new ObjectMapper()
                        .readTree(run("probe", file.toString(), "--json").out)
                        .has("monitor"))
                .isFalse();
    }

    @Test
    void theSegmentsOfAFileAreTheFile() throws IOException {
        Path file = stream(Duration.ofSeconds(10));
        Path out = directory.resolve("segments");

        Outcome outcome = run("segment", file.toString(), "--out", out.toString(), "--duration", "4s", "--json");

        assertThat(outcome.status).isZero();
        List<JsonNode> lines =
                outcome.out.lines().map(CommandLineInterfaceTest::json).toList();
        assertThat(lines)
                .extracting(line -> line.path("durationSeconds").asDouble())
                .containsExactly(4.0, 4.0, 2.0);
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (JsonNode line : lines) {
            byte[] segment = Files.readAllBytes(out.resolve(line.path("file").asText()));
            assertThat(segment).hasSize(line.path("bytes").asInt());
            int injected = 188 * line.path("injectedPackets").asInt();
            joined.write(segment, injected, segment.length - injected);
        }
        assertThat(joined.toByteArray()).isEqualTo(Files.readAllBytes(file));
        assertThat(out.resolve("index.m3u8"))
                .content(UTF_8)
                .startsWith("#EXTM3U")
                .endsWith("#EXT-X-ENDLIST\n");
    }

    @Test
    void theFilesOfSegmentsAreNamedAsAskedFor() throws IOException {
        Path out = directory.resolve("named");

        Outcome outcome = run(
                "segment", stream(Duration.ofSeconds(2)).toString(), "--out", out.toString(), "--name", "part-%d.m2t");

        assertThat(outcome.status).isZero();
        assertThat(out.resolve("part-1.m2t")).exists();
        assertThat(outcome.out).startsWith("part-1.m2t");
    }

    private Path stream(Duration length) throws IOException {
        byte[] bytes = new SyntheticEncoder(SyntheticStream.DEFAULT).generate(length);
        return Files.write(directory.resolve("a stream of " + length.toSeconds() + " s.ts"), bytes);
    }

    private static JsonNode json(String line) {
        try {
            return new ObjectMapper().readTree(line);
        } catch (IOException e) {
            throw new AssertionError(line, e);
        }
    }

    private static String[] with(String[] more, String... first) {
        String[] all = Arrays.copyOf(first, first.length + more.length);
        System.arraycopy(more, 0, all, first.length, more.length);
        return all;
    }

    private static void assertFailure(Outcome outcome, String what) {
        assertThat(outcome.status).isEqualTo(1);
        assertThat(outcome.out).isEmpty();
        assertThat(outcome.err.lines())
                .hasSize(1)
                .allMatch(line -> line.startsWith("medicloud ") && line.contains(what));
    }

    private static Outcome run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = CommandLineInterface.run(
                args, Interruption.none(), new PrintWriter(out, true), new PrintWriter(err, true));
        return new Outcome(status, out.toString(), err.toString());
    }

    private record Outcome(int status, String out, String err) {}
}
