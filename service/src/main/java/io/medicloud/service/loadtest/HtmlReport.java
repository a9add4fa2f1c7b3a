// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes a load test's result as a page that stands alone: script, style and figures are in it, and it asks nobody for anything. */
public final class HtmlReport {
    private static final String PAGE = "/loadtest/report.html";
    private static final String PLOTS = "/META-INF/resources/webjars/uplot/1.6.30/dist/";

    private HtmlReport() {}

    /**
     * Writes the page.
     *
     * @param json the result as {@code loadtest --json} prints it, and {@code samples}
     */
    public static void write(Path file, String json) throws IOException {
        // What the data says must not end the script that it stands in.
        String data = json.replace("<", "\\u003c");
        Files.writeString(
                file,
                resource(PAGE)
                        .replace("/*plots.css*/", resource(PLOTS + "uPlot.min.css"))
                        .replace("/*plots.js*/", resource(PLOTS + "uPlot.iife.min.js"))
                        .replace("/*data*/", data));
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException(name + " is not part of this installation");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
