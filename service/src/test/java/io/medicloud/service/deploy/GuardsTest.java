// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code tools/guards} takes away is there to be taken, and the tests that it names are there to be run. */
final class GuardsTest {
    private static final Path FOLDER = DeployFiles.ROOT.resolve("tools/guards.d");
    private static final String TESTS = "Tests: ";

    static List<String> patches() throws IOException {
        return DeployFiles.files(FOLDER, ".patch").stream()
                .map(file -> file.getFileName().toString())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("patches")
    void theGuardIsStillWhereItWas(String patch) throws Exception {
        DeployFiles.check(
                "git",
                "-C",
                DeployFiles.ROOT.toString(),
                "apply",
                "--check",
                FOLDER.resolve(patch).toString());
    }

    @ParameterizedTest
    @MethodSource("patches")
    void theTestsThatItNamesAreThere(String patch) throws Exception {
        List<String> lines = Files.readAllLines(FOLDER.resolve(patch));
        assertThat(lines.get(0)).startsWith(TESTS);
        assertThat(lines.get(1)).as("what could be done then").isNotBlank();
        List<String> words = List.of(lines.get(0).substring(TESTS.length()).split(" ", -1));
        assertThat(words).hasSizeGreaterThan(1);
        for (String test : words.subList(1, words.size())) {
            String[] parts = test.split("#", 2);
            String text = source(DeployFiles.ROOT.resolve(words.get(0)).resolve("src/test/java"), parts[0]);
            for (String method : parts.length == 1 ? new String[0] : parts[1].split("\\+", -1)) {
                assertThat(text).containsPattern(" " + method + "(\\(| = )");
            }
        }
    }

    /** With what it implements: some stacks have their tests from a contract. */
    private static String source(Path folder, String name) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            Path file = files.filter(one -> one.endsWith(name + ".java"))
                    .findFirst()
                    .orElseThrow();
            StringBuilder text = new StringBuilder(Files.readString(file));
            if (text.indexOf("Contract") >= 0) {
                for (Path beside : DeployFiles.files(file.resolveSibling(""), "Contract.java")) {
                    text.append(Files.readString(beside));
                }
            }
            return text.toString();
        }
    }
}
