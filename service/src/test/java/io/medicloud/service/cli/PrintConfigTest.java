// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.service.config.ConfigLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code serve --print-config} prints. */
final class PrintConfigTest {
    @TempDir
    private Path directory;

    @Test
    void whatIsInForceAndWhereItComesFromAndNoSecret() throws Exception {
        Files.writeString(directory.resolve("key"), "canary-of-a-file\n");
        Files.writeString(
                directory.resolve("medicloud.yaml"),
                "segment.duration: 6s\nstore: {endpoint: 'http://store:9000', secretKeyFile: key, accessKey: canary-of-yaml}\n");

        String text = new ConfigLoader(directory, Map.of("GRPC_PORT", "1002"))
                .load(null, List.of("srt.latency=300ms"))
                .text();

        assertThat(text.lines())
                .contains(
                        "segment.duration: \"6s\" # medicloud.yaml",
                        "grpc.port: \"1002\" # environment GRPC_PORT",
                        "srt.latency: \"300ms\" # --set",
                        "store.secretKey: \"***\" # medicloud.yaml, file key",
                        "store.accessKey: \"***\" # medicloud.yaml",
                        "http.port: \"8080\" # default",
                        "webhook.secret: \"(none)\" # default")
                .noneMatch(line -> line.contains("canary"));
    }
}
