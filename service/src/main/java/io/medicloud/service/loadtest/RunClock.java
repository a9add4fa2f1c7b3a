// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

/** The one clock of a load test: microseconds since 1970 that go on evenly, whatever becomes of the system's time. Thread-safe. */
final class RunClock {
    private final long originUs = System.currentTimeMillis() * 1000;
    private final long originNs = System.nanoTime();

    long nowUs() {
        return originUs + (System.nanoTime() - originNs) / 1000;
    }
}
