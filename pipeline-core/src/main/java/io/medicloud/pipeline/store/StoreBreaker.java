// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.store;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The circuit breaker of one store's endpoint. When most of the last attempts failed it lets none through for a growing, jittered
 * time, then two at a time as probes until they succeed. Thread-safe.
 */
final class StoreBreaker {
    private static final Logger LOG = LoggerFactory.getLogger(StoreBreaker.class);
    /** A store that answers 503 to a third of all requests goes on being used: each attempt tries again by itself. */
    private static final float MOST_FAILURES_PERCENT = 60;

    private static final int WINDOW = 16;
    private static final int LEAST_ATTEMPTS = 8;
    private static final int PROBES = 2;
    private static final IntervalFunction OPEN_MS =
            IntervalFunction.ofExponentialRandomBackoff(Duration.ofSeconds(1), 2, 0.5, Duration.ofSeconds(30));
    /** While others probe. */
    private static final long PROBING_MS = 500;

    private final CircuitBreaker breaker;
    private volatile long openUntilNanos = System.nanoTime();

    /**
     * Lets everything through at first.
     *
     * @param endpoint whose breaker it is, for the log
     * @param onWell called when attempts are let through again, on the thread of the one that succeeded
     */
    StoreBreaker(String endpoint, Runnable onWell) {
        breaker = CircuitBreaker.of(
                endpoint,
                CircuitBreakerConfig.custom()
                        .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                        .slidingWindowSize(WINDOW)
                        .minimumNumberOfCalls(LEAST_ATTEMPTS)
                        .failureRateThreshold(MOST_FAILURES_PERCENT)
                        .permittedNumberOfCallsInHalfOpenState(PROBES)
                        .waitIntervalFunctionInOpenState(this::openFor)
                        .build());
        breaker.getEventPublisher().onStateTransition(event -> {
            State to = event.getStateTransition().getToState();
            LOG.info("{}: the circuit breaker is {}", endpoint, to);
            if (to == State.CLOSED) {
                onWell.run();
            }
        });
    }

    private long openFor(int times) {
        long ms = OPEN_MS.apply(times);
        openUntilNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
        return ms;
    }

    /**
     * 0 if an attempt may be made, which then must be followed by one of {@link #onAnswered}, {@link #onFailed} and {@link #onNothing}; else how long to
     * wait.
     */
    long admit() {
        if (breaker.tryAcquirePermission()) {
            return 0;
        }
        long leftNanos = openUntilNanos - System.nanoTime();
        return breaker.getState() == State.OPEN && leftNanos > 0
                ? TimeUnit.NANOSECONDS.toMillis(leftNanos) + 1
                : PROBING_MS;
    }

    /** The store has answered, whatever it said. */
    void onAnswered(long tookNanos) {
        breaker.onSuccess(tookNanos, TimeUnit.NANOSECONDS);
    }

    /** The attempt failed in a way that heals. */
    void onFailed(long tookNanos, Throwable failure) {
        breaker.onError(tookNanos, TimeUnit.NANOSECONDS, failure);
    }

    /** The attempt tells nothing of the endpoint. */
    void onNothing() {
        breaker.releasePermission();
    }

    /** Somebody else has found the store well: the next attempts are probes. */
    void probe() {
        if (breaker.getState() == State.OPEN) {
            breaker.transitionToHalfOpenState();
        }
    }

    /** The store is another. */
    void reset() {
        breaker.reset();
    }

    boolean isOpen() {
        return breaker.getState() == State.OPEN;
    }

    BreakerState state() {
        return switch (breaker.getState()) {
            case OPEN, FORCED_OPEN -> BreakerState.OPEN;
            case HALF_OPEN -> BreakerState.HALF_OPEN;
            case CLOSED, DISABLED, METRICS_ONLY -> BreakerState.CLOSED;
        };
    }
}
