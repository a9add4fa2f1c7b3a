// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import io.medicloud.service.security.CallerGate;

/** Counts callers over SRT that were turned away before it was asked what they want. */
final class CallerMetrics {
    private CallerMetrics() {}

    static void add(Metrics metrics, CallerGate gate) {
        metrics.counter(MetricCatalog.CALLERS_REFUSED, gate::strangers, "address");
        metrics.counter(MetricCatalog.CALLERS_REFUSED, gate::tooMany, "rate");
        metrics.counter(MetricCatalog.CALLERS_REFUSED, gate::banned, "banned");
    }
}
