// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service;

import java.net.http.HttpClient;

/**
 * Clients of HTTP/1.1: the JDK's upgrade of plain HTTP to HTTP/2 now and then misses the answer to the very request that
 * asked for it (about one new connection in a thousand on JDK 17), and waits until the server ends the idle connection.
 */
public final class Http1 {
    private Http1() {}

    /** A new one. */
    public static HttpClient client() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }
}
