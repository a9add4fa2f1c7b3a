// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nothing that the service is built and tested with is older than where {@code minimum-versions.txt} says that a known error was mended. */
final class KnownErrorsTest {
    private static final Path LIST =
            Path.of("src", "test", "resources", "io", "medicloud", "service", "deploy", "minimum-versions.txt");
    private static final int LEAST = 40;

    /**
     * A line of the list.
     *
     * @param isTakenAll whether it is that version and none else, known error or not
     */
    private record Minimum(Pattern name, Version version, boolean isTakenAll, String why) {
        static Minimum parse(String line) {
            String[] cells = line.split(" +", 3);
            boolean isTakenAll = cells[1].startsWith("=");
            return new Minimum(
                    Pattern.compile(Pattern.quote(cells[0]).replace("*", "\\E.*\\Q")),
                    Version.parse(isTakenAll ? cells[1].substring(1) : cells[1]),
                    isTakenAll,
                    cells[2]);
        }

        boolean isOf(Jar jar) {
            return name.matcher(jar.name()).matches();
        }

        boolean allows(Jar jar) {
            int order = jar.version().compareTo(version);
            return isTakenAll ? order == 0 : order >= 0;
        }
    }

    /** @param name GROUP:ARTIFACT */
    private record Jar(String name, Version version) {
        /** @param path GROUP/ARTIFACT/VERSION/FILE */
        static Jar of(String path) {
            String[] parts = path.split("/");
            int count = parts.length;
            String group = String.join(".", List.of(parts).subList(0, count - 3));
            return new Jar(group + ":" + parts[count - 3], Version.parse(parts[count - 2]));
        }
    }

    private static List<Minimum> minimums() throws IOException {
        return Files.readAllLines(LIST).stream()
                .filter(line -> !line.startsWith("#"))
                .map(Minimum::parse)
                .toList();
    }

    @Test
    void noJarIsOlderThanWhereItsKnownErrorsWereMended() throws Exception {
        List<Jar> jars = JarsOfOthers.find().keySet().stream().map(Jar::of).toList();
        List<String> faults = new ArrayList<>();
        int judged = 0;
        for (Minimum minimum : minimums()) {
            List<Jar> named = jars.stream().filter(minimum::isOf).toList();
            judged += named.size();
            // A name that nothing has any more would hide one that has taken its place.
            assertThat(named).as("%s", minimum.name()).isNotEmpty();
            named.stream()
                    .filter(jar -> !minimum.allows(jar))
                    .forEach(jar -> faults.add(jar + " must be " + minimum.version() + ": " + minimum.why()));
        }
        assertThat(faults).isEmpty();
        assertThat(judged).isGreaterThan(LEAST);
    }

    @ParameterizedTest
    @CsvSource({
        "org/x/core/4.2.16.Final/core-4.2.16.Final.jar, org.x:core, 4.2.17.Final, false",
        "org/x/core/4.2.9.Final/core-4.2.9.Final.jar, org.x:c*, 4.2.17.Final, false",
        "org/x/core/4.2.17.Final/core-4.2.17.Final.jar, org.x:core, 4.2.17.Final, true",
        "org/x/core/4.10/core-4.10.jar, org.x:core, 4.9, true",
        "org/x/core/33.0.0-jre/core-33.0.0-jre.jar, org.x:core, 32.0.1, true",
        "org/x/core/1.6.30/core-1.6.30.jar, org.x:core, =1.6.30, true",
        "org/x/core/1.6.32/core-1.6.32.jar, org.x:core, =1.6.30, false"
    })
    void anOlderOneIsFound(String path, String name, String least, boolean isAllowed) {
        Minimum minimum = Minimum.parse(name + "  " + least + "  why");

        assertThat(minimum.isOf(Jar.of(path))).isTrue();
        assertThat(minimum.allows(Jar.of(path))).isEqualTo(isAllowed);
    }
}
