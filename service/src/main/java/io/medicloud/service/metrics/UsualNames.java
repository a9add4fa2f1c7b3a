// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;

/** Has binders keep to the names and units that Prometheus asks for. */
final class UsualNames implements MeterFilter {
    @Override
    public Meter.Id map(Meter.Id id) {
        // A name that ends in _count is part of a histogram.
        return id.getName().equals("system.cpu.count") ? id.withName("system.cpus") : id;
    }

    @Override
    public MeterFilterReply accept(Meter.Id id) {
        // In nanoseconds; it is told in seconds, as all is, by us.
        return id.getName().equals("process.cpu.time") ? MeterFilterReply.DENY : MeterFilterReply.NEUTRAL;
    }
}
