// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bad configurations and what is said of each, from {@code bad-configurations.txt}: blocks of lines, {@code file NAME} with what stands in it behind {@code |},
 * {@code env NAME=VALUE}, {@code set KEY=VALUE}, and {@code => } with a fault.
 */
final class BadConfigTest {
    private static final int LEAST = 60;

    @TempDir
    private Path directory;

    /** One block. */
    private static final class Case {
        private final Map<String, StringBuilder> files = new LinkedHashMap<>();
        private final Map<String, String> environment = new LinkedHashMap<>();
        private final List<String> assignments = new ArrayList<>();
        private final List<String> faults = new ArrayList<>();
        private final StringBuilder name = new StringBuilder();

        static Case parse(String block) {
            Case found = new Case();
            StringBuilder file = new StringBuilder();
            for (String line : block.lines().toList()) {
                if (line.startsWith("file ")) {
                    file = new StringBuilder();
                    found.files.put(line.substring(5), file);
                } else if (line.startsWith("|")) {
                    file.append(line.substring(1)).append('\n');
                } else if (line.startsWith("env ")) {
                    String[] both = line.substring(4).split("=", 2);
                    found.environment.put(both[0], both[1]);
                } else if (line.startsWith("set ")) {
                    found.assignments.add(line.substring(4));
                } else if (line.startsWith("=> ")) {
                    found.faults.add(line.substring(3));
                } else {
                    throw new IllegalArgumentException(line);
                }
                found.name.append(line).append("; ");
            }
            return found;
        }

        void check(Path directory) throws Exception {
            for (Map.Entry<String, StringBuilder> file : files.entrySet()) {
                Files.writeString(directory.resolve(file.getKey()), file.getValue());
            }
            ConfigException refused = catchThrowableOfType(
                    ConfigException.class, () -> new ConfigLoader(directory, environment).load(null, assignments));

            assertThat(refused).as("it is refused").isNotNull();
            assertThat(refused.faults().stream()
                            .map(fault -> fault.replace(directory.toString(), "DIRECTORY"))
                            .toList())
                    .isEqualTo(faults);
        }
    }

    @TestFactory
    List<DynamicTest> eachIsRefusedAndTheMessageNamesKeyAndReason() throws Exception {
        List<Case> cases;
        try (InputStream in = BadConfigTest.class.getResourceAsStream("bad-configurations.txt")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            cases = List.of(text.strip().split("\n\n+", -1)).stream()
                    .map(Case::parse)
                    .toList();
        }
        assertThat(cases).hasSizeGreaterThanOrEqualTo(LEAST);
        List<DynamicTest> tests = new ArrayList<>();
        for (int i = 0; i < cases.size(); i++) {
            Case one = cases.get(i);
            Path folder = Files.createDirectory(directory.resolve(Integer.toString(i)));
            tests.add(DynamicTest.dynamicTest(one.name.toString(), () -> one.check(folder)));
        }
        return tests;
    }
}
