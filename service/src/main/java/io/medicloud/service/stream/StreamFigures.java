// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.pipeline.PipelineState;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** How much of what each stream has a limit to the stream has that has most, and how many are in which state. Thread-safe. */
public final class StreamFigures {
    private final Supplier<List<LiveStream>> open;

    StreamFigures(Supplier<List<LiveStream>> open) {
        this.open = open;
    }

    /** Watchers of its state. */
    public long mostWatchers() {
        return most(stream -> stream.watchers().count());
    }

    /** How fast it brings data. */
    public long mostBitsPerSecond() {
        long nowUs = TimeUnit.NANOSECONDS.toMicros(System.nanoTime());
        return most(stream -> stream.pipeline().measures().bitsPerSecond(nowUs));
    }

    /** Received bytes that wait for the disk. */
    public long mostQueuedBytes() {
        return most(stream -> stream.pipeline().stats().queuedBytes());
    }

    /** Segments that wait for the store in memory. */
    public long mostPendingUploads() {
        return most(stream -> stream.pipeline().stats().pendingUploads());
    }

    /** How many streams are in which state. */
    public Map<PipelineState, Integer> states() {
        Map<PipelineState, Integer> states = new EnumMap<>(PipelineState.class);
        open.get().forEach(stream -> states.merge(stream.pipeline().state(), 1, Integer::sum));
        return states;
    }

    private long most(ToLongFunction<LiveStream> figure) {
        return open.get().stream().mapToLong(figure).max().orElse(0);
    }
}
