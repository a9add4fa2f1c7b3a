// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import io.medicloud.service.stream.StreamDetail;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Counters of all streams together, which never fall: also not when a stream is over, or one of its counters begins anew. What a counter had counted between the last look at it and its new
 * beginning is left out. Belongs to whoever holds the lock around it.
 */
final class StreamSums {
    /** A run of a stream. */
    record Run(String liveId, long startedAtMs) {
        static Run of(StreamDetail stream) {
            return new Run(stream.info().liveId(), stream.startedAtMs());
        }
    }

    /** A figure of a stream, or of all: the family's name, and its label's word. */
    record Series(String family, String word) {
        static Series of(StreamFamily family, String word) {
            return new Series(family.name(), word);
        }
    }

    private final Map<Run, Map<Series, Double>> last = new HashMap<>();
    private final Map<Series, Double> totals = new HashMap<>();

    /** So much stands there now. */
    void count(Run run, Series series, double now) {
        Double before = last.computeIfAbsent(run, added -> new HashMap<>()).put(series, now);
        double more = before == null || now < before ? now : now - before;
        totals.merge(series, more, Double::sum);
    }

    /** A run is over, and counted to its end. */
    void end(Run run) {
        last.remove(run);
    }

    /** Forgets what is known of other runs than these. */
    void keep(Collection<StreamDetail> streams) {
        Set<Run> runs = streams.stream().map(Run::of).collect(Collectors.toSet());
        last.keySet().retainAll(runs);
    }

    /** All that was ever counted. */
    Map<Series, Double> totals() {
        return totals;
    }

    /** Of how many runs something is kept. */
    int runs() {
        return last.size();
    }
}
