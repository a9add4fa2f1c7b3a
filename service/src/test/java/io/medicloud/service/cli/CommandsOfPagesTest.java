// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the pages say to type is a command, with options that it has. */
final class CommandsOfPagesTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern COMMAND = Pattern.compile("\\./medicloud ([a-z][\\w-]*)([^`|#\n]*)");
    private static final Pattern OPTION = Pattern.compile(" (--[\\w-]+)");
    private static final Pattern OPTION_OF_HELP = Pattern.compile("(?m)^ +(?:-\\w, )?(--[\\w-]+)");
    private static final List<String> COMMANDS =
            List.of("demo", "serve", "health", "probe", "segment", "srt-receive", "srt-send", "loadtest");

    @Test
    void everyCommandOfAPageIsThereWithItsOptions() throws Exception {
        List<MatchResult> commands = new ArrayList<>();
        for (Path page : pages()) {
            COMMAND.matcher(Files.readString(page)).results().forEach(commands::add);
        }

        assertThat(commands).hasSizeGreaterThan(10).allSatisfy(command -> {
            String help = help(command.group(1));
            OPTION.matcher(command.group(2))
                    .results()
                    .forEach(option -> assertThat(help).as(command.group()).contains(option.group(1)));
        });
    }

    @Test
    void everyOptionOfEveryCommandIsOnSomePage() throws Exception {
        StringBuilder pages = new StringBuilder();
        for (Path page : pages()) {
            pages.append(Files.readString(page));
        }

        for (String command : COMMANDS) {
            assertThat(OPTION_OF_HELP.matcher(help(command)).results().map(found -> found.group(1)))
                    .as(command)
                    .isNotEmpty()
                    .allSatisfy(option -> assertThat(pages).containsPattern("(?<![\\w-])" + option + "(?![\\w-])"));
        }
    }

    private static String help(String command) {
        StringWriter out = new StringWriter();
        int status = CommandLineInterface.run(
                new String[] {command, "--help"},
                Interruption.none(),
                new PrintWriter(out, true),
                new PrintWriter(out, true));
        assertThat(status).as(out.toString()).isZero();
        return out.toString();
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md")));
        try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
            files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        return pages;
    }
}
