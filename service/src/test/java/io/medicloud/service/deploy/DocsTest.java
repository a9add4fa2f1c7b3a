// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the pages point to, call and set is there. The changelog is history: of it the links alone. */
final class DocsTest {
    private static final Path ROOT = DeployFiles.ROOT;
    private static final List<String> MODULES =
            List.of("mpegts", "srt-transport", "pipeline-core", "service", "testdata");

    /** Those of Maven and its plugins. */
    private static final Set<String> PROPERTIES_OF_MAVEN = Set.of(
            "test",
            "it.test",
            "surefire.failIfNoSpecifiedTests",
            "excludedGroups",
            "jvm",
            "altDeploymentRepository",
            "gpg.keyname");

    /** What the launcher and the tests take besides settings. */
    private static final Set<String> OTHER_ENVIRONMENT = Set.of("MEDICLOUD_JAVA_OPTS", "MEDICLOUD_SAMPLES");

    /** Names of fields, which look like settings. */
    private static final Set<String> NO_SETTINGS = Set.of("log.logger", "log.level");

    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} (.*)$");
    private static final Pattern FENCED = Pattern.compile("(?ms)^```.*?^```");

    private final Map<Path, String> pages = pages();

    DocsTest() throws IOException {}

    @Test
    void everyLinkLeadsToAFileAndToAHeadingOfIt() {
        List<String> astray = new ArrayList<>();
        pages.forEach((page, text) -> {
            String prose = FENCED.matcher(text).replaceAll("").replaceAll("`[^`\n]*`", "");
            for (String link : all(prose, "\\]\\(([^)\\s]+)\\)")) {
                if (!link.matches("https?:.*") && !leads(page, link)) {
                    astray.add(ROOT.relativize(page) + ": " + link);
                }
            }
        });

        assertThat(astray).isEmpty();
    }

    @Test
    void everyPageCanBeReachedFromTheReadme() throws IOException {
        Set<Path> reached = new HashSet<>();
        List<Path> next = new ArrayList<>(List.of(ROOT.resolve("README.md")));
        while (!next.isEmpty()) {
            Path page = next.remove(next.size() - 1);
            if (reached.add(page) && pages.containsKey(page)) {
                all(pages.get(page), "\\]\\(([^)#\\s]+)[^)]*\\)").stream()
                        .filter(link -> !link.matches("https?:.*"))
                        .map(link -> page.resolveSibling(link).normalize())
                        .forEach(next::add);
            }
        }

        assertThat(reached).containsAll(pages.keySet());
    }

    @Test
    void everyProgramAndOptionOfTheBuildIsThere() throws IOException {
        String sources = sources();
        String poms = poms();
        List<String> missing = new ArrayList<>();
        current().forEach((page, text) -> {
            Predicate<String> isTool = tool -> Files.isExecutable(ROOT.resolve(tool));
            missing.addAll(without(page, all(text, "(?<![\\w/])(tools/\\w[\\w-]*)"), isTool));
            Predicate<String> isProfile = profile -> poms.contains("<id>" + profile + "</id>");
            missing.addAll(without(page, split(all(text, "mvn [^`\n]*-P ([\\w,-]+)")), isProfile));
            Predicate<String> isModule = module -> MODULES.contains(module) || "MODULE".equals(module);
            missing.addAll(without(page, split(all(text, "mvn [^`\n]*-pl ([\\w,-]+)")), isModule));
            missing.addAll(without(page, all(text, " -D([\\w.]+)="), name -> isProperty(name, sources + poms)));
            missing.addAll(without(page, split(all(text, " -D(?:it\\.)?test='?([\\w*,]+)")), this::isTest));
        });

        assertThat(missing).isEmpty();
    }

    @Test
    void everySettingAndVariableIsOneOfTheService() {
        String configuration = pages.get(ROOT.resolve("docs/configuration.md"));
        Set<String> settings = new TreeSet<>(all(configuration, "(?m)^\\| `([\\w.]+)` \\|"));
        Set<String> variables = new TreeSet<>(all(configuration, "`(MEDICLOUD_\\w+)`"));
        Set<String> sections = settings.stream()
                .filter(name -> name.contains("."))
                .map(name -> name.substring(0, name.indexOf('.')))
                .collect(Collectors.toSet());
        assertThat(settings).hasSizeGreaterThan(80).contains("srt.latency");

        List<String> unknown = new ArrayList<>();
        current().forEach((page, text) -> {
            // A file may be named in place of a secret; what begins with a capital is a class of a package.
            List<String> named = all(text, "`([a-z]\\w*(?:\\.[a-z]\\w*)+)(?:=[^`]*)?`");
            named.addAll(all(text, "--set (\\w+(?:\\.\\w+)+)="));
            named.removeIf(name -> !sections.contains(name.substring(0, name.indexOf('.'))));
            Predicate<String> isSetting = name -> settings.contains(name)
                    || settings.contains(name.replaceFirst("File$", ""))
                    || NO_SETTINGS.contains(name);
            unknown.addAll(without(page, named, isSetting));
            Predicate<String> isVariable = name -> variables.contains(name)
                    || variables.contains(name.replaceFirst("_FILE$", ""))
                    || OTHER_ENVIRONMENT.contains(name);
            unknown.addAll(without(page, all(text, "\\b(MEDICLOUD_[A-Z_]*[A-Z])\\b"), isVariable));
        });

        assertThat(unknown).isEmpty();
    }

    @Test
    void whatIsWrittenWrongIsFound() {
        Path readme = ROOT.resolve("README.md");

        assertThat(leads(readme, "docs/nowhere.md")).isFalse();
        assertThat(leads(readme, "docs/operations.md#nowhere")).isFalse();
        assertThat(leads(readme, "docs/operations.md#in-a-container")).isTrue();
        assertThat(isTest("NoSuchTest")).isFalse();
        assertThat(isTest("Hostile*IT")).isTrue();
        assertThat(isProperty("no.such", "\"some.such\"")).isFalse();
    }

    private Map<Path, String> current() {
        Map<Path, String> current = new TreeMap<>(pages);
        current.remove(ROOT.resolve("CHANGELOG.md"));
        return current;
    }

    private boolean leads(Path from, String link) {
        String[] parts = link.split("#", 2);
        Path to = parts[0].isEmpty() ? from : from.resolveSibling(parts[0]).normalize();
        return Files.exists(to)
                && (parts.length == 1 || anchors(pages.getOrDefault(to, "")).contains(parts[1]));
    }

    /** As the pages of repositories make them of headings. */
    private static Set<String> anchors(String text) {
        Set<String> anchors = new HashSet<>();
        Map<String, Integer> times = new HashMap<>();
        for (String heading : all(FENCED.matcher(text).replaceAll(""), HEADING.pattern())) {
            String name = heading.replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1")
                    .strip()
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                    .replace(' ', '-');
            int before = times.merge(name, 1, Integer::sum) - 1;
            anchors.add(before == 0 ? name : name + "-" + before);
        }
        return anchors;
    }

    private boolean isTest(String name) {
        if ("none".equals(name)) {
            return true;
        }
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + name + ".java");
        try {
            return javaFiles().stream().anyMatch(file -> matcher.matches(file.getFileName()));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Read by a test or a program, by its whole name or put together from a name in front; or of a pom; or Maven's. */
    private static boolean isProperty(String name, String sources) {
        String front = name.substring(0, name.lastIndexOf('.') + 1);
        return PROPERTIES_OF_MAVEN.contains(name)
                || sources.contains('"' + name + '"')
                || sources.contains("<" + name + ">")
                || sources.contains("${" + name + "}")
                || (!front.isEmpty() && sources.contains('"' + front + "\" +"));
    }

    private static List<String> without(Path page, List<String> names, Predicate<String> isThere) {
        return names.stream()
                .filter(isThere.negate())
                .map(name -> ROOT.relativize(page) + ": " + name)
                .toList();
    }

    private static List<String> split(List<String> lists) {
        return lists.stream()
                .flatMap(list -> Stream.of(list.split(",", -1)))
                .map(name -> name.replaceFirst("^-", ""))
                .toList();
    }

    private static List<String> all(String text, String words) {
        return Pattern.compile(words)
                .matcher(text)
                .results()
                .map((MatchResult found) -> found.group(1))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static Map<Path, String> pages() throws IOException {
        Map<Path, String> pages = new TreeMap<>();
        List<Path> files = new ArrayList<>(DeployFiles.files(ROOT.resolve("docs"), ".md"));
        files.add(ROOT.resolve("README.md"));
        files.add(ROOT.resolve("CHANGELOG.md"));
        for (Path file : files) {
            pages.put(file, Files.readString(file));
        }
        return pages;
    }

    private static List<Path> javaFiles() throws IOException {
        List<Path> files = new ArrayList<>();
        for (String module : MODULES) {
            files.addAll(DeployFiles.files(ROOT.resolve(module).resolve("src"), ".java"));
        }
        return files;
    }

    private static String sources() throws IOException {
        StringBuilder all = new StringBuilder();
        for (Path file : javaFiles()) {
            all.append(Files.readString(file));
        }
        return all.toString();
    }

    private static String poms() throws IOException {
        StringBuilder all = new StringBuilder(Files.readString(ROOT.resolve("pom.xml")));
        for (String module : MODULES) {
            all.append(Files.readString(ROOT.resolve(module).resolve("pom.xml")));
        }
        return all.toString();
    }
}
