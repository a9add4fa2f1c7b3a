// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Looks at /metrics again and again, and keeps what was there, what has moved, and which sums have fallen. */
final class MetricsWatch {
    private final int httpPort;
    private final Map<String, Scrape.Family> exported = new TreeMap<>();
    private final Set<String> moved = new TreeSet<>();
    private final Set<String> fallen = new TreeSet<>();
    private final Set<String> known = new HashSet<>();
    private Map<String, Double> last = Map.of();

    MetricsWatch(int httpPort) {
        this.httpPort = httpPort;
    }

    Scrape look() throws Exception {
        Scrape now = Scrape.of(httpPort);
        now.families()
                .forEach((name, family) -> exported.merge(name, family, (before, more) -> {
                    before.labels().addAll(more.labels());
                    return before;
                }));
        boolean isFirst = last.isEmpty();
        now.samples().forEach((series, value) -> {
            Double before = last.get(series);
            boolean hasMoved = before == null ? !isFirst && value != 0 : !before.equals(value);
            if (hasMoved) {
                moved.add(now.familyOf(series));
            }
            boolean isSum = !series.contains("live_id=")
                    && now.families().get(now.familyOf(series)).type().equals("counter");
            if (isSum && before != null && value < before) {
                fallen.add(series + " fell from " + before + " to " + value);
            }
            if (isSum && before == null && known.contains(series)) {
                fallen.add(series + " was away");
            }
        });
        last = now.samples();
        known.addAll(last.keySet());
        return now;
    }

    /** Metrics by name, with all that was ever there. */
    Map<String, Scrape.Family> exported() {
        return exported;
    }

    /** Metrics of which some series has changed, or come with another value than 0. */
    Set<String> moved() {
        return moved;
    }

    /** Counters that are of no stream, and have counted backwards. */
    Set<String> fallen() {
        return fallen;
    }
}
