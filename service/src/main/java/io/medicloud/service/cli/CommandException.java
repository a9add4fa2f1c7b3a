// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import org.jspecify.annotations.Nullable;

/** A command failed; the message is the one line that says what, where and what to do. */
public final class CommandException extends Exception {
    private static final long serialVersionUID = 1;

    public CommandException(String line) {
        super(line);
    }

    public CommandException(String line, @Nullable Throwable cause) {
        super(line, cause);
    }
}
