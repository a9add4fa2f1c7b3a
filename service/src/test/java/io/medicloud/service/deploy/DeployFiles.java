// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.service.config.ConfigLoader;
import io.medicloud.service.config.ServiceConfig;
import io.medicloud.service.e2e.Peers;
import io.medicloud.testdata.PeerProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where they are, and what tells whether they are right. */
final class DeployFiles {
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    static final Path FOLDER = ROOT.resolve("docs/deploy");
    static final Path CONTAINER = FOLDER.resolve("container");
    static final Path KUBERNETES = FOLDER.resolve("kubernetes");
    static final Path UNIT = FOLDER.resolve("systemd/medicloud.service");

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private DeployFiles() {}

    /** The files of a folder and of those in it with that end of their names, by name. */
    static List<Path> files(Path folder, String end) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.getFileName().toString().endsWith(end))
                    .sorted()
                    .toList();
        }
    }

    /** Runs a program that finds faults and is content with none; where it is not, the test is skipped, and in CI it fails. */
    static String check(String... command) throws IOException, InterruptedException {
        Peers.require(command[0]);
        PeerProgram.Result result = PeerProgram.run(LIMIT, command);
        assertThat(result.exitStatus()).as(result.out() + result.err()).isZero();
        return result.out();
    }

    /** What the service makes of a configuration; fails if it would refuse it. */
    static ServiceConfig accepted(Path directory, @Nullable Path file, Map<String, String> environment)
            throws Exception {
        return new ConfigLoader(directory, environment).load(file, List.of()).service();
    }
}
