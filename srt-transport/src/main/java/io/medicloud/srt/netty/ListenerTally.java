// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.netty;

import io.medicloud.srt.RejectReason;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Counts a listener's callers, on whatever loop they came. */
final class ListenerTally {
    private final AtomicLong accepted = new AtomicLong();
    private final Map<RejectReason, Long> rejected = new ConcurrentHashMap<>();

    void onAccepted() {
        accepted.incrementAndGet();
    }

    void onRejected(RejectReason reason) {
        rejected.merge(reason, 1L, Long::sum);
    }

    long accepted() {
        return accepted.get();
    }

    Map<RejectReason, Long> rejected() {
        return Map.copyOf(rejected);
    }
}
