// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.health;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What keeps the service from doing its work, by component. Thread-safe. */
public final class Readiness {
    private static final Logger LOG = LoggerFactory.getLogger(Readiness.class);

    private final Map<String, String> faults = new TreeMap<>();
    private final List<Runnable> sinks = new CopyOnWriteArrayList<>();

    /** The component works. */
    public void up(String component) {
        boolean changed;
        synchronized (faults) {
            changed = faults.remove(component) != null;
        }
        if (changed) {
            LOG.info("{} is back", component);
            sinks.forEach(Runnable::run);
        }
    }

    /**
     * The component does not work.
     *
     * @param reason one line for people
     */
    public void down(String component, String reason) {
        String before;
        synchronized (faults) {
            before = faults.put(component, reason);
        }
        if (before == null) {
            LOG.warn("not ready: {}: {}", component, reason);
        }
        if (!reason.equals(before)) {
            sinks.forEach(Runnable::run);
        }
    }

    public boolean isReady() {
        synchronized (faults) {
            return faults.isEmpty();
        }
    }

    /** One line for each component that does not work. */
    public List<String> reasons() {
        synchronized (faults) {
            return faults.entrySet().stream()
                    .map(e -> e.getKey() + ": " + e.getValue())
                    .toList();
        }
    }

    /** Calls the sink after every change, and once now. */
    public void onChange(Runnable sink) {
        sinks.add(sink);
        sink.run();
    }
}
