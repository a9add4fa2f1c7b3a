// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.loadtest;

import io.medicloud.srt.SrtStats;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** What all encoders together have seen. Thread-safe. */
final class SenderTally implements LoadEncoder.Tally {
    private static final int MOST_REASONS = 5;

    private final Latencies lateness = new Latencies();
    private final AtomicLong sentBytes = new AtomicLong();
    private final AtomicLong broken = new AtomicLong();
    private final AtomicLong retransmitted = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final List<String> reasons = new CopyOnWriteArrayList<>();

    @Override
    public void onSent(int bytes, long latenessUs) {
        sentBytes.addAndGet(bytes);
        lateness.record(latenessUs);
    }

    @Override
    public void onBroken(String why) {
        broken.incrementAndGet();
        if (reasons.size() < MOST_REASONS && !reasons.contains(why)) {
            reasons.add(why);
        }
    }

    @Override
    public void onStats(SrtStats stats) {
        retransmitted.addAndGet(stats.total().pktRetrans());
        dropped.addAndGet(stats.total().pktSndDrop());
    }

    Latencies lateness() {
        return lateness;
    }

    long sentBytes() {
        return sentBytes.get();
    }

    /** Connections that did not come about, or that ended without our doing. */
    long broken() {
        return broken.get();
    }

    /** Why, the first different ones. */
    List<String> reasons() {
        return reasons;
    }

    long retransmittedPackets() {
        return retransmitted.get();
    }

    /** Packets that were too late before they left. */
    long droppedPackets() {
        return dropped.get();
    }
}
