// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the system says of a process (Linux, {@code /proc}); nothing of one that is not known. */
final class ProcessFigures {
    /** Ticks a second in {@code /proc/PID/stat}, on every Linux that Java runs on. */
    private static final double TICKS = 100;

    private static final int USER = 11;
    private static final int SYSTEM = 12;
    private static final long KIB = 1024;

    private final Path folder;

    ProcessFigures(long pid) {
        folder = Path.of("/proc", Long.toString(pid));
    }

    /** Of this process. */
    static ProcessFigures own() {
        return new ProcessFigures(ProcessHandle.current().pid());
    }

    /** Seconds of the processors that it has used, user and system; NaN if it is not there. */
    double cpuSeconds() {
        try {
            String stat = Files.readString(folder.resolve("stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return (Long.parseLong(fields[USER]) + Long.parseLong(fields[SYSTEM])) / TICKS;
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    /** What it has of the memory, in bytes; 0 if it is not there. */
    long residentBytes() {
        try (var lines = Files.lines(folder.resolve("status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIB)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }
}
