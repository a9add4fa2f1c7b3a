// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.service.example.ExampleProgram;
import io.medicloud.service.grpc.ServiceUnderTest;
import io.medicloud.service.grpc.TestEncoder;
import io.medicloud.srt.SrtStack;
import io.medicloud.testdata.PeerProgram;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The clients of docs/examples record a stream, each in its language. */
final class ApiExamplesTest {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String PASSPHRASE = "correct-horse-battery";

    @TempDir
    private Path folder;

    private ServiceUnderTest service;

    @BeforeEach
    void start() throws Exception {
        service = new ServiceUnderTest(folder, 2);
    }

    @AfterEach
    void stop() {
        service.close();
    }

    @Test
    void theOneInJavaRecordsAStream() throws Exception {
        Path classes = Files.createDirectories(folder.resolve("classes"));
        ExampleProgram example = ExampleProgram.compile("java/Record.java", classes);

        try (PeerProgram program = example.start(address(), "studio1", PASSPHRASE, "3")) {
            publishTo(program);
        }
    }

    @Test
    void theOneInNodeRecordsAStream() throws Exception {
        Peers.require("node", "npm");
        // Where its libraries are.
        Path script = NodeClient.installed().resolve("record.mjs");
        Files.copy(ExampleProgram.EXAMPLES.resolve("node/record.mjs"), script, StandardCopyOption.REPLACE_EXISTING);

        try (PeerProgram program = PeerProgram.start(
                "node", script.toString(), "src/main/proto/livestream.proto", address(), "studio1", PASSPHRASE, "3")) {
            publishTo(program);
        }
    }

    private void publishTo(PeerProgram program) throws Exception {
        int port = Integer.parseInt(ExampleProgram.said(program, "call: srt port (\\d+)"));
        try (SrtStack stack = ServiceUnderTest.stack();
                TestEncoder encoder = new TestEncoder(stack, port, PASSPHRASE).connected()) {
            encoder.begin(TestEncoder.stream(Duration.ofSeconds(8)));
            PeerProgram.Result result = program.await(LIMIT);

            assertThat(result.exitStatus()).as(result.out() + result.err()).isZero();
            assertThat(result.out())
                    .startsWith("service: SERVING\n")
                    .containsPattern(
                            "segment 1: \\d+ bytes, http://127\\.0\\.0\\.1:\\d+/videos/studio1/segment_0001\\.ts\\?")
                    .contains("segment 3: ")
                    .doesNotContain("segment 4: ")
                    .endsWith("stopped: true\n");
        }
        assertThat(service.segments("studio1")).hasSizeGreaterThanOrEqualTo(3);
    }

    private String address() {
        return "127.0.0.1:" + service.service().grpcPort();
    }
}
