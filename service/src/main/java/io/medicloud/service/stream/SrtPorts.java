// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.service.config.PortRange;
import io.medicloud.service.stream.StreamException.Kind;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * The ports that streams listen on. A port is given out by binding it: one that another program holds is passed over, and one that is
 * held here, kept for a stream, or being given out or back, is not tried. Thread-safe.
 */
final class SrtPorts {
    /** Binds a port for good. */
    @FunctionalInterface
    interface Binder<T> {
        /**
         * Binds the address.
         *
         * @throws BindException if the port is taken
         */
        T bind(InetSocketAddress address) throws IOException;
    }

    private final String host;
    private final PortRange range;
    private final BitSet held;
    /** By live id. */
    private final Map<String, Integer> kept = new HashMap<>();

    private int cursor;

    SrtPorts(String host, PortRange range) {
        this.host = host;
        this.range = range;
        this.held = new BitSet(range.size());
    }

    /**
     * Binds the next port that is free. Ports are given in turn, so that a late packet for a stream that has ended does not reach the next.
     *
     * @param liveId whose it will be: what is kept for that stream is free for it
     * @throws StreamException {@link Kind#EXHAUSTED} if none is free
     * @throws IOException if a port could not be bound for another reason
     */
    <T> T bind(String liveId, Binder<T> binder) throws StreamException, IOException {
        // Held until the search is over, so that none is tried twice.
        BitSet takenByOthers = new BitSet(range.size());
        try {
            for (int index = reserve(liveId); index >= 0; index = reserve(liveId)) {
                boolean isHeld = false;
                try {
                    T bound = binder.bind(address(range.first() + index));
                    isHeld = true;
                    return bound;
                } catch (BindException e) {
                    takenByOthers.set(index);
                    isHeld = true;
                } finally {
                    if (!isHeld) {
                        release(range.first() + index);
                    }
                }
            }
        } finally {
            takenByOthers.stream().forEach(index -> release(range.first() + index));
        }
        throw new StreamException(
                Kind.EXHAUSTED,
                "srt.ports: no port of " + range + " is free: " + held() + " held by streams, "
                        + takenByOthers.cardinality() + " by other programs");
    }

    /**
     * Binds a certain port.
     *
     * @throws StreamException {@link Kind#EXHAUSTED} if it is not of the range, or held by another stream
     * @throws BindException if another program holds it
     */
    <T> T bindAt(int port, Binder<T> binder) throws StreamException, IOException {
        synchronized (this) {
            int index = port - range.first();
            if (index < 0 || index >= range.size() || held.get(index)) {
                throw new StreamException(
                        Kind.EXHAUSTED, "srt.ports: port " + port + " is not free, or not of " + range);
            }
            held.set(index);
        }
        boolean isBound = false;
        try {
            T bound = binder.bind(address(port));
            isBound = true;
            return bound;
        } finally {
            if (!isBound) {
                release(port);
            }
        }
    }

    /** Keeps a port for a stream that is to have it again, by {@link #bindAt}; until {@link #forgo}. One that is not of the range is not kept. */
    synchronized void keep(String liveId, int port) {
        if (contains(port)) {
            kept.put(liveId, port);
        }
    }

    /** No port is kept for that stream any more. */
    synchronized void forgo(String liveId) {
        kept.remove(liveId);
    }

    /** Is it one that streams may have? */
    boolean contains(int port) {
        return port >= range.first() && port < range.first() + range.size();
    }

    /** A port may be given out again. */
    synchronized void release(int port) {
        held.clear(port - range.first());
    }

    /** How many ports are held, or kept. */
    synchronized int held() {
        return takenBut("").cardinality();
    }

    private BitSet takenBut(String liveId) {
        BitSet taken = BitSet.valueOf(held.toLongArray());
        kept.forEach((keeper, port) -> {
            if (!keeper.equals(liveId)) {
                taken.set(port - range.first());
            }
        });
        return taken;
    }

    /** Can the port be bound by whoever comes next? */
    boolean isFree(int port) {
        try (DatagramSocket socket = new DatagramSocket(null)) {
            socket.setReuseAddress(false);
            socket.bind(address(port));
            return true;
        } catch (SocketException e) {
            return false;
        }
    }

    private InetSocketAddress address(int port) {
        return new InetSocketAddress(host, port);
    }

    /** The next port that is neither held nor kept for another stream, -1 if there is none. */
    private synchronized int reserve(String liveId) {
        BitSet taken = takenBut(liveId);
        int index = taken.nextClearBit(cursor);
        if (index >= range.size()) {
            index = taken.nextClearBit(0);
        }
        if (index >= range.size()) {
            return -1;
        }
        held.set(index);
        cursor = index + 1;
        return index;
    }
}
