// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

/**
 * Where segments go.
 *
 * @param endpoint of an S3 store; empty for the embedded one
 * @param embeddedPort where the embedded store listens on loopback, 0 for any free port
 */
public record StoreConfig(String endpoint, Secret accessKey, Secret secretKey, String bucket, int embeddedPort) {
    public boolean isEmbedded() {
        return endpoint.isEmpty();
    }
}
