// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import io.medicloud.srt.SrtStacks;
import io.medicloud.srt.SrtUnavailableException;
import io.medicloud.srt.SrtUri;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** What commands that speak SRT take. */
final class SrtOptionsMixin {
    @Option(
            names = "--stack",
            paramLabel = "auto|java|libsrt",
            defaultValue = "auto",
            description = "The SRT implementation; auto is libsrt where it can be loaded, else java.")
    private String stack = "auto";

    @Option(
            names = "--stats",
            paramLabel = "FILE",
            description = "Write the connection's statistics there: a JSON object a line, each second and at the end.")
    private @Nullable Path stats;

    @Nullable
    Path stats() {
        return stats;
    }

    /** Selects the stack, and says in one line which and why. */
    SrtStacks.Selection select() throws SrtUnavailableException, CommandException {
        try {
            SrtStacks.Selection selection = SrtStacks.select(stack);
            LoggerFactory.getLogger(SrtOptionsMixin.class).info("SRT stack: {}", selection.reason());
            return selection;
        } catch (IllegalArgumentException e) {
            throw new CommandException("--stack: " + e.getMessage(), e);
        }
    }

    /** Reads the URL; one that is wrong is a fault of usage. */
    SrtUri uri(CommandSpec spec, String url) {
        if (!stack.equals("auto") && !stack.equals("java") && !stack.equals("libsrt")) {
            throw new ParameterException(spec.commandLine(), "--stack: '" + stack + "' is not auto, java or libsrt");
        }
        try {
            return SrtUri.parse(url);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "URL: " + e.getMessage(), e);
        }
    }

    /** The URL as it may be shown. */
    static String shown(String url) {
        return url.replaceAll("passphrase=[^&]*", "passphrase=***");
    }
}
