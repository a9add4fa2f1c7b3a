// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** A progress line on standard error, if that is a terminal. One thread. */
final class Progress implements AutoCloseable {
    private static final long PAUSE_NS = 250_000_000;
    private static final int WIDTH = 30;

    private final String what;
    private final long total;
    private final boolean isShown;
    private long lastNs = System.nanoTime();
    private boolean isDrawn;

    private Progress(String what, long total, boolean isShown) {
        this.what = what;
        this.total = total;
        this.isShown = isShown;
    }

    /** Progress towards so many bytes; 0 if nobody knows how many. */
    static Progress of(String what, long total) {
        return new Progress(what, total, isTerminal());
    }

    /** So many bytes are done. */
    void at(long done) {
        if (!isShown || System.nanoTime() - lastNs < PAUSE_NS) {
            return;
        }
        lastNs = System.nanoTime();
        isDrawn = true;
        System.err.print("\r" + line(done));
        System.err.flush();
    }

    private String line(long done) {
        if (total <= 0) {
            return String.format(Locale.ROOT, "%s %,d bytes", what, done);
        }
        int filled = (int) Math.min(WIDTH, WIDTH * done / total);
        return String.format(
                Locale.ROOT,
                "%s [%s%s] %3d %%",
                what,
                "#".repeat(filled),
                " ".repeat(WIDTH - filled),
                100 * done / total);
    }

    @Override
    public void close() {
        if (isDrawn) {
            System.err.print("\r\033[K");
            System.err.flush();
        }
    }

    private static boolean isTerminal() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException e) {
            return false;
        }
    }
}
