// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import java.time.Duration;

/**
 * Where segments go.
 *
 * @param endpoint of an S3 store; empty for the embedded one
 * @param timeouts of each attempt
 * @param embeddedPort where the embedded store listens on loopback, 0 for any free port
 */
public record StoreConfig(
        String endpoint, Secret accessKey, Secret secretKey, String bucket, Timeouts timeouts, int embeddedPort) {
    /**
     * When an attempt is given up; it is tried again.
     *
     * @param connect the longest time to connect
     * @param silence the longest in which nothing moves
     * @param attempt the longest in all
     */
    public record Timeouts(Duration connect, Duration silence, Duration attempt) {}

    public boolean isEmbedded() {
        return endpoint.isEmpty();
    }
}
