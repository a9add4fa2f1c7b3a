// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline;

import io.medicloud.pipeline.retry.Backoff;
import io.medicloud.pipeline.store.StoreException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When questions are put to a store. One that answers is asked everything; one that is not known to, or that does not, is
 * asked one question at a time, with growing pauses between. Thread-safe.
 */
final class StoreTurns {
    private static final Logger LOG = LoggerFactory.getLogger(StoreTurns.class);
    private static final int LEAST_MS = 5000;
    /** Beyond the least: a minute at the most. */
    private static final Backoff BEYOND = new Backoff(Duration.ofSeconds(5), Duration.ofSeconds(55));
    /** So many go with each answer, that they do not all come at once. */
    private static final int NEXT = 2;

    /** What is asked, until the store answers; never by two threads at once. */
    interface Question {
        /** Blocks for as long as the store takes; throws if that does not answer. */
        void ask() throws StoreException;
    }

    /** Runs things later. */
    interface Later {
        void run(long delayMs, Runnable task);
    }

    private enum State {
        NEVER_ASKED,
        /** One question is under way. */
        PROBED,
        /** One question will be. */
        PAUSING,
        ANSWERING
    }

    private final Later timer;
    private final Executor threads;
    private final Deque<Question> waiting = new ArrayDeque<>();
    private State state = State.NEVER_ASKED;
    private int failures;
    /** The number of the last pause: one that something else has ended means nothing. */
    private int pauses;

    /** @param threads where the store is asked, which may take its time */
    @SuppressWarnings("FutureReturnValueIgnored") // ends with the timer
    StoreTurns(ScheduledExecutorService timer, Executor threads) {
        this((delayMs, task) -> timer.schedule(task, delayMs, TimeUnit.MILLISECONDS), threads);
    }

    StoreTurns(Later timer, Executor threads) {
        this.timer = timer;
        this.threads = threads;
    }

    /** Returns at once; asks until the store answers. */
    void ask(Question question) {
        boolean isProbe;
        synchronized (this) {
            isProbe = state == State.NEVER_ASKED;
            if (isProbe) {
                state = State.PROBED;
            } else if (state != State.ANSWERING) {
                waiting.add(question);
                return;
            }
        }
        askElsewhere(question, isProbe);
    }

    /** The same later: the store answered, so many times now, and did not tell what is to be known. */
    void askAgain(Question question, int answers) {
        later(delayMs(answers), () -> ask(question));
    }

    private void askElsewhere(Question question, boolean isProbe) {
        try {
            threads.execute(() -> askNow(question, isProbe));
        } catch (RejectedExecutionException e) {
            onFailed(question, isProbe, e);
        }
    }

    private void askNow(Question question, boolean isProbe) {
        try {
            question.ask();
        } catch (StoreException | RuntimeException | Error e) {
            onFailed(question, isProbe, e);
            return;
        }
        onAnswered();
    }

    private void onAnswered() {
        List<Question> next = new ArrayList<>();
        synchronized (this) {
            state = State.ANSWERING;
            failures = 0;
            while (next.size() < NEXT && !waiting.isEmpty()) {
                next.add(waiting.remove());
            }
        }
        next.forEach(question -> askElsewhere(question, false));
    }

    /** Behind the others: what is wrong may be this question. */
    private void onFailed(Question question, boolean isProbe, Throwable failure) {
        int pause;
        long delayMs;
        synchronized (this) {
            waiting.add(question);
            if (!isProbe && state != State.ANSWERING) {
                return;
            }
            state = State.PAUSING;
            pause = ++pauses;
            delayMs = delayMs(++failures);
        }
        LOG.info("The store cannot be asked; it is again in {} ms: {}", delayMs, failure.getMessage());
        later(delayMs, () -> probe(pause));
    }

    private void probe(int pause) {
        Question question;
        synchronized (this) {
            if (state != State.PAUSING || pause != pauses) {
                return;
            }
            state = State.PROBED;
            question = waiting.remove();
        }
        askElsewhere(question, true);
    }

    private static long delayMs(int times) {
        return LEAST_MS + BEYOND.delayMs(times, ThreadLocalRandom.current());
    }

    private void later(long delayMs, Runnable task) {
        try {
            timer.run(delayMs, task);
        } catch (RejectedExecutionException e) {
            LOG.debug("The next start asks", e);
        }
    }
}
