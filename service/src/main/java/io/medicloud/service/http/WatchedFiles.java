// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a few small files hold, read again when somebody looks. Other contents are taken when two looks in a row agree, as a file that is being written may
 * be whole the next time; faulty ones are told once, and what was there before stays.
 */
final class WatchedFiles<T> {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedFiles.class);

    /** Makes something of the files' contents. */
    @FunctionalInterface
    interface Parser<T> {
        /**
         * Makes it.
         *
         * @throws IOException if it is not what is wanted; the message says what is wrong
         */
        T parse(List<byte[]> contents) throws IOException;
    }

    private final String setting;
    private final List<Path> files;
    private final Parser<T> parser;
    private volatile T value;
    /** What was last taken, or found faulty. */
    private List<ByteBuffer> judged;
    /** Read once; null if what was read last is judged. */
    private @Nullable List<ByteBuffer> seen;

    private String told = "";

    /**
     * Reads for the first time.
     *
     * @param setting what names the files, for messages
     */
    WatchedFiles(String setting, List<Path> files, Parser<T> parser) throws IOException {
        this.setting = setting;
        this.files = files;
        this.parser = parser;
        this.judged = read();
        this.value = parse(judged);
    }

    /** What is in force. */
    T value() {
        return value;
    }

    /** Reads again; one thread at a time. */
    void look() {
        try {
            List<ByteBuffer> now = read();
            if (now.equals(judged)) {
                seen = null;
                return;
            }
            if (!now.equals(seen)) {
                seen = now;
                return;
            }
            judged = now;
            seen = null;
            value = parse(now);
            told = "";
            LOG.info("{}: what is now in {} is taken from now on", setting, files.get(0));
        } catch (IOException | RuntimeException e) {
            String fault = String.valueOf(e.getMessage());
            if (!fault.equals(told)) {
                told = fault;
                LOG.error("{}; what was there before stays in force", fault);
            }
        }
    }

    private List<ByteBuffer> read() throws IOException {
        List<ByteBuffer> contents = new ArrayList<>();
        for (Path file : files) {
            try {
                contents.add(ByteBuffer.wrap(Files.readAllBytes(file)));
            } catch (IOException e) {
                throw new IOException(
                        setting + ": " + file + " cannot be read ("
                                + e.getClass().getSimpleName() + ")",
                        e);
            }
        }
        return contents;
    }

    private T parse(List<ByteBuffer> contents) throws IOException {
        return parser.parse(contents.stream().map(ByteBuffer::array).toList());
    }
}
