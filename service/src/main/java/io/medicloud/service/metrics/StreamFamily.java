// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * A metric of streams: of each by itself, and, of what adds up, of all together.
 *
 * @param name what stands behind {@code medicloud_stream_}, without {@code _total}
 * @param isSummed whether it adds up
 * @param label a label beside the stream's id, or empty
 * @param words all that this label may hold; one empty word without it
 * @param teller tells the values of one stream
 */
record StreamFamily(
        String name,
        MetricFamily.Type type,
        boolean isSummed,
        String label,
        List<String> words,
        String help,
        Teller teller) {
    static final String LIVE_ID = "live_id";
    private static final String EACH = "medicloud_stream_";
    private static final String ALL = "medicloud_streams_";

    private static final List<String> NO_LABEL = List.of("");

    /** Tells values. */
    interface Teller {
        void tell(StreamSample of, Values to);
    }

    /** Takes values. */
    interface Values {
        /**
         * Takes one.
         *
         * @param label what the family's own label is; empty if it has none
         * @param value NaN if it is not known, then it is not told
         */
        void put(String label, double value);
    }

    static StreamFamily gauge(String name, String help, ToDoubleFunction<StreamSample> value) {
        return new StreamFamily(name, MetricFamily.Type.GAUGE, false, "", NO_LABEL, help, single(value));
    }

    static StreamFamily summedGauge(String name, String help, ToDoubleFunction<StreamSample> value) {
        return new StreamFamily(name, MetricFamily.Type.GAUGE, true, "", NO_LABEL, help, single(value));
    }

    static StreamFamily counter(String name, String help, ToDoubleFunction<StreamSample> value) {
        return new StreamFamily(name, MetricFamily.Type.COUNTER, true, "", NO_LABEL, help, single(value));
    }

    static StreamFamily counter(String name, String label, List<String> words, String help, Teller teller) {
        return new StreamFamily(name, MetricFamily.Type.COUNTER, true, label, words, help, teller);
    }

    static StreamFamily gauge(String name, String label, List<String> words, String help, Teller teller) {
        return new StreamFamily(name, MetricFamily.Type.GAUGE, false, label, words, help, teller);
    }

    private static Teller single(ToDoubleFunction<StreamSample> value) {
        return (of, to) -> to.put("", value.applyAsDouble(of));
    }

    /** As it is of each stream. */
    Stream<MetricFamily> ofEach() {
        return Stream.of(new MetricFamily(EACH + name + suffix(), type, labels(LIVE_ID), help));
    }

    /** As it is of all; none if it does not add up. */
    Stream<MetricFamily> ofAll() {
        String more = type == MetricFamily.Type.COUNTER
                ? "All streams since the start, also those that are over: "
                : "All streams: ";
        return isSummed
                ? Stream.of(new MetricFamily(ALL + name + suffix(), type, labels(), more + help))
                : Stream.empty();
    }

    private String suffix() {
        return type == MetricFamily.Type.COUNTER ? "_total" : "";
    }

    private List<String> labels(String... first) {
        List<String> labels = new ArrayList<>(List.of(first));
        if (!label.isEmpty()) {
            labels.add(label);
        }
        return labels;
    }
}
