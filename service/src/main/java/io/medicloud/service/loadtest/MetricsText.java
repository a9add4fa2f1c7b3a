// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;

/** What {@code /metrics} said, summed over labels. */
final class MetricsText {
    /** Of a service that could not be asked. */
    static final MetricsText NONE = new MetricsText("");

    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final Map<String, Double> sums = new HashMap<>();

    /** @param text in the text format of Prometheus; lines that are none of it are passed over */
    MetricsText(String text) {
        text.lines().filter(line -> !line.startsWith("#")).forEach(this::add);
    }

    private void add(String line) {
        int value = line.lastIndexOf(' ');
        int labels = line.indexOf('{');
        if (value > 0) {
            try {
                String name = line.substring(0, labels < 0 ? value : labels);
                sums.merge(name, Double.valueOf(line.substring(value + 1)), Double::sum);
            } catch (NumberFormatException e) {
                return; // no sample
            }
        }
    }

    /** Asks; what cannot be asked says nothing. */
    static MetricsText read(HttpClient http, URI metrics) {
        try {
            HttpRequest request = HttpRequest.newBuilder(metrics).timeout(LIMIT).build();
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200 ? new MetricsText(answer.body()) : NONE;
        } catch (IOException e) {
            return NONE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return NONE;
        }
    }

    /** The sum of a metric's series, if it is there. */
    OptionalDouble sum(String name) {
        Double sum = sums.get(name);
        return sum == null || sum.isNaN() ? OptionalDouble.empty() : OptionalDouble.of(sum);
    }

    /** The same as a whole number; 0 if it is not there. */
    long count(String name) {
        return Math.round(sum(name).orElse(0));
    }
}
