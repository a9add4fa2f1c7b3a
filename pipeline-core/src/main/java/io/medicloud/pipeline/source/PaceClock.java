// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.source;

import java.util.concurrent.TimeUnit;

/** The clock that a paced source goes by. */
public interface PaceClock {
    /** The machine's monotonic clock. */
    PaceClock SYSTEM = new PaceClock() {
        @Override
        public long nowUs() {
            return TimeUnit.NANOSECONDS.toMicros(System.nanoTime());
        }

        @Override
        public void sleepUntil(long dueUs) throws InterruptedException {
            long leftUs = dueUs - nowUs();
            if (leftUs > 0) {
                TimeUnit.MICROSECONDS.sleep(leftUs);
            }
        }
    };

    /** Monotonic time in microseconds. */
    long nowUs();

    /** Returns when that time has come. */
    void sleepUntil(long dueUs) throws InterruptedException;
}
