// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.BitSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Finds ports that nobody uses, each once, since tests run side by side. */
public final class Ports {
    /** Below what Linux hands out by itself. */
    private static final int LOWEST = 12_000;

    private static final int HIGHEST = 31_000;

    private static final BitSet TAKEN = new BitSet();

    private Ports() {}

    /** A TCP port, not handed out before. */
    public static int freeTcp() {
        return take(1, Ports::isFreeOfTcp);
    }

    /** The first of {@code count} consecutive UDP ports, none of them handed out before. */
    static int freeUdp(int count) {
        return take(count, Ports::isFree);
    }

    private static synchronized int take(int count, IntPredicate isFree) {
        while (true) {
            int first = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            if (IntStream.range(first, first + count).allMatch(port -> !TAKEN.get(port) && isFree.test(port))) {
                TAKEN.set(first, first + count);
                return first;
            }
        }
    }

    private static boolean isFreeOfTcp(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
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
