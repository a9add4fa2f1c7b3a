// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.service.Main;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service that is to tell no receiver anything, by the classes that its process loads. */
@Tag("heavy")
final class NotLoadedTest {
    private static final int LIMIT_S = 60;

    @TempDir
    private Path directory;

    @Test
    void aServiceWithoutAReceiverLoadsNothingOfTheLibrary() throws Exception {
        Path loaded = directory.resolve("classes");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xlog:class+load:file=" + loaded,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "serve",
                        "--json",
                        "--set",
                        "grpc.port=0",
                        "--set",
                        "http.port=0",
                        "--set",
                        "store.endpoint=http://127.0.0.1:1",
                        "--set",
                        "store.accessKey=access",
                        "--set",
                        "store.secretKey=secret")
                .directory(directory.toFile())
                .redirectError(directory.resolve("log").toFile())
                .start();
        try (BufferedReader out = process.inputReader()) {
            assertThat(out.readLine())
                    .as(Files.readString(directory.resolve("log")))
                    .contains("grpcPort");
        } finally {
            process.destroy();
            if (!process.waitFor(LIMIT_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }

        assertThat(Files.readAllLines(loaded))
                .anyMatch(line -> line.contains("io.medicloud.service.Service "))
                .noneMatch(line -> line.contains("io.opentelemetry.") || line.contains("io.medicloud.service.otlp."));
    }
}
