// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.node;

import io.medicloud.pipeline.Tenure;
import io.medicloud.service.cluster.ClusterNode;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/** One epoch of a stream that this node owns: ends with the node's lease, by this node's own clock. */
final class NodeTenure implements Tenure {
    private static final long PATIENCE_NS = Duration.ofSeconds(5).toNanos();
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private final String liveId;
    private final long epoch;
    private final ClusterNode node;
    private final Object lock;
    private final LongSupplier clockNs;
    private volatile boolean isOver;
    private volatile boolean hasRefused;

    /** @param lock held by whoever uses the node */
    NodeTenure(String liveId, long epoch, ClusterNode node, Object lock, LongSupplier clockNs) {
        this.liveId = liveId;
        this.epoch = epoch;
        this.node = node;
        this.lock = lock;
        this.clockNs = clockNs;
    }

    @Override
    public long epoch() {
        return epoch;
    }

    @Override
    public long begin(long atLeast) throws IOException {
        long untilNs = clockNs.getAsLong() + PATIENCE_NS;
        while (holds() && clockNs.getAsLong() - untilNs < 0) {
            long number;
            synchronized (lock) {
                number = node.passOver(liveId, epoch, atLeast, clockNs.getAsLong());
            }
            if (number != ClusterNode.NO_NUMBER) {
                return number;
            }
            LockSupport.parkNanos(LOOK_NS);
        }
        throw new IOException("no segment number could be reserved for " + liveId);
    }

    @Override
    public boolean holds() {
        if (clockNs.getAsLong() - node.leaseEndsNs() >= 0) {
            // Whatever is made good later: who was told that it is over ends.
            hasRefused = true;
        }
        return !isOver && !hasRefused;
    }

    @Override
    public boolean take(long number) {
        synchronized (lock) {
            hasRefused |= isOver || node.takeNumber(liveId, epoch, clockNs.getAsLong()) != number;
            return !hasRefused;
        }
    }

    /** Has it ended since a number was not to be had, or the lease was over for a moment? */
    boolean hasRefused() {
        return hasRefused;
    }

    /** Nothing more may be written, whatever becomes of the node's lease. */
    void end() {
        isOver = true;
    }
}
