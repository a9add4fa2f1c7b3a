// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service;

import io.medicloud.service.cli.CommandLineInterface;
import io.medicloud.service.cli.Interruption;

/** Where the program begins. */
public final class Main {
    private Main() {}

    /** Runs one command and exits with its status: 0 done, 1 failed, 2 usage. */
    public static void main(String[] args) {
        Interruption interruption = Interruption.install();
        interruption.exitAfter(() -> CommandLineInterface.run(args, interruption));
    }
}
