// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import io.medicloud.service.config.Units;
import io.medicloud.service.demo.Demo;
import io.medicloud.service.demo.DemoFolder;
import io.medicloud.service.demo.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code medicloud demo}. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description =
                "Runs the main job on embedded defaults: a live encoder publishes H.264 over SRT to the service on"
                        + " loopback, segments land in an embedded S3 bucket, and at the end what landed is verified.")
final class DemoCommand implements Callable<Integer> {
    private static final Duration FOR_EVER = Duration.ofDays(365);

    private final Interruption interruption;

    @Mixin
    private final Console console = new Console();

    @Option(
            names = "--for",
            paramLabel = "TIME",
            description = "Publish for so long, e.g. 30s; otherwise until Ctrl-C.")
    private @Nullable String length;

    @Mixin
    private final StackOption stack = new StackOption();

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description =
                    "Where the bucket and a copy of what was sent stand; kept. Default: a new folder for temporary files.")
    private @Nullable Path dir;

    @Option(
            names = "--verify",
            paramLabel = "DIR",
            description = "Run nothing; verify once more what an earlier demo left there.")
    private @Nullable Path verified;

    @Option(names = "--json", description = "Print JSON objects, one a line: where to look, each segment, the summary.")
    private boolean isJson;

    DemoCommand(Interruption interruption) {
        this.interruption = interruption;
    }

    @Override
    public Integer call() throws Exception {
        Duration time = length == null ? FOR_EVER : console.read("--for", length, Units::duration);
        String stackName = stack.name(console);
        try {
            Path kept = verified;
            if (kept != null) {
                DemoFolder folder = DemoFolder.of(kept);
                return conclude(Demo.verify(folder), folder);
            }
            DemoFolder folder = DemoFolder.fresh(dir == null ? Files.createTempDirectory("medicloud-demo-") : dir);
            Demo demo = new Demo(folder, stackName, new DemoConsole(console.out(), isJson));
            interruption.onStop(demo::stop);
            return conclude(demo.run(time), folder);
        } catch (NoClassDefFoundError e) {
            throw new CommandException("the demo is not part of this installation (lib/demo is missing)", e);
        }
    }

    private int conclude(Verification found, DemoFolder folder) throws IOException, CommandException {
        var out = console.out();
        if (isJson) {
            out.println(Json.object()
                    .put("segments", found.segments())
                    .put("durationSeconds", found.seconds(), 3)
                    .put("sentBytes", found.sentBytes())
                    .put("storedBytes", found.storedBytes())
                    .put("injectedPackets", found.injectedPackets())
                    .put("right", found.isRight())
                    .put("bucketFolder", folder.segments().toString())
                    .put("sent", folder.sent().toString())
                    .text());
        } else {
            out.println(String.format(
                    Locale.ROOT,
                    "%d segments, %.3f s, %,d bytes sent, %,d bytes stored, %d packets of tables put in front",
                    found.segments(),
                    found.seconds(),
                    found.sentBytes(),
                    found.storedBytes(),
                    found.injectedPackets()));
        }
        if (!found.isRight()) {
            int more = found.faults().size() - 1;
            throw new CommandException(found.faults().get(0) + (more > 0 ? " (and " + more + " more faults)" : "")
                    + "; look at " + folder.segments() + " and " + folder.sent());
        }
        if (!isJson) {
            out.println(
                    "verified: joined, and without those tables, the segments are what was sent; each begins with a keyframe");
            out.println("kept: " + folder.segments() + " and " + folder.sent());
        }
        return CommandLine.ExitCode.OK;
    }
}
