// SPDX-License-Identifier: Apache-2.0
package io.medicloud.testdata;

import java.time.Duration;

/** Time that stands still until a test moves it. Not thread-safe. */
public final class VirtualClock {
    private long nowUs;

    /** Starts at {@code startUs}, in microseconds of any epoch. */
    public VirtualClock(long startUs) {
        nowUs = startUs;
    }

    public long nowUs() {
        return nowUs;
    }

    /** Moves on by {@code by}, which is not negative. */
    public void advance(Duration by) {
        advanceTo(nowUs + by.toNanos() / 1000);
    }

    /** Moves on to {@code us}; throws if that has passed. */
    public void advanceTo(long us) {
        if (us < nowUs) {
            throw new IllegalArgumentException(us + " us is before " + nowUs);
        }
        nowUs = us;
    }
}
