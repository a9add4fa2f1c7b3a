// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import java.time.Duration;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** How long a stream's source is away, and when that is too long. Thread-safe. */
final class Absence {
    private final Pipelines host;
    private final Runnable onTooLong;
    private Duration window;
    private boolean isAway;
    private long sinceNs;
    private @Nullable Future<?> timer;

    /**
     * Not away yet.
     *
     * @param window zero for as long as it likes
     * @param onTooLong called on the timer's thread
     */
    Absence(Pipelines host, Duration window, Runnable onTooLong) {
        this.host = host;
        this.window = window;
        this.onTooLong = onTooLong;
    }

    synchronized Duration window() {
        return window;
    }

    /** It may be away for so long, counted from when it went. */
    synchronized void setWindow(Duration other) {
        window = other;
        schedule();
    }

    synchronized void begin() {
        isAway = true;
        sinceNs = System.nanoTime();
        schedule();
    }

    synchronized void end() {
        isAway = false;
        schedule();
    }

    private void schedule() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
        if (isAway && !window.isZero()) {
            Duration left = window.minusNanos(System.nanoTime() - sinceNs);
            // Timers count whole milliseconds.
            timer = host.after(left.isNegative() ? Duration.ZERO : left.plusMillis(1), this::onTimer);
        }
    }

    private void onTimer() {
        synchronized (this) {
            if (!isAway || window.isZero() || System.nanoTime() - sinceNs < window.toNanos()) {
                return;
            }
            isAway = false;
        }
        onTooLong.run();
    }
}
