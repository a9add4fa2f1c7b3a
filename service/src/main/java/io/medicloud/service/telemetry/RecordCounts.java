// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.telemetry;

import io.medicloud.service.config.OtlpConfig.Signal;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** How many spans, log records and data points were sent to the receiver, and how many were not. Thread-safe. */
public final class RecordCounts {
    /** What became of one. */
    public enum Result {
        /** The receiver has it. */
        SENT,
        /** The receiver did not take it, though it was tried again. */
        FAILED,
        /** As many waited as may: it was not kept. */
        DROPPED
    }

    private final Map<Signal, Map<Result, LongAdder>> counts = new EnumMap<>(Signal.class);

    /** All are 0. */
    public RecordCounts() {
        for (Signal signal : Signal.values()) {
            Map<Result, LongAdder> results = new EnumMap<>(Result.class);
            for (Result result : Result.values()) {
                results.put(result, new LongAdder());
            }
            counts.put(signal, results);
        }
    }

    /** So many more. */
    public void add(Signal signal, Result result, long count) {
        adder(signal, result).add(count);
    }

    /** How many there were. */
    public long count(Signal signal, Result result) {
        return adder(signal, result).sum();
    }

    private LongAdder adder(Signal signal, Result result) {
        return counts.getOrDefault(signal, Map.of()).getOrDefault(result, new LongAdder());
    }
}
