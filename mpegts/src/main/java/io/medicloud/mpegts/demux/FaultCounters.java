// SPDX-License-Identifier: Apache-2.0
package io.medicloud.mpegts.demux;

import io.medicloud.mpegts.packet.FaultSink;
import io.medicloud.mpegts.packet.TsFault;
import java.util.EnumMap;
import java.util.Map;

/** Counts faults, and passes them on. Not thread-safe. */
public final class FaultCounters implements FaultSink {
    private final FaultSink next;
    private final Map<TsFault, long[]> counts = new EnumMap<>(TsFault.class);

    public FaultCounters(FaultSink next) {
        this.next = next;
    }

    @Override
    public void onFault(TsFault fault, int pid) {
        counts.computeIfAbsent(fault, f -> new long[1])[0]++;
        next.onFault(fault, pid);
    }

    /** How often this fault was reported. */
    public long count(TsFault fault) {
        long[] count = counts.get(fault);
        return count == null ? 0 : count[0];
    }
}
