// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import java.io.PrintWriter;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where a command prints, and how it says that an option is wrong. Mixed into every command. */
@Command
final class Console {
    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    /** For results. */
    PrintWriter out() {
        return command.commandLine().getOut();
    }

    /** For everything else. */
    PrintWriter err() {
        return command.commandLine().getErr();
    }

    /** A fault of usage, to be thrown. */
    ParameterException usage(String message) {
        return new ParameterException(command.commandLine(), message);
    }

    /**
     * Reads an option's value.
     *
     * @param parser throws {@link IllegalArgumentException}, with what is right, at what is wrong
     */
    <T> T read(String option, String text, Function<String, T> parser) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), option + ": " + e.getMessage(), e);
        }
    }
}
