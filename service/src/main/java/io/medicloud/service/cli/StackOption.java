// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import picocli.CommandLine.Option;

/** {@code --stack}. */
final class StackOption {
    @Option(
            names = "--stack",
            paramLabel = "auto|java|libsrt",
            defaultValue = "auto",
            description = "The SRT implementation; auto is libsrt where it can be loaded, else java.")
    private String stack = "auto";

    /** One of the three; another is a fault of usage. */
    String name(Console console) {
        if (!stack.equals("auto") && !stack.equals("java") && !stack.equals("libsrt")) {
            throw console.usage("--stack: '" + stack + "' is not auto, java or libsrt");
        }
        return stack;
    }
}
