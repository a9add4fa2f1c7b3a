// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service;

import io.medicloud.service.config.PortRange;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;

/** UDP ports in a row that nobody holds, below those that the system gives out by itself. */
public final class FreePorts {
    /** Tests run in several processes at once, each with ports of its own. */
    private static final int FORK = Integer.getInteger("test.fork", 1);

    private static final int FORKS = 4;
    private static final int OF_A_FORK = 2_500;
    private static final int FIRST = 22_000 + FORK % FORKS * OF_A_FORK;

    private FreePorts() {}

    /** As many as asked for. */
    public static PortRange range(int size) throws IOException {
        for (int first = FIRST; first + size <= FIRST + OF_A_FORK; first += size) {
            int port = first;
            while (port < first + size && isFree(port)) {
                port++;
            }
            if (port == first + size) {
                return new PortRange(first, first + size - 1);
            }
        }
        throw new AssertionError("no " + size + " ports in a row are free from " + FIRST + " on");
    }

    /** Whether nobody holds it. */
    public static boolean isFree(int port) throws IOException {
        try (DatagramSocket socket = new DatagramSocket(port, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (BindException e) {
            return false;
        }
    }
}
