// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What processes leave behind that are killed, by the files on disk. */
@Tag("heavy")
final class SqliteLibraryTest {
    private static final int LIMIT_S = 60;

    @TempDir
    private Path directory;

    @Test
    void whoIsKilledLeavesNoLibraryThatTheNextStartDoesNotDelete() throws Exception {
        Path temporary = Files.createDirectory(directory.resolve("temporary"));
        runAndKill(temporary);
        List<Path> first = libraries(directory.resolve("cache/native"));
        assertThat(first).hasSize(2); // with its lock

        runAndKill(temporary);
        assertThat(libraries(directory.resolve("cache/native"))).hasSize(2).doesNotContainAnyElementsOf(first);
        assertThat(libraries(temporary)).isEmpty();
    }

    @Test
    void whereItCannotBeUnpackedItIsTheSpoolThatSaysWhatToDo() throws Exception {
        Path temporary = Files.createDirectory(directory.resolve("temporary"));
        Files.createFile(directory.resolve("cache"));
        Process process = serve(temporary);
        try {
            assertThat(process.waitFor(LIMIT_S, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).isEqualTo(1);
        assertThat(directory.resolve("log"))
                .content()
                .contains(
                        "the spool " + directory.resolve("cache/spool") + " cannot be used",
                        "it must be a folder that this program may write to");
    }

    private void runAndKill(Path temporary) throws Exception {
        Process process = serve(temporary);
        try (BufferedReader out = process.inputReader()) {
            assertThat(out.readLine())
                    .as(Files.readString(directory.resolve("log")))
                    .contains("grpcPort");
        } finally {
            process.destroyForcibly();
            assertThat(process.waitFor(LIMIT_S, TimeUnit.SECONDS)).isTrue();
        }
    }

    private Process serve(Path temporary) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.io.tmpdir=" + temporary,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "serve",
                        "--json",
                        "--set",
                        "cacheDir=cache",
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
    }

    private static List<Path> libraries(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith("sqlite-"))
                    .toList();
        }
    }
}
