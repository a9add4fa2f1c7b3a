// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.metrics;

import io.medicloud.pipeline.event.EventSink;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.service.stream.StreamDetail;
import io.medicloud.service.stream.StreamException;
import io.medicloud.service.stream.StreamRegistry;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * The metrics of streams, looked up when somebody asks for them: nothing is registered for a stream, so that nothing is left of one, and each stream is looked at once. Thread-safe.
 */
public final class StreamMetrics implements MultiCollector, EventSink {
    private final StreamRegistry streams;
    private final KernelDrops kernel;
    private final ReentrantLock lock = new ReentrantLock();
    private final StreamSums sums = new StreamSums();
    /** Streams that are over and not counted to their end yet. */
    private final Queue<StreamDetail> over = new ConcurrentLinkedQueue<>();

    StreamMetrics(StreamRegistry streams, KernelDrops kernel) {
        this.streams = streams;
        this.kernel = kernel;
    }

    @Override
    public MetricSnapshots collect() {
        return collect(liveId -> true, true);
    }

    /** Of those streams alone that somebody sees, and nothing of all together. */
    MetricSnapshots collectOf(Predicate<String> seen) {
        return collect(seen, false);
    }

    private MetricSnapshots collect(Predicate<String> seen, boolean hasSums) {
        lock.lock();
        try {
            countOver();
            StreamSnapshots snapshots = new StreamSnapshots(seen);
            List<StreamDetail> all = streams.details();
            long nowUs = TimeUnit.NANOSECONDS.toMicros(System.nanoTime());
            Map<Integer, Long> drops = kernel.byPort();
            Map<StreamSums.Series, Double> now = new HashMap<>();
            for (StreamDetail stream : all) {
                // One that is over is counted by its end.
                if (!stream.pipeline().state().isFinal()) {
                    double dropped = StreamSample.orUnknown(PortDrops.of(stream, drops));
                    look(new StreamSample(stream, nowUs, dropped), snapshots, now);
                }
            }
            // First what is over, which may be out of the list already.
            countOver();
            sums.keep(all);
            if (hasSums) {
                snapshots.putSums(now, sums.totals());
            }
            return snapshots.build();
        } finally {
            lock.unlock();
        }
    }

    private void look(StreamSample sample, StreamSnapshots snapshots, Map<StreamSums.Series, Double> now) {
        StreamSums.Run run = StreamSums.Run.of(sample.detail());
        for (StreamFamily family : StreamFamilies.ALL) {
            family.teller().tell(sample, (label, value) -> {
                if (Double.isNaN(value)) {
                    return;
                }
                snapshots.put(family, run.liveId(), label, value);
                if (family.type() == MetricFamily.Type.COUNTER) {
                    sums.count(run, StreamSums.Series.of(family, label), value);
                } else if (family.isSummed()) {
                    now.merge(StreamSums.Series.of(family, label), value, Double::sum);
                }
            });
        }
    }

    private void countOver() {
        long nowUs = TimeUnit.NANOSECONDS.toMicros(System.nanoTime());
        for (StreamDetail stream = over.poll(); stream != null; stream = over.poll()) {
            StreamSample sample = new StreamSample(stream, nowUs, StreamSample.NOT_KNOWN);
            StreamSums.Run run = StreamSums.Run.of(stream);
            for (StreamFamily family : StreamFamilies.ALL) {
                if (family.type() == MetricFamily.Type.COUNTER) {
                    family.teller().tell(sample, (label, value) -> {
                        if (!Double.isNaN(value)) {
                            sums.count(run, StreamSums.Series.of(family, label), value);
                        }
                    });
                }
            }
            sums.end(run);
        }
    }

    @Override
    public void onEvent(StreamEvent event) {
        if (!(event instanceof StreamEvent.Ended) && !(event instanceof StreamEvent.Failed)) {
            return;
        }
        try {
            over.add(streams.detail(event.streamId()));
        } catch (StreamException e) {
            // It ended before it was open to anybody: there is nothing to count.
            return;
        }
        // While somebody asks for the metrics it is counted there.
        if (lock.tryLock()) {
            try {
                countOver();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Of how many streams something is kept, for the sums. */
    int kept() {
        lock.lock();
        try {
            return sums.runs();
        } finally {
            lock.unlock();
        }
    }
}
