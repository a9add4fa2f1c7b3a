// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.store;

import java.util.concurrent.TimeUnit;

/** What is known of the store from checks and from uploads, and who may ask it next while it refuses us: one at a time, checks and uploads in turn. Thread-safe. */
final class StoreGate {
    /** What an attempt waits at least while it is the check's turn to ask. */
    private static final long CHECK_TURN_MS = 200;

    private static final StoreHealth NOT_ASKED =
            new StoreHealth(StoreHealth.State.UNREACHABLE, "the store was not asked yet");

    private final UploadLimits limits;
    private StoreHealth checked = NOT_ASKED;
    private StoreHealth found = StoreHealth.OK;
    private long probeAtNanos;
    /** Whose attempt was the last that the endpoint failed. */
    private String lastFailed = "";

    private boolean isCheckNext;

    StoreGate(UploadLimits limits) {
        this.limits = limits;
    }

    synchronized StoreHealth health() {
        return found.isOk() ? checked : found;
    }

    /** A store that refuses us is asked no oftener than the limit says, by uploads and checks together. */
    synchronized boolean mayCheck(int pending) {
        boolean isRefused = found.state() == StoreHealth.State.REFUSED || checked.state() == StoreHealth.State.REFUSED;
        if (!isRefused) {
            return true;
        }
        if (refusedDelayMs() > 0 || (!isCheckNext && found.state() == StoreHealth.State.REFUSED && pending > 0)) {
            return false;
        }
        takeTurn(false);
        return true;
    }

    private void takeTurn(boolean checkIsNext) {
        probeAtNanos = System.nanoTime() + limits.refusedRetry().toNanos();
        isCheckNext = checkIsNext;
    }

    /** A check tells that; true if the store is well again. */
    synchronized boolean onChecked(StoreHealth health) {
        boolean recovered = health.isOk() && !checked.isOk();
        checked = health;
        if (recovered) {
            probeAtNanos = System.nanoTime();
        }
        return recovered;
    }

    /** An upload tells that; true if the store is well again. */
    synchronized boolean onFound(StoreHealth health) {
        boolean recovered = health.isOk() && !found.isOk();
        found = health;
        if (health.isOk()) {
            checked = health;
        } else if (health.state() == StoreHealth.State.REFUSED) {
            takeTurn(true);
        }
        return recovered;
    }

    /** An object that fails again and again, while no other does and the store says that it is well, tells of itself, and not of the endpoint. */
    synchronized boolean isOwnFault(String key) {
        boolean isSame = key.equals(lastFailed) && checked.isOk();
        lastFailed = key;
        return isSame;
    }

    /** The store was changed: nothing is known of it. */
    synchronized void reset() {
        found = StoreHealth.OK;
        checked = NOT_ASKED;
        probeAtNanos = System.nanoTime();
    }

    /** How long an attempt must wait while the store refuses us, 0 if it need not. */
    synchronized long admit(boolean isChecking) {
        if (found.state() == StoreHealth.State.REFUSED) {
            long leftMs = refusedDelayMs();
            if (leftMs > 0) {
                return leftMs;
            }
            if (isChecking && isCheckNext) {
                return CHECK_TURN_MS;
            }
            takeTurn(true);
        }
        return 0;
    }

    synchronized long refusedDelayMs() {
        long left = probeAtNanos - System.nanoTime();
        return left <= 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(left) + 1;
    }
}
