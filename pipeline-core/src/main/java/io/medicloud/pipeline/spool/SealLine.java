// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.spool;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One stream's segments between written and sealed, in their order: one that cannot be sealed is tried again, and those behind it wait. Belongs to the sealer's thread.
 */
final class SealLine {
    /** Past it the oldest is left to the next start. */
    private static final int MOST_WAITING = 1000;

    private final SpoolStream stream;
    private final Deque<SealTask> waiting = new ArrayDeque<>();
    private @Nullable Runnable drained;

    SealLine(SpoolStream stream) {
        this.stream = stream;
    }

    /** The next segment. */
    void add(SealTask task) {
        waiting.add(task);
        if (waiting.size() == 1) {
            retry();
        } else if (waiting.size() > MOST_WAITING) {
            waiting.remove().giveUp("more segments wait to be sealed than may");
        }
    }

    /** Runs what is to come when nothing waits, now or later. */
    void whenEmpty(Runnable task) {
        if (waiting.isEmpty()) {
            task.run();
        } else {
            drained = task;
        }
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Tries again what waits. */
    void retry() {
        for (SealTask task = waiting.peek(); task != null; task = waiting.peek()) {
            String failure = null;
            try {
                failure = task.attempt();
            } catch (RuntimeException | Error e) {
                // It is sealed, and who was told of it failed: what is behind it must not wait.
                Spool.LOG.error("A segment's end failed", e);
            }
            if (failure != null) {
                stream.onSealFault(failure);
                return;
            }
            waiting.remove();
        }
        stream.onSealed();
        Runnable then = drained;
        drained = null;
        if (then != null) {
            then.run();
        }
    }
}
