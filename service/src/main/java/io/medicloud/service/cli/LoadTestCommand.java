// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import io.medicloud.service.loadtest.HtmlReport;
import io.medicloud.service.loadtest.LoadReport;
import io.medicloud.service.loadtest.LoadSettings;
import io.medicloud.service.loadtest.LoadTest;
import io.medicloud.service.loadtest.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code medicloud loadtest}. */
@Command(
        name = "loadtest",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description =
                "Encoders publish over SRT to a service, and every segment in its bucket is held against what was sent, byte for byte."
                        + " Measures from outside: what arrived, how old it was in the bucket, what the service used.",
        footer = {
            "",
            "Exit status 0 only if all that was sent stands in the bucket; with --allow-loss, if nothing wrong does."
        })
final class LoadTestCommand implements Callable<Integer> {
    private static final int TELL_EVERY_S = 10;

    private final Interruption interruption;

    @Mixin
    private final Console console = new Console();

    @Mixin
    private final LoadTestOptions options = new LoadTestOptions();

    @Mixin
    private final StackOption stack = new StackOption();

    @Option(
            names = "--allow-loss",
            description = "What is lost and what the service refuses is told, and is no failure.")
    private boolean allowsLoss;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description = "Write a page with plots there (HTML, stands alone).")
    private @Nullable Path page;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description =
                    "Where a service of our own runs; kept. Default: a folder for temporary files, deleted at the end.")
    private @Nullable Path dir;

    @Option(names = "--json", description = "Print the result as one JSON object.")
    private boolean isJson;

    private double toldSeconds;

    LoadTestCommand(Interruption interruption) {
        this.interruption = interruption;
    }

    @Override
    public Integer call() throws Exception {
        LoadSettings settings = options.settings(console, stack.name(console));
        Path kept = dir;
        Path folder = kept == null ? Files.createTempDirectory("medicloud-loadtest-") : Files.createDirectories(kept);
        try {
            LoadReport report = run(settings, folder.toRealPath());
            if (kept == null) {
                // One that could not run is kept: the service's log is in it.
                delete(folder);
            }
            return conclude(report);
        } catch (NoClassDefFoundError e) {
            throw new CommandException(
                    "synthetic streams and bad networks are not part of this installation (lib/demo is missing)", e);
        }
    }

    private LoadReport run(LoadSettings settings, Path folder) throws IOException {
        LoadTest test = new LoadTest(settings, folder, this::tell);
        interruption.allow(Duration.ofMinutes(3));
        interruption.onStop(test::stop);
        return test.run();
    }

    private void tell(Sample sample) {
        if (sample.seconds() >= toldSeconds + TELL_EVERY_S) {
            toldSeconds = sample.seconds();
            console.err().println(LoadTestText.line(sample));
        }
    }

    private int conclude(LoadReport report) throws IOException, CommandException {
        Path file = page;
        if (file != null) {
            HtmlReport.write(
                    file,
                    LoadTestText.json(report)
                            .put(
                                    "samples",
                                    report.samples().stream()
                                            .map(LoadTestText::json)
                                            .toList())
                            .text());
        }
        if (isJson) {
            console.out().println(LoadTestText.json(report).text());
        } else {
            LoadTestText.table(report).forEach(console.out()::println);
        }
        boolean isGood = allowsLoss ? report.isRight() : report.isComplete();
        if (!isGood) {
            throw new CommandException(LoadTestText.verdict(report));
        }
        return CommandLine.ExitCode.OK;
    }

    private static void delete(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.walk(folder)) {
            files = found.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
    }
}
