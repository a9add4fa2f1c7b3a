// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.config;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Where a control face listens.
 *
 * @param port 0 for any that is free
 */
public record Address(String host, int port) {
    /** Whether this machine alone reaches it; false as well for a name that is not known here. */
    boolean isLoopback() {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
