// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.cluster;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What all nodes of a cluster must agree on.
 *
 * @param lease how long a node that is not heard of keeps its streams, in true time
 * @param heartbeat how often a node renews its lease
 * @param stopMargin how long before its lease may have run out an owner that cannot renew it has its streams stopped
 * @param rateError how far the rate of any node's monotonic clock is from true time at the most, in thousandths
 * @param retry how long after a write that failed, or whose end is not known, the next one to that key is tried
 * @param claimGrace how long the second in line leaves a stream to the first, the third to the second, and so on
 * @param numbersAhead how many segment numbers an owner reserves beyond the one it writes
 * @param movesAtOnce how many streams a node that drains hands over at a time
 * @param mostTails of how many ended epochs with unfinished uploads a stream's entry tells
 */
public record ClusterTerms(
        Duration lease,
        Duration heartbeat,
        Duration stopMargin,
        int rateError,
        Duration retry,
        Duration claimGrace,
        int numbersAhead,
        int movesAtOnce,
        int mostTails) {
    /** A dead node's streams are taken up after five to eight seconds. */
    public static final ClusterTerms DEFAULT = new ClusterTerms(
            Duration.ofSeconds(5),
            Duration.ofSeconds(1),
            Duration.ofMillis(500),
            10,
            Duration.ofMillis(200),
            Duration.ofMillis(400),
            4,
            4,
            64);

    private static final int THOUSAND = 1000;

    /** @throws IllegalArgumentException if an owner could not renew its lease twice before it stops, or a count is not positive */
    public ClusterTerms {
        if (rateError < 0 || rateError >= THOUSAND) {
            throw new IllegalArgumentException("a clock is off by 0 to 999 thousandths, not " + rateError);
        }
        if (numbersAhead < 1 || movesAtOnce < 1 || mostTails < 1) {
            throw new IllegalArgumentException("numbersAhead, movesAtOnce and mostTails are at least 1");
        }
        if (heartbeat.isNegative()
                || heartbeat.isZero()
                || heartbeat.multipliedBy(2).plus(stopMargin).compareTo(lease) >= 0) {
            throw new IllegalArgumentException("a lease of " + lease + " leaves no room for two heartbeats of "
                    + heartbeat + " and " + stopMargin);
        }
    }

    /** From when a renewal was sent to when its sender's streams must have stopped, by the sender's clock. */
    long ownerNs() {
        return lease.toNanos() / THOUSAND * (THOUSAND - rateError) - stopMargin.toNanos();
    }

    /** From when a renewal was seen to when its sender, whose lease is that long or ours, may be taken for dead, by the observer's clock. */
    long observerNs(long leaseMs) {
        long longer = Math.max(lease.toNanos(), TimeUnit.MILLISECONDS.toNanos(leaseMs));
        return longer / THOUSAND * (THOUSAND + rateError);
    }
}
