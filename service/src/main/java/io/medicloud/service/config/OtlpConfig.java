// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What is sent to a receiver of OTLP, and how.
 *
 * @param endpoint its address without a path; empty for none
 * @param isGrpc over gRPC; otherwise over HTTP, to the usual paths
 * @param headers what requests say besides, {@code name=value} joined by commas
 * @param sampling the share of traces that is kept, of those that begin here: 0 to 1
 * @param queue how many spans, and how many log records, may wait
 * @param metricsEvery how often metrics are sent
 */
public record OtlpConfig(
        String endpoint,
        boolean isGrpc,
        Secret headers,
        Set<Signal> signals,
        double sampling,
        int queue,
        Duration metricsEvery) {
    /** A kind of what is sent. */
    public enum Signal {
        TRACES,
        LOGS,
        METRICS
    }

    public OtlpConfig {
        signals = Set.copyOf(signals);
    }

    /** Is there a receiver? */
    public boolean isSet() {
        return !endpoint.isEmpty();
    }

    /** The headers by their names; secret. */
    public Map<String, String> headersByName() {
        Map<String, String> found = new LinkedHashMap<>();
        for (String header : headers.reveal().split(",", -1)) {
            int equals = header.indexOf('=');
            if (equals > 0) {
                found.put(
                        header.substring(0, equals).strip(),
                        header.substring(equals + 1).strip());
            }
        }
        return found;
    }
}
