// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import java.util.List;

/**
 * One metric, as Prometheus sees it.
 *
 * @param name in full, with unit and {@code _total}
 * @param labels their names, in order; what they may hold is bounded
 * @param help one line
 */
public record MetricFamily(String name, Type type, List<String> labels, String help) {
    private static final String TOTAL = "_total";

    /** What its values are. */
    public enum Type {
        /** Only grows. */
        COUNTER("counter"),
        /** Goes up and down. */
        GAUGE("gauge"),
        /** How often a value fell into each of some ranges. */
        HISTOGRAM("histogram");

        private final String word;

        Type(String word) {
            this.word = word;
        }

        /** Prometheus' word for it. */
        public String word() {
            return word;
        }
    }

    public MetricFamily {
        labels = List.copyOf(labels);
        if (name.endsWith(TOTAL) != (type == Type.COUNTER)) {
            throw new IllegalArgumentException(name + " is no name of a " + type.word());
        }
    }

    static MetricFamily counter(String name, String help, String... labels) {
        return new MetricFamily(name, Type.COUNTER, List.of(labels), help);
    }

    static MetricFamily gauge(String name, String help, String... labels) {
        return new MetricFamily(name, Type.GAUGE, List.of(labels), help);
    }

    static MetricFamily histogram(String name, String help, String... labels) {
        return new MetricFamily(name, Type.HISTOGRAM, List.of(labels), help);
    }

    /** The name without what a registry adds to it. */
    String baseName() {
        return type == Type.COUNTER ? name.substring(0, name.length() - TOTAL.length()) : name;
    }

    /** What else comes with it: the largest value of the last minutes, of a histogram. */
    List<MetricFamily> withCompanions() {
        return type == Type.HISTOGRAM
                ? List.of(this, new MetricFamily(name + "_max", Type.GAUGE, labels, help))
                : List.of(this);
    }
}
