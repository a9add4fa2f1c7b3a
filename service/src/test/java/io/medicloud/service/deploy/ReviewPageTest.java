// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/review.md and the threats of docs/security.md name what is there. */
final class ReviewPageTest {
    private static final Path DOCS = DeployFiles.ROOT.resolve("docs");
    private static final List<String> MODULES =
            List.of("mpegts", "srt-transport", "pipeline-core", "service", "testdata");
    private static final Pattern NAME = Pattern.compile("`([^`]+)`");
    private static final Pattern CLASS = Pattern.compile("[A-Z][A-Za-z0-9]+");
    private static final Pattern TEST = Pattern.compile("[A-Z][A-Za-z0-9]+(Test|IT)");

    private final Set<String> classes = new HashSet<>();

    ReviewPageTest() throws IOException {
        for (String module : MODULES) {
            try (Stream<Path> files =
                    Files.walk(DeployFiles.ROOT.resolve(module).resolve("src"))) {
                files.map(file -> file.getFileName().toString())
                        .filter(name -> name.endsWith(".java"))
                        .map(name -> name.substring(0, name.length() - ".java".length()))
                        .forEach(classes::add);
            }
        }
    }

    @Test
    void everyPartOfTheTenImprovementsNamesWhatIsThereAndWhatShowsIt() throws Exception {
        List<String> page = Files.readAllLines(DOCS.resolve("review.md"));
        List<List<String>> rows = rows(page, 3);

        assertThat(page).filteredOn(line -> line.matches("## \\d+\\. .*")).hasSize(10);
        assertThat(rows).hasSizeGreaterThan(50).allSatisfy(row -> {
            assertThat(names(row.get(1))).as(row.get(0)).isNotEmpty().allSatisfy(this::assertIsThere);
            assertThat(names(row.get(2))).as(row.get(0)).allSatisfy(this::assertShows);
            assertThat(row.get(2)).as(row.get(0)).containsAnyOf("`", "**open**");
        });
    }

    @Test
    void theTestsOfThreatsAreThere() throws Exception {
        List<List<String>> rows = rows(Files.readAllLines(DOCS.resolve("security.md")), 3).stream()
                .filter(row -> !names(row.get(2)).isEmpty())
                .toList();

        assertThat(rows)
                .hasSizeGreaterThan(10)
                .allSatisfy(row -> assertThat(names(row.get(2)))
                        .as(row.get(0))
                        .allSatisfy(name -> assertThat(classes).contains(name)));
    }

    @Test
    void everyCheckHasATest() throws Exception {
        List<List<String>> rows = rows(Files.readAllLines(DOCS.resolve("security.md")), 3).stream()
                .filter(row -> row.get(0).matches(" S\\d+ .*"))
                .toList();

        assertThat(rows)
                .hasSize(20)
                .allSatisfy(row -> assertThat(names(row.get(2)))
                        .as(row.get(0))
                        .isNotEmpty()
                        .allSatisfy(name -> assertThat(classes).contains(name)));
    }

    private void assertIsThere(String name) {
        if (CLASS.matcher(name).matches()) {
            assertThat(classes).contains(name);
        } else {
            assertThat(DeployFiles.ROOT.resolve(name)).exists();
        }
    }

    /** What follows the name of a test in the same cell may name settings and paths. */
    private void assertShows(String name) {
        if (TEST.matcher(name).matches()) {
            assertThat(classes).contains(name);
        } else if (name.contains("/") && !name.startsWith("/")) {
            assertThat(DeployFiles.ROOT.resolve(name)).exists();
        } else {
            assertThat(name).as("no test, no file").startsWith("/");
        }
    }

    private static List<List<String>> rows(List<String> page, int cells) {
        return page.stream()
                .filter(line -> line.startsWith("| ")
                        && !line.startsWith("| part ")
                        && !line.startsWith("| threat ")
                        && !line.startsWith("| check "))
                .map(line -> List.of(line.substring(1, line.length() - 1).split("\\|", -1)))
                .filter(row -> row.size() == cells)
                .toList();
    }

    private static List<String> names(String cell) {
        return NAME.matcher(cell).results().map(found -> found.group(1)).toList();
    }
}
