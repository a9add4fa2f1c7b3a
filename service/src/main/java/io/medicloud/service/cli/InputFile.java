// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What a command reads.
 *
 * @param text as given: a file's path, or {@code -} for standard input
 */
record InputFile(String text) {
    boolean isStandardInput() {
        return text.equals("-");
    }

    /** How it is called in messages. */
    String name() {
        return isStandardInput() ? "standard input" : text;
    }

    /** Is it there, a file, and readable? Otherwise the line. */
    void requireReadable() throws CommandException {
        if (!isStandardInput()) {
            Failures.requireReadable(Path.of(text));
        }
    }

    FileChannel open() throws IOException {
        return isStandardInput()
                ? new FileInputStream(FileDescriptor.in).getChannel()
                : FileChannel.open(Path.of(text), StandardOpenOption.READ);
    }

    /** Ends the reading of it, from another thread. */
    static void close(FileChannel in) {
        try {
            in.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
