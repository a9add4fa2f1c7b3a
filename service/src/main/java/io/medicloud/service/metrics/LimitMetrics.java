// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import io.medicloud.pipeline.event.EventSink;
import io.medicloud.pipeline.event.StreamEvent;
import io.micrometer.core.instrument.Counter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Every limit by its name: what it is, how much of it is used, and how often it was reached. Thread-safe. */
public final class LimitMetrics implements EventSink {
    /** Names are ours; past this something is wrong with them, and no new one is taken. */
    private static final int MOST_NAMES = 64;

    private final Metrics metrics;
    private final Map<String, Counter> reached = new ConcurrentHashMap<>();

    public LimitMetrics(Metrics metrics) {
        this.metrics = metrics;
    }

    /** Adds a limit; of a limit to what must be left, {@code used} is what is left. */
    public void add(String name, LongSupplier most, LongSupplier used) {
        add(name, most);
        used(name, used);
    }

    private void used(String name, LongSupplier used) {
        metrics.gauge(MetricCatalog.LIMIT_USED, used::getAsLong, name);
    }

    /** Adds a limit that counts by itself how often it was reached. */
    public void add(String name, LongSupplier most, LongSupplier used, LongSupplier times) {
        gauge(name, most);
        used(name, used);
        metrics.counter(MetricCatalog.LIMIT_REACHED, times::getAsLong, name);
    }

    /** Adds a limit of whose use only is told how often it was reached. */
    public void add(String name, LongSupplier most) {
        gauge(name, most);
        counter(name);
    }

    private void gauge(String name, LongSupplier most) {
        metrics.gauge(MetricCatalog.LIMIT, most::getAsLong, name);
    }

    private @Nullable Counter counter(String name) {
        if (reached.size() >= MOST_NAMES && !reached.containsKey(name)) {
            return null;
        }
        return reached.computeIfAbsent(name, added -> metrics.counter(MetricCatalog.LIMIT_REACHED, added));
    }

    /** Somebody was refused. */
    public void onReached(String name) {
        Counter counter = counter(name);
        if (counter != null) {
            counter.increment();
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
        if (event instanceof StreamEvent.LimitReached reachedNow) {
            onReached(reachedNow.limit());
        }
    }
}
