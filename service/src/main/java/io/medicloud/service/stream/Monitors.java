// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import java.util.concurrent.atomic.AtomicInteger;

/** How many streams may be measured by TR 101 290, for each takes memory. Thread-safe. */
final class Monitors {
    private final int most;
    private final AtomicInteger used = new AtomicInteger();

    Monitors(int most) {
        this.most = most;
    }

    /** False if no more may. */
    boolean tryAdd() {
        return used.getAndUpdate(now -> now < most ? now + 1 : now) < most;
    }

    /** One that was added is over; nothing happens if it was not. */
    void remove(boolean wasAdded) {
        if (wasAdded) {
            used.decrementAndGet();
        }
    }

    int used() {
        return used.get();
    }
}
