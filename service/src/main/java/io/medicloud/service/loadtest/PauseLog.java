// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/** Reads the pauses out of what the JVM writes about its collections ({@code -Xlog:gc}). */
final class PauseLog {
    private static final Pattern PAUSE = Pattern.compile(".*\\bPause\\b.* (\\d+)\\.(\\d{3})ms$");
    private static final long US_PER_MS = 1000;

    private PauseLog() {}

    /** All pauses so far. */
    static Percentiles read(Path log) throws IOException {
        Histogram pauses = Latencies.empty();
        try (Stream<String> lines = Files.lines(log)) {
            lines.map(PAUSE::matcher).filter(Matcher::matches).forEach(pause -> pauses.recordValue(us(pause)));
        }
        return Percentiles.of(pauses);
    }

    private static long us(Matcher pause) {
        return Math.min(
                Long.parseLong(pause.group(1)) * US_PER_MS + Long.parseLong(pause.group(2)), US_PER_MS * 3_600_000);
    }
}
