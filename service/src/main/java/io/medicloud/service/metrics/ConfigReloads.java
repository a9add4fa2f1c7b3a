// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts how often a changed configuration was taken, and how often it was faulty. Thread-safe. */
public final class ConfigReloads {
    private final Counter applied;
    private final Counter refused;

    public ConfigReloads(MeterRegistry registry) {
        applied = counter(registry, "applied");
        refused = counter(registry, "refused");
    }

    public void onApplied() {
        applied.increment();
    }

    public void onRefused() {
        refused.increment();
    }

    private static Counter counter(MeterRegistry registry, String result) {
        return Counter.builder("medicloud.config.reloads")
                .description("How often a changed configuration was read, by what became of it.")
                .tag("result", result)
                .register(registry);
    }
}
