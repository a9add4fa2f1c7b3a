// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import io.medicloud.service.Http1;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What /metrics said once, read as Prometheus does. */
final class Scrape {
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\",?");
    private static final Pattern PARTS = Pattern.compile("_(bucket|sum|count)$");

    /** One metric. */
    record Family(String type, String help, Set<Set<String>> labels) {}

    private final String text;
    private final Map<String, Family> families = new TreeMap<>();
    private final Map<String, Double> samples = new LinkedHashMap<>();

    private Scrape(String text) {
        this.text = text;
        Map<String, String> helps = new LinkedHashMap<>();
        for (String line : text.split("\n", -1)) {
            if (line.startsWith("# HELP ")) {
                String[] words = line.split(" ", 4);
                helps.put(words[2], words[3]);
            } else if (line.startsWith("# TYPE ")) {
                String[] words = line.split(" ", 4);
                families.put(words[2], new Family(words[3], helps.getOrDefault(words[2], ""), new HashSet<>()));
            } else if (!line.isEmpty()) {
                sample(line);
            }
        }
    }

    static Scrape of(int httpPort) throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + httpPort + "/metrics");
        HttpResponse<String> response =
                Http1.client().send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new AssertionError(response.statusCode() + ": " + response.body());
        }
        return new Scrape(response.body());
    }

    private void sample(String line) {
        Matcher sample = SAMPLE.matcher(line);
        if (!sample.matches()) {
            throw new AssertionError("no sample: " + line);
        }
        Set<String> labels = new TreeSet<>();
        Matcher label = LABEL.matcher(sample.group(3) == null ? "" : sample.group(3));
        while (label.find()) {
            labels.add(label.group(1));
        }
        String name = sample.group(1);
        String base = families.containsKey(name) ? name : PARTS.matcher(name).replaceFirst("");
        Family family = families.get(base);
        if (family == null) {
            throw new AssertionError("of no metric: " + line);
        }
        if (!base.equals(name)) {
            labels.remove("le");
        }
        family.labels().add(labels);
        samples.put(line.substring(0, line.lastIndexOf(' ')), Double.valueOf(sample.group(4)));
    }

    /** By name. */
    Map<String, Family> families() {
        return families;
    }

    /** Values by name and labels, as they stand there. */
    Map<String, Double> samples() {
        return samples;
    }

    /** How many series there are. */
    int series() {
        return samples.size();
    }

    /** The sum of all series of a name. */
    double sum(String name) {
        return samples.entrySet().stream()
                .filter(sample -> nameOf(sample.getKey()).equals(name))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    /** The metric that a series is of. */
    String familyOf(String series) {
        String name = nameOf(series);
        return families.containsKey(name) ? name : PARTS.matcher(name).replaceFirst("");
    }

    private static String nameOf(String series) {
        int labels = series.indexOf('{');
        return labels < 0 ? series : series.substring(0, labels);
    }

    /** As it came. */
    String text() {
        return text;
    }
}
