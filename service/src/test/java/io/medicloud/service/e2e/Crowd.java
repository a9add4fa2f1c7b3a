// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.e2e;

import static org.assertj.core.api.Assertions.fail;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Many connections at once, each of which says next to nothing. For one thread. */
final class Crowd implements AutoCloseable {
    private static final int MANY = 10_000;
    /** Of files that this process has open besides. */
    private static final int OTHERS = 500;

    private final List<SocketChannel> channels = new ArrayList<>();
    private int joined;
    private final ByteBuffer scratch = ByteBuffer.allocate(16_384);

    /** How many make a crowd: ten thousand. Where a process may not have so many files there are fewer, and in CI that is a failure. */
    static int most() {
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system)) {
            return MANY;
        }
        long may = system.getMaxFileDescriptorCount() - system.getOpenFileDescriptorCount() - OTHERS;
        if (may >= MANY) {
            return MANY;
        }
        String why = "no more than " + may + " connections instead of " + MANY
                + ": the limit of open files is too low (ulimit -n)";
        if (System.getenv("CI") != null) {
            fail(why);
        }
        System.out.println(why);
        return (int) may;
    }

    /** One more, from one of this machine's own addresses, that begins with that; one that is refused at once is none. */
    @SuppressWarnings("AddressSelection") // It is an address, not a name.
    void join(String from, int port, byte[] beginning) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.bind(new InetSocketAddress(from, 0));
        channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        joined++;
        try {
            channel.write(ByteBuffer.wrap(beginning));
            channel.configureBlocking(false);
            channels.add(channel);
        } catch (IOException e) {
            channel.close();
        }
    }

    /** How many have connected so far. */
    int joined() {
        return joined;
    }

    /** Each says that much more. */
    void say(byte[] bytes) {
        channels.removeIf(channel -> isOver(channel) || !isSaid(channel, bytes));
    }

    private static boolean isSaid(SocketChannel channel, byte[] bytes) {
        try {
            channel.write(ByteBuffer.wrap(bytes));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** How many of them are still connected. */
    int size() {
        channels.removeIf(this::isOver);
        return channels.size();
    }

    private boolean isOver(SocketChannel channel) {
        try {
            int read;
            do {
                read = channel.read(scratch.clear());
            } while (read > 0);
            if (read == 0) {
                return false;
            }
        } catch (IOException e) {
            // Over in another way.
        }
        end(channel);
        return true;
    }

    private static void end(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        channels.forEach(Crowd::end);
        channels.clear();
    }
}
