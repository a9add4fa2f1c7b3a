// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.alarm;

import java.util.ArrayDeque;
import java.util.Deque;

/** The share of a stream's packets that are missing for good, over the last ten seconds. Not thread-safe. */
final class LossWindow {
    private static final long LENGTH_US = 10_000_000;

    private final Deque<Count> counts = new ArrayDeque<>();

    private record Count(long atUs, long received, long missing) {}

    /**
     * Takes what was counted so far, and tells the share since the window's beginning.
     *
     * @return percent; 0 if nothing was due in it
     */
    double percent(long nowUs, long received, long missing) {
        counts.add(new Count(nowUs, received, missing));
        while (counts.size() > 2 && nowUs - counts.element().atUs() > LENGTH_US) {
            counts.remove();
        }
        Count first = counts.element();
        long lost = missing - first.missing();
        long all = received - first.received() + lost;
        return all <= 0 ? 0 : 100.0 * lost / all;
    }
}
