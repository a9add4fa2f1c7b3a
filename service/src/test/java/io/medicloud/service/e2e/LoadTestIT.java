// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.medicloud.testdata.PeerProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** {@code ./medicloud loadtest}, as it is packaged, against a service that it starts itself. */
@Execution(ExecutionMode.CONCURRENT)
class LoadTestIT {
    private static final int SECONDS = 8;
    private static final long RATE = 2_000_000;

    @TempDir
    private Path directory;

    @Test
    void aShortRunOfTwoStreamsIsVerified() throws Exception {
        Path page = directory.resolve("report.html");

        PeerProgram.Result result = ServiceProcess.run(List.of(
                "loadtest",
                "--streams",
                "2",
                "--for",
                SECONDS + "s",
                "--rate",
                "2M",
                // A machine that has much else to do must not make SRT give up packets as too late.
                "--latency",
                "500ms",
                "--steps",
                "2",
                "--report",
                page.toString(),
                "--json"));

        assertThat(result.exitStatus()).as(result.out() + result.err()).isZero();
        assertThat(result.out().lines()).hasSize(1);
        JsonNode told = new ObjectMapper().readTree(result.out());
        assertThat(told.get("streams").asInt()).isEqualTo(2);
        // One stream for the whole time, one for half of it, less what was not due any more.
        assertThat(told.get("sentBytes").asLong()).isBetween(RATE / 8 * SECONDS, RATE / 8 * SECONDS * 7 / 4);
        assertThat(told.get("storedBytes")).isEqualTo(told.get("sentBytes"));
        assertThat(told.get("verifiedSegments").asInt()).isGreaterThanOrEqualTo(4);
        assertThat(told.get("wrongSegments").asInt()).isZero();
        assertThat(told.get("lostBytes").asInt()).isZero();
        assertThat(told.get("latencyMs").get("p50").asDouble()).isGreaterThan(500);
        assertThat(told.get("latencyMs").get("p99").asDouble())
                .isGreaterThanOrEqualTo(told.get("latencyMs").get("p50").asDouble());
        assertThat(told.get("cpuSeconds").asDouble()).isPositive();
        assertThat(told.get("rssBytes").asLong()).isGreaterThan(50 << 20);
        assertThat(told.get("gcPausesMs").get("count").asInt()).isNotNegative();
        assertThat(told.get("steps")).hasSize(2);
        assertThat(Files.readString(page))
                .contains("uPlot", "\"sentBytes\": " + told.get("sentBytes").asLong(), "\"samples\": [{")
                .doesNotContain("/*data*/", "<link", "<script src");
    }
}
