// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/** The processor time that the process has used. Thread-safe. */
final class ProcessorTime {
    private final java.lang.management.OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();

    /** All so far; 0 if this runtime does not know. */
    double seconds() {
        return system instanceof OperatingSystemMXBean known
                ? Math.max(0, (double) known.getProcessCpuTime()) / TimeUnit.SECONDS.toNanos(1)
                : 0;
    }
}
