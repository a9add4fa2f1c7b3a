// SPDX-License-Identifier: Apache-2.0
package io.medicloud.testdata;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/** Packets in the order of their due times; of equal ones the earlier added is first. Not thread-safe. */
final class TimedPackets {
    private final List<Timed> interval = new ArrayList<>();
    private final ArrayDeque<Timed> ready = new ArrayDeque<>();

    /** Adds whole packets, the first due at {@code dueUs}, each next one {@code spacingUs} later. */
    void add(byte[] packets, long dueUs, long spacingUs) {
        for (int at = 0; at < packets.length; at += PacketBuilder.SIZE) {
            interval.add(new Timed(
                    dueUs + at / PacketBuilder.SIZE * spacingUs,
                    Arrays.copyOfRange(packets, at, at + PacketBuilder.SIZE)));
        }
    }

    /** Promises that nothing will be added that is due before what was added so far. */
    void closeInterval() {
        interval.sort(Comparator.comparingLong(timed -> timed.dueUs));
        ready.addAll(interval);
        interval.clear();
    }

    /** Packets of closed intervals. */
    int size() {
        return ready.size();
    }

    /** When the packet at {@code index} is due. */
    long dueUs(int index) {
        Iterator<Timed> packets = ready.iterator();
        for (int i = 0; i < index; i++) {
            packets.next();
        }
        return packets.next().dueUs;
    }

    /** Gives the first {@code count} packets away. */
    void take(int count, Consumer<byte[]> sink) {
        for (int i = 0; i < count; i++) {
            sink.accept(ready.remove().packet);
        }
    }

    private static final class Timed {
        private final long dueUs;
        private final byte[] packet;

        Timed(long dueUs, byte[] packet) {
            this.dueUs = dueUs;
            this.packet = packet;
        }
    }
}
