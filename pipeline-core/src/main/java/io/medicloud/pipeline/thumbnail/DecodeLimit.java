// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.thumbnail;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;

/** Bounds the processor time of one decode, and the symbols of each macroblock; to be asked again and again on its thread. Elapsed time, where that of threads is not measured. */
final class DecodeLimit {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final boolean IS_MEASURED =
            THREADS.isCurrentThreadCpuTimeSupported() && THREADS.isThreadCpuTimeEnabled();
    private static final int EVERY = 1 << 12;
    private static final int A_MACROBLOCK = 1 << 6;
    /** Far more than the 384 coefficients of one can take; damaged ones can have a number without an end (H.264, 9.3.2.7: mb_qp_delta). */
    private static final int MOST_SYMBOLS = 1 << 16;

    private final Duration most;
    private final long endNanos;
    private int steps;
    private int symbols;

    /** Begins to count, on this thread. */
    DecodeLimit(Duration most) {
        this.most = most;
        this.endNanos = now() + most.toNanos();
    }

    /** Processor time of this thread. */
    static long now() {
        return IS_MEASURED ? THREADS.getCurrentThreadCpuTime() : System.nanoTime();
    }

    /** One symbol more was read. */
    void onSymbol() {
        if (++symbols > MOST_SYMBOLS) {
            throw new PastLimitException("a macroblock does not end");
        }
        step(1);
    }

    /** One macroblock more is to be decoded. */
    void onMacroblock() {
        symbols = 0;
        step(A_MACROBLOCK);
    }

    private void step(int weight) {
        steps += weight;
        if (steps >= EVERY) {
            steps = 0;
            if (Thread.currentThread().isInterrupted()) {
                throw new PastLimitException("the decoder was told to end");
            }
            if (now() - endNanos > 0) {
                throw new PastLimitException("it takes longer than " + most.toMillis() + " ms");
            }
        }
    }

    /** The limit was reached. Thrown through the decoder, which knows nothing of it. */
    static final class PastLimitException extends RuntimeException {
        private static final long serialVersionUID = 1;

        PastLimitException(String message) {
            super(message);
        }
    }
}
