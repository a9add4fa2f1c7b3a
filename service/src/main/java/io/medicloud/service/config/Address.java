// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

/**
 * Where a control face listens.
 *
 * @param port 0 for any that is free
 */
public record Address(String host, int port) {
    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
