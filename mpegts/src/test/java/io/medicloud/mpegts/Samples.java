// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The real streams in the folder that the environment names; tests that need them are skipped if it names none. */
public final class Samples {
    private static final String FOLDER = "MEDICLOUD_SAMPLES";

    private Samples() {}

    /** All streams of the folder, in order of their names. */
    public static List<Path> streams() {
        String folder = System.getenv(FOLDER);
        Assumptions.assumeTrue(folder != null, FOLDER + " is not set");
        try (Stream<Path> files = Files.list(Path.of(folder))) {
            return files.filter(file -> file.toString().matches(".*\\.(ts|m2ts)"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static byte[] read(Path stream) {
        try {
            return Files.readAllBytes(stream);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
