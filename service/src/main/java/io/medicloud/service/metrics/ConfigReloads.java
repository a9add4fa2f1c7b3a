// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import io.micrometer.core.instrument.Counter;

/** Counts how often a changed configuration was taken, and how often it was faulty. Thread-safe. */
public final class ConfigReloads {
    private final Counter applied;
    private final Counter refused;

    public ConfigReloads(Metrics metrics) {
        applied = metrics.counter(MetricCatalog.CONFIG_RELOADS, "applied");
        refused = metrics.counter(MetricCatalog.CONFIG_RELOADS, "refused");
    }

    public void onApplied() {
        applied.increment();
    }

    public void onRefused() {
        refused.increment();
    }
}
