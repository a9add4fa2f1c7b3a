// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import io.medicloud.service.config.ConfigException;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Puts what went wrong into one line. */
final class Failures {
    private Failures() {}

    /** What, where, and what to do. */
    static String line(Throwable failure) {
        if (failure instanceof CommandException || failure instanceof ConfigException) {
            return oneLine(failure.getMessage());
        }
        if (failure instanceof FileSystemException file) {
            return oneLine(ofFile(file));
        }
        if (failure instanceof BindException) {
            return oneLine(failure.getMessage() + "; name another port, or end what holds it");
        }
        if (failure instanceof IOException) {
            return oneLine(failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage());
        }
        String message = failure.getMessage();
        return oneLine(failure.getClass().getSimpleName() + (message == null ? "" : ": " + message)
                + "; --verbose tells where");
    }

    /** Is the file there, a file, and readable? Otherwise the line. */
    static void requireReadable(Path file) throws CommandException {
        if (!Files.exists(file)) {
            throw new CommandException(file + ": no such file; check the path");
        }
        if (Files.isDirectory(file)) {
            throw new CommandException(file + ": is a folder; name a file in it");
        }
        if (!Files.isReadable(file)) {
            throw new CommandException(file + ": may not be read; check its permissions");
        }
    }

    private static String ofFile(FileSystemException failure) {
        String file = failure.getFile() == null ? "a file" : failure.getFile();
        if (failure instanceof NoSuchFileException) {
            return file + ": no such file or folder; check the path";
        }
        if (failure instanceof AccessDeniedException) {
            return file + ": access denied; check its permissions";
        }
        if (failure instanceof FileAlreadyExistsException || failure instanceof NotDirectoryException) {
            return file + ": is in the way, and no folder; name another";
        }
        return file + ": " + (failure.getReason() == null ? "cannot be used" : failure.getReason());
    }

    private static String oneLine(@Nullable String text) {
        return text == null ? "failed" : text.strip().replaceAll("\\s*\\R\\s*", "; ");
    }
}
