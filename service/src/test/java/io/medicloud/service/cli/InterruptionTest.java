// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.medicloud.testdata.PeerProgram;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** How the process ends. */
class InterruptionTest {
    /** Less than a command may take to end after a signal. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** A process of one command. */
    static final class Program {
        private Program() {}

        public static void main(String[] args) {
            Interruption.install().exitAfter(() -> {
                if (args[0].equals("error")) {
                    throw new OutOfMemoryError("no room");
                }
                return Integer.parseInt(args[0]);
            });
        }
    }

    @Test
    void anErrorEndsTheProcessAtOnce() throws Exception {
        PeerProgram.Result result = run("error");
        assertThat(result.exitStatus()).isEqualTo(1);
        assertThat(result.err())
                .contains("medicloud: OutOfMemoryError: no room")
                .doesNotContain("did not end");
    }

    @Test
    void theExitStatusIsTheCommands() throws Exception {
        PeerProgram.Result result = run("3");
        assertThat(result.exitStatus()).isEqualTo(3);
        assertThat(result.err()).isEmpty();
    }

    private static PeerProgram.Result run(String what) throws Exception {
        List<String> places = new ArrayList<>();
        for (Class<?> type : List.of(Program.class, Interruption.class, CommandLine.class)) {
            places.add(place(type));
        }
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return PeerProgram.run(
                LIMIT,
                java,
                "-cp",
                String.join(File.pathSeparator, places),
                "io.medicloud.service.cli.InterruptionTest$Program",
                what);
    }

    private static String place(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }
}
