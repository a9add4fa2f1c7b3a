// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Gathers the values of one look at all streams, in the form that the exporter takes. Not thread-safe. */
final class StreamSnapshots {
    /** A value with its labels' values, the stream's id first if it is of one stream. */
    private record Point(List<String> labels, double value) {}

    /** By the family's name. */
    private final Map<String, List<Point>> ofEach = new HashMap<>();

    private final Map<String, List<Point>> ofAll = new HashMap<>();
    private final Predicate<String> seen;

    /** @param seen the ids of the streams of which it tells */
    StreamSnapshots(Predicate<String> seen) {
        this.seen = seen;
    }

    void put(StreamFamily family, String liveId, String word, double value) {
        if (!seen.test(liveId)) {
            return;
        }
        List<String> labels = word.isEmpty() ? List.of(liveId) : List.of(liveId, word);
        ofEach.computeIfAbsent(family.name(), added -> new ArrayList<>()).add(new Point(labels, value));
    }

    /**
     * What adds up.
     *
     * @param now gauges
     * @param totals counters
     */
    void putSums(Map<StreamSums.Series, Double> now, Map<StreamSums.Series, Double> totals) {
        for (StreamFamily family : StreamFamilies.ALL) {
            Map<StreamSums.Series, Double> values = family.type() == MetricFamily.Type.COUNTER ? totals : now;
            List<Point> points = new ArrayList<>();
            for (String word : family.isSummed() ? family.words() : List.<String>of()) {
                // Also what was never counted: who asks how much it grows must see it at 0 first.
                double value = values.getOrDefault(StreamSums.Series.of(family, word), 0.0);
                points.add(new Point(word.isEmpty() ? List.of() : List.of(word), value));
            }
            ofAll.put(family.name(), points);
        }
    }

    MetricSnapshots build() {
        List<MetricSnapshot> snapshots = new ArrayList<>();
        for (StreamFamily family : StreamFamilies.ALL) {
            List<Point> each = ofEach.getOrDefault(family.name(), List.of());
            if (!each.isEmpty()) {
                family.ofEach().forEach(told -> snapshots.add(snapshot(told, each)));
            }
            List<Point> all = ofAll.get(family.name());
            if (all != null) {
                family.ofAll().forEach(told -> snapshots.add(snapshot(told, all)));
            }
        }
        return new MetricSnapshots(snapshots);
    }

    private static MetricSnapshot snapshot(MetricFamily family, List<Point> points) {
        if (family.type() == MetricFamily.Type.COUNTER) {
            CounterSnapshot.Builder counter =
                    CounterSnapshot.builder().name(family.baseName()).help(family.help());
            points.forEach(point -> counter.dataPoint(CounterDataPointSnapshot.builder()
                    .labels(Labels.of(family.labels(), point.labels()))
                    .value(point.value())
                    .build()));
            return counter.build();
        }
        GaugeSnapshot.Builder gauge =
                GaugeSnapshot.builder().name(family.name()).help(family.help());
        points.forEach(point -> gauge.dataPoint(GaugeDataPointSnapshot.builder()
                .labels(Labels.of(family.labels(), point.labels()))
                .value(point.value())
                .build()));
        return gauge.build();
    }
}
