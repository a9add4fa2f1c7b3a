// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.testdata.PeerProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** As the image runs it, the service lets nobody in, whose rights are the same: no {@code jcmd}, so no agent and no dump of its memory. */
@Execution(ExecutionMode.CONCURRENT)
class AttachIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    private Path directory;

    @Test
    void nobodyAttaches() throws Exception {
        // All but those that name what is in the image.
        String options;
        try (Stream<String> lines = Files.lines(Path.of("..", "docs", "deploy", "container", "java.options"))) {
            options = lines.filter(line -> line.startsWith("-XX:")).collect(Collectors.joining(" "));
        }
        PeerProgram.Result refused = ask(options);
        assertThat(refused.exitStatus()).as(refused.out()).isNotZero();
        assertThat(refused.out()).doesNotContain("JDK");
    }

    @Test
    void withoutThatOptionAnybodyWould() throws Exception {
        PeerProgram.Result answered = ask("-XX:-UsePerfData");
        assertThat(answered.exitStatus()).as(answered.err()).isZero();
        assertThat(answered.out()).contains("JDK");
    }

    private PeerProgram.Result ask(String options) throws Exception {
        try (ServiceProcess service =
                ServiceProcess.launch(directory, Map.of("MEDICLOUD_JAVA_OPTS", options), Ports.freeUdp(2), 2)) {
            return PeerProgram.run(
                    LIMIT,
                    Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                    Long.toString(service.pid()),
                    "VM.version");
        }
    }
}
