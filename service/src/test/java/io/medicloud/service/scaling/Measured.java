// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.scaling;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Figures that were measured, read from the pages that tell them: where one changes there, everything that stands on it does. */
enum Measured {
    STREAMS("benchmarks.md", "./medicloud loadtest --streams (\\d+) --for 60s --rate 8M --json"),
    SERVICE(
            "benchmarks.md",
            "the service took (\\d+) s of processor time in (\\d+) s, its store included, and (\\d+) MiB at the most"),
    SRT("benchmarks.md", "\\| 25 × 8 \\| 25 \\+ 20 \\| ([\\d.]+) \\| [\\d.]+ \\|"),
    CUT("benchmarks.md", "\\| H\\.264 \\| [\\d.]+ \\| [\\d.]+ \\([\\d.]+\\) \\| [\\d.]+ \\([\\d.]+\\) \\| ([\\d.]+) "),
    CONNECTION("benchmarks.md", "(\\d+) KiB a connection \\(goal"),
    MEMORY("operations.md", "(\\d+) GiB is a good begin for (\\d+) streams of 8 Mbit/s"),
    TAKE_OVER("cluster.md", "With defaults: (\\d+) to (\\d+) s after the death of a node");

    private static final Path DOCS = Path.of("..", "docs");

    private final String page;
    private final Pattern words;

    Measured(String page, String words) {
        this.page = page;
        this.words = Pattern.compile(words);
    }

    /** The numbers in those words. */
    List<Double> figures() {
        try {
            String text = Files.readString(DOCS.resolve(page)).replaceAll("\\s+", " ");
            Matcher found = words.matcher(text);
            if (!found.find()) {
                throw new IllegalStateException("docs/" + page + " does not say any more: " + words);
            }
            List<Double> figures = new ArrayList<>();
            for (int i = 1; i <= found.groupCount(); i++) {
                figures.add(Double.valueOf(found.group(i)));
            }
            return figures;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The first of them. */
    double figure() {
        return figures().get(0);
    }
}
