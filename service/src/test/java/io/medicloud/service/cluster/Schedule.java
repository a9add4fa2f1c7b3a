// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import java.util.Comparator;
import java.util.PriorityQueue;

/** Virtual time, in nanoseconds of true time, and what is to happen when. */
final class Schedule {
    static final long MS = 1_000_000;
    static final long SECOND = 1000 * MS;

    private record Event(long atNs, long order, Runnable action) {}

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::atNs).thenComparingLong(Event::order));
    private long nowNs;
    private long order;

    long nowNs() {
        return nowNs;
    }

    void after(long delayNs, Runnable action) {
        events.add(new Event(nowNs + delayNs, order++, action));
    }

    void runFor(long durationNs) {
        long end = nowNs + durationNs;
        while (!events.isEmpty() && events.peek().atNs() <= end) {
            Event event = events.remove();
            nowNs = event.atNs();
            event.action().run();
        }
        nowNs = end;
    }
}
