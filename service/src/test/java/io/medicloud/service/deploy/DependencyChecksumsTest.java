// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * What the service is built and tested with is what it was when somebody last looked: each jar of others has the sum that {@code dependencies.sha256} tells. After a change of
 * a version {@code -Ddependencies=write} writes it, and what else is other than before shows in the change.
 */
final class DependencyChecksumsTest {
    private static final Path LIST =
            Path.of("src", "test", "resources", "io", "medicloud", "service", "deploy", "dependencies.sha256");
    private static final int LEAST = 100;

    @Test
    void everyJarIsTheOneThatWasLookedAt() throws Exception {
        Map<String, String> found = new TreeMap<>();
        for (Map.Entry<String, Path> jar : JarsOfOthers.find().entrySet()) {
            found.put(jar.getKey(), sha256(jar.getValue()));
        }
        assertThat(found).hasSizeGreaterThan(LEAST);
        if ("write".equals(System.getProperty("dependencies"))) {
            StringBuilder text = new StringBuilder();
            found.forEach(
                    (name, sum) -> text.append(sum).append("  ").append(name).append('\n'));
            Files.createDirectories(LIST.getParent());
            Files.writeString(LIST, text);
        }
        Map<String, String> listed = new TreeMap<>();
        for (String line : Files.readAllLines(LIST)) {
            listed.put(line.substring(66), line.substring(0, 64));
        }
        assertThat(listed).containsAllEntriesOf(found);
    }

    private static String sha256(Path file) throws IOException, NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }
}
