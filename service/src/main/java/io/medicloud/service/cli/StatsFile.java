// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cli;

import io.medicloud.srt.SrtStats;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Writes a connection's statistics, a JSON object a line, each second and at the end. */
final class StatsFile implements AutoCloseable {
    private final Supplier<SrtStats> stats;
    private final @Nullable Writer out;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "srt-stats");
        thread.setDaemon(true);
        return thread;
    });

    private StatsFile(Supplier<SrtStats> stats, @Nullable Writer out) {
        this.stats = stats;
        this.out = out;
    }

    /** Opens the file; without one nothing is written. */
    static StatsFile open(@Nullable Path file, Supplier<SrtStats> stats) throws IOException {
        StatsFile opened = new StatsFile(stats, file == null ? null : Files.newBufferedWriter(file));
        if (file != null) {
            Future<?> unused = opened.timer.scheduleAtFixedRate(opened::writeOne, 1, 1, TimeUnit.SECONDS);
        }
        return opened;
    }

    /** Writes the last line. */
    void writeLast() {
        timer.shutdownNow();
        writeOne();
    }

    private synchronized void writeOne() {
        if (out == null) {
            return;
        }
        try {
            out.write(Json.object().putAll(stats.get().toMap()).text() + "\n");
            out.flush();
        } catch (IOException e) {
            // A full disk must not end the transfer; what is written shows that lines are missing.
            timer.shutdownNow();
        }
    }

    @Override
    public synchronized void close() throws IOException {
        timer.shutdownNow();
        if (out != null) {
            out.close();
        }
    }
}
