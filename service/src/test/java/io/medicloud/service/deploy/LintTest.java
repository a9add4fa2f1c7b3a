// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.service.Service;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the distribution's programs say of the unit, of scripts, and of files in YAML. */
final class LintTest {
    private static final String YAML_RULES =
            "{extends: default, rules: {line-length: {max: 160}, document-start: disable,"
                    + " braces: {max-spaces-inside: 0}, comments: disable}}";

    @TempDir
    private Path directory;

    @Test
    void systemdTakesTheUnitAndFindsItWellConfined() throws Exception {
        String text = Files.readString(DeployFiles.UNIT);
        assertThat(text).contains("ExecStart=/opt/medicloud/medicloud serve --config ");
        // Here the program stands elsewhere.
        Path unit = Files.writeString(
                directory.resolve("medicloud.service"),
                text.replace("/opt/medicloud/medicloud ", DeployFiles.ROOT.resolve("medicloud") + " "));

        String said = DeployFiles.check("systemd-analyze", "verify", unit.toString());
        assertThat(said).isEmpty();
        DeployFiles.check(
                "systemd-analyze", "security", "--offline=true", "--threshold=15", "--no-pager", unit.toString());
    }

    @Test
    void theUnitWaitsForAsLongAsAnEndMayTake() throws Exception {
        long allowed = Files.readAllLines(DeployFiles.UNIT).stream()
                .filter(line -> line.startsWith("TimeoutStopSec="))
                .mapToLong(line -> Long.parseLong(line.substring(line.indexOf('=') + 1)))
                .sum();

        assertThat(Duration.ofSeconds(allowed))
                .isGreaterThanOrEqualTo(DeployFiles.accepted(directory, null, Map.of())
                        .shutdownTimeout()
                        .plus(Service.LONGEST_CLOSE));
    }

    @Test
    void shellcheckFindsNoFaultInTheScripts() throws Exception {
        List<String> command = new ArrayList<>(List.of("shellcheck", "--severity=warning"));
        command.add(DeployFiles.ROOT.resolve("medicloud").toString());
        command.addAll(scripts("bash"));
        DeployFiles.check(command.toArray(String[]::new));
    }

    @Test
    void pythonReadsTheScriptsThatAreForIt() throws Exception {
        assertThat(scripts("python3")).isNotEmpty();
        for (String script : scripts("python3")) {
            DeployFiles.check("python3", "-c", "import ast, sys; ast.parse(open(sys.argv[1]).read())", script);
        }
    }

    private static List<String> scripts(String interpreter) throws IOException {
        List<String> scripts = new ArrayList<>();
        for (String folder : List.of("tools", ".ci", "srt-transport/src/main/native")) {
            try (Stream<Path> files = Files.list(DeployFiles.ROOT.resolve(folder))) {
                for (Path file : files.filter(Files::isRegularFile)
                        .filter(Files::isExecutable)
                        .sorted()
                        .toList()) {
                    try (BufferedReader text = Files.newBufferedReader(file)) {
                        if (String.valueOf(text.readLine()).endsWith("env " + interpreter)) {
                            scripts.add(file.toString());
                        }
                    }
                }
            }
        }
        return scripts;
    }

    @Test
    void yamllintFindsNoFaultInTheManifests() throws Exception {
        DeployFiles.check("yamllint", "-s", "-d", YAML_RULES, DeployFiles.FOLDER.toString());
    }
}
