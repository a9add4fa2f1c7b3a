// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/** Secrets that are found again wherever they stand: as they are, or in Base64. */
final class Canaries {
    private final Map<String, String> values = new LinkedHashMap<>();

    /** A secret that nobody had before. */
    String make(String name) {
        return add(name, "canary-" + UUID.randomUUID());
    }

    /** Another secret to be looked for. */
    String add(String name, String value) {
        values.put(name, value);
        return value;
    }

    /** The names of those that stand there. */
    List<String> in(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        List<String> found = new ArrayList<>();
        values.forEach((name, value) -> {
            byte[] raw = value.getBytes(StandardCharsets.UTF_8);
            if (text.contains(new String(raw, StandardCharsets.ISO_8859_1))
                    || text.contains(Base64.getEncoder().withoutPadding().encodeToString(raw))) {
                found.add(name);
            }
        });
        return found;
    }

    List<String> in(String text) {
        return in(text.getBytes(StandardCharsets.UTF_8));
    }

    /** None stands there, and something does. */
    void assertNoneIn(String where, String text) {
        assertThat(text).as(where).isNotEmpty();
        assertThat(in(text)).as(where).isEmpty();
    }

    /** None stands in a file of that folder, or in its name; nor is there nothing. */
    void assertNoneBelow(Path folder, Path... but) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(Files::isRegularFile)
                    .filter(file -> !List.of(but).contains(file))
                    .toList();
        }
        assertThat(files).as("%s", folder).isNotEmpty();
        for (Path file : files) {
            assertThat(in(file.toString())).as("%s", file).isEmpty();
            assertThat(in(Files.readAllBytes(file))).as("%s", file).isEmpty();
        }
    }
}
