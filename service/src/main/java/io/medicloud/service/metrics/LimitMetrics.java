// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import io.medicloud.pipeline.event.EventSink;
import io.medicloud.pipeline.event.StreamEvent;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Every limit by its name: what it is, how much of it is used, and how often it was reached, in Prometheus' text format. Thread-safe.
 */
public final class LimitMetrics implements EventSink {
    /** Names are ours; past this something is wrong with them, and no new one is taken. */
    private static final int MOST_NAMES = 64;

    private final Map<String, Limit> limits = new ConcurrentSkipListMap<>();

    /**
     * One limit.
     *
     * @param most what it is, or null if that is not one figure
     * @param used how much of it is used, or null likewise
     * @param counted how often it was reached beside what was told here, or null for never
     */
    private record Limit(
            @Nullable LongSupplier most,
            @Nullable LongSupplier used,
            LongAdder reached,
            @Nullable LongSupplier counted) {
        long reachedTimes() {
            return reached.sum() + (counted == null ? 0 : counted.getAsLong());
        }
    }

    /** Adds a limit; of a limit to what must be left, {@code used} is what is left. */
    public void add(String name, LongSupplier most, LongSupplier used) {
        limits.put(name, new Limit(most, used, new LongAdder(), null));
    }

    /** Adds a limit that counts by itself how often it was reached. */
    public void add(String name, LongSupplier most, LongSupplier used, LongSupplier reached) {
        limits.put(name, new Limit(most, used, new LongAdder(), reached));
    }

    /** Adds a limit that each stream has for itself: only how often it was reached is told. */
    public void add(String name) {
        limits.put(name, new Limit(null, null, new LongAdder(), null));
    }

    /** Somebody was refused. */
    public void onReached(String name) {
        Limit limit = limits.get(name);
        if (limit == null && limits.size() < MOST_NAMES) {
            add(name);
            limit = limits.get(name);
        }
        if (limit != null) {
            limit.reached().increment();
        }
    }

    /** The same; the message begins with the limit's name and a colon. */
    public void onRefused(@Nullable String message) {
        if (message != null && message.indexOf(':') > 0) {
            onReached(message.substring(0, message.indexOf(':')));
        }
    }

    @Override
    public void onEvent(StreamEvent event) {
        if (event instanceof StreamEvent.LimitReached reached) {
            onReached(reached.limit());
        }
    }

    /** All of them. */
    public String text() {
        StringBuilder text = new StringBuilder();
        head(
                text,
                "medicloud_limit",
                "gauge",
                "What a limit is set to, by its name in the configuration; 0: there is none.");
        limits.forEach((name, limit) -> line(text, "medicloud_limit", name, limit.most()));
        head(text, "medicloud_limit_used", "gauge", "How much of a limit is used; of spool.minFree, what is free.");
        limits.forEach((name, limit) -> line(text, "medicloud_limit_used", name, limit.used()));
        head(text, "medicloud_limit_reached_total", "counter", "How often a limit was reached.");
        limits.forEach((name, limit) -> line(text, "medicloud_limit_reached_total", name, limit::reachedTimes));
        return text.toString();
    }

    private static void head(StringBuilder text, String metric, String type, String help) {
        text.append("# HELP ").append(metric).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(metric).append(' ').append(type).append('\n');
    }

    private static void line(StringBuilder text, String metric, String limit, @Nullable LongSupplier value) {
        if (value != null) {
            text.append(metric).append("{limit=\"").append(limit).append("\"} ");
            text.append(value.getAsLong()).append('\n');
        }
    }
}
