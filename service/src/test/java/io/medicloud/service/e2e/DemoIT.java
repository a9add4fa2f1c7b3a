// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.medicloud.testdata.PeerProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The first command that anybody runs: it sends itself a stream, and finds it in the bucket as it was sent. */
class DemoIT {
    private static final Duration START = Duration.ofMinutes(3);
    private static final Duration END = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"java", "libsrt"})
    void itEndsByItselfAndIsRight(String stack) throws Exception {
        try (PeerProgram demo = start("--stack", stack, "--for", "5s")) {
            assertRight(demo.await(START));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void whoEndsItIsToldWhetherItWasRight(String signal) throws Exception {
        try (PeerProgram demo = start()) {
            Awaitility.await("where to look, and a segment")
                    .atMost(START)
                    .until(() -> demo.out().lines().count() >= 2);
            demo.signal(signal);
            assertRight(demo.await(END));
        }
    }

    private PeerProgram start(String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "env",
                "--default-signal=INT",
                Path.of("..", "medicloud").toAbsolutePath().normalize().toString(),
                "demo",
                "--json",
                "--dir",
                directory.resolve("demo").toString()));
        command.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return PeerProgram.start(builder);
    }

    private static void assertRight(PeerProgram.Result result) throws IOException {
        assertThat(result.exitStatus()).as(result.err()).isZero();
        List<String> lines = result.out().lines().toList();
        JsonNode summary = new ObjectMapper().readTree(lines.get(lines.size() - 1));
        assertThat(summary.get("right").asBoolean()).isTrue();
        assertThat(summary.get("segments").asInt()).isPositive();
        assertThat(summary.get("sentBytes").asLong()).isPositive();
    }
}
