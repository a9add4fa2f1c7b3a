// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Finds ports that nobody uses. */
final class Ports {
    /** Below what Linux hands out by itself. */
    private static final int LOWEST = 12_000;

    private static final int HIGHEST = 31_000;

    private Ports() {}

    static int freeTcp() throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            return socket.getLocalPort();
        }
    }

    /** The first of {@code count} consecutive UDP ports. */
    static int freeUdp(int count) {
        while (true) {
            int first = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            if (areFree(first, count)) {
                return first;
            }
        }
    }

    private static boolean areFree(int first, int count) {
        for (int port = first; port < first + count; port++) {
            if (!isFree(port)) {
                return false;
            }
        }
        return true;
    }

    static boolean isFree(int port) {
        try {
            hold(port).close();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Another program's socket. */
    static DatagramSocket hold(int port) throws IOException {
        DatagramSocket socket = new DatagramSocket(null);
        try {
            socket.setReuseAddress(false);
            socket.bind(new InetSocketAddress("0.0.0.0", port));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
