// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.telemetry;

import org.jspecify.annotations.Nullable;

/** Tells which trace a segment is followed by. Thread-safe. */
@FunctionalInterface
public interface TraceFinder {
    /**
     * A place in a trace, by its W3C ids in hexadecimal.
     *
     * @param traceId 32 digits
     * @param spanId 16 digits
     */
    record Trace(String traceId, String spanId) {}

    /** Null if that segment is not followed, or was too long ago. */
    @Nullable
    Trace find(String streamId, long sequence);
}
