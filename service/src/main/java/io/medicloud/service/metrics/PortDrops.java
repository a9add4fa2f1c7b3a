// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import io.medicloud.service.stream.Ingress;
import io.medicloud.service.stream.StreamDetail;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the kernel discarded at streams' own ports, looked up each second at the most, however many ask. Thread-safe. */
final class PortDrops {
    private static final long EVERY_US = 1_000_000;

    private final KernelDrops kernel;
    private Map<Integer, Long> byPort = Map.of();
    private long lookedUs;
    private boolean isLooked;

    PortDrops(KernelDrops kernel) {
        this.kernel = kernel;
    }

    /** Null if the stream has no port of its own, or it is not known. */
    synchronized @Nullable Long of(StreamDetail stream, long nowUs) {
        if (!isLooked || nowUs - lookedUs >= EVERY_US) {
            byPort = kernel.byPort();
            lookedUs = nowUs;
            isLooked = true;
        }
        return of(stream, byPort);
    }

    /** The same of what was looked up. */
    static @Nullable Long of(StreamDetail stream, Map<Integer, Long> byPort) {
        return stream.info().ingress() instanceof Ingress.Own
                ? byPort.get(stream.info().port())
                : null;
    }
}
