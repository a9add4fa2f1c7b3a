// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.health;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What keeps the service from doing its work, by component. Begins with the service itself, which is starting. Thread-safe. */
public final class Readiness {
    /** The service as a whole: starting, or draining. */
    public static final String SERVICE = "service";

    /** The object store. */
    public static final String STORE = "store";
    /** The disk that segments are written to. */
    public static final String SPOOL = "spool";
    /** The record of what happened to streams. */
    public static final String RECORD = "record";
    /** The event loops that calls come on. */
    public static final String API_LOOPS = "api-loops";
    /** The event loops that media come on. */
    public static final String SRT_LOOPS = "srt-loops";
    /** This node's part in a cluster. */
    public static final String CLUSTER = "cluster";
    /** All that can be at fault but for the service as a whole. */
    public static final List<String> COMPONENTS = List.of(STORE, SPOOL, RECORD, API_LOOPS, SRT_LOOPS, CLUSTER);

    private static final String STARTING = "is starting";
    private static final Logger LOG = LoggerFactory.getLogger(Readiness.class);

    private final Map<String, String> faults = new TreeMap<>(Map.of(SERVICE, STARTING));
    private final List<Runnable> sinks = new CopyOnWriteArrayList<>();

    /**
     * Says how a component is.
     *
     * @param fault one line for people, empty if it works
     */
    public void set(String component, String fault) {
        String before;
        synchronized (faults) {
            before = fault.isEmpty() ? faults.remove(component) : faults.put(component, fault);
        }
        if (fault.equals(before == null ? "" : before)) {
            return;
        }
        if (!fault.isEmpty() && component.equals(SERVICE)) {
            LOG.info("{} {}", component, fault);
        } else if (!fault.isEmpty()) {
            LOG.warn("not ready: {}: {}", component, fault);
        } else if (isReady()) {
            LOG.info("ready");
        }
        sinks.forEach(Runnable::run);
    }

    /** The service has started; one that drains by then goes on draining. */
    void onStarted() {
        synchronized (faults) {
            if (!faults.remove(SERVICE, STARTING)) {
                return;
            }
        }
        if (isReady()) {
            LOG.info("ready");
        }
        sinks.forEach(Runnable::run);
    }

    public boolean isReady() {
        synchronized (faults) {
            return faults.isEmpty();
        }
    }

    /** Whether a component works. */
    public boolean isWorking(String component) {
        synchronized (faults) {
            return !faults.containsKey(component);
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
