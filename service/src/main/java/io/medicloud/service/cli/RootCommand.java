// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code medicloud}, which does nothing without a command. */
@Command(
        name = "medicloud",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Live contribution over SRT into keyframe-cut MPEG-TS segments in object storage.",
        footer = {"", "Exit status: 0 done, 1 failed, 2 usage. 'medicloud COMMAND --help' tells more."})
final class RootCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Log more, and show where a failure comes from.")
    private boolean isVerbose;

    boolean isVerbose() {
        return isVerbose;
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getErr());
        return CommandLine.ExitCode.USAGE;
    }
}
