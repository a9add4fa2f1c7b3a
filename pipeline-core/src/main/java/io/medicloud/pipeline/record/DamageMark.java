// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.record;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file beside the record that says what is wrong with it: damage that was met while it was used. The next start makes a new one. Thread-safe. */
final class DamageMark {
    private static final Logger LOG = LoggerFactory.getLogger(DamageMark.class);
    private static final int LONGEST = 300;

    private final Path record;
    private final Path mark;
    private boolean isLeft;

    DamageMark(Path record) {
        this.record = record;
        this.mark = record.resolveSibling(record.getFileName() + ".damaged");
    }

    /** What it says, or null if there is none. */
    @Nullable
    String found() throws IOException {
        try {
            // Whatever bytes it is of.
            String text = new String(Files.readAllBytes(mark), StandardCharsets.ISO_8859_1);
            return text.isBlank() ? "it was marked as damaged" : text.strip();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Leaves it, once; says in the log what was found, and what is to be done. */
    synchronized void leave(String found) {
        if (isLeft) {
            return;
        }
        isLeft = true;
        LOG.error(
                "the record {} is damaged ({}); the next start makes a new one from what can be read of it",
                record,
                found);
        try {
            String line = found.replaceAll("[^ -~]+", " ");
            Files.writeString(mark, line.length() > LONGEST ? line.substring(0, LONGEST) : line);
        } catch (IOException e) {
            LOG.warn("{}, by which the next start would know it, cannot be written: make it by hand", mark, e);
        }
    }

    /** There is a new record. */
    void delete() throws IOException {
        Files.deleteIfExists(mark);
    }
}
