// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import io.medicloud.service.security.CallerGate;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.ToDoubleFunction;

/** Counts callers over SRT that were turned away before it was asked what they want. */
public final class CallerMetrics {
    private CallerMetrics() {}

    /** Registers them; the gate must be kept by somebody. */
    public static void add(MeterRegistry registry, CallerGate gate) {
        counter(registry, gate, "address", CallerGate::strangers);
        counter(registry, gate, "rate", CallerGate::tooMany);
        counter(registry, gate, "banned", CallerGate::banned);
    }

    private static void counter(
            MeterRegistry registry, CallerGate gate, String reason, ToDoubleFunction<CallerGate> count) {
        FunctionCounter.builder("medicloud.srt.callers.refused", gate, count)
                .description("Callers over SRT that were turned away by their address, by reason.")
                .tag("reason", reason)
                .register(registry);
    }
}
