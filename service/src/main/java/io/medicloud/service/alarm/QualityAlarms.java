// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.alarm;

import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.service.config.AlarmConfig;
import io.medicloud.service.stream.SrtLink;
import io.medicloud.service.stream.SrtTotals;
import io.medicloud.service.stream.StreamDetail;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the figures of all streams once a second, and tells as events ({@code QUALITY_ALARM}) which pass a threshold, and which no longer do. */
public final class QualityAlarms implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QualityAlarms.class);
    private static final long EVERY_MS = 1000;

    private final Supplier<AlarmConfig> limits;
    private final Supplier<List<StreamDetail>> streams;
    private final BooleanSupplier hasOwn;
    private final Consumer<StreamEvent> events;
    private final InstantSource clock;
    private final Map<String, StreamAlarms> alarms = new HashMap<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "quality-alarms");
        thread.setDaemon(true);
        return thread;
    });

    /**
     * Begins to look.
     *
     * @param limits those in force, for what streams have none of their own
     * @param streams how they are now; may take some milliseconds for each
     * @param hasOwn whether one has some of its own
     * @param events told on a thread of its own
     */
    public QualityAlarms(
            Supplier<AlarmConfig> limits,
            Supplier<List<StreamDetail>> streams,
            BooleanSupplier hasOwn,
            Consumer<StreamEvent> events,
            InstantSource clock) {
        this.limits = limits;
        this.streams = streams;
        this.hasOwn = hasOwn;
        this.events = events;
        this.clock = clock;
        Future<?> unused = timer.scheduleWithFixedDelay(this::look, EVERY_MS, EVERY_MS, TimeUnit.MILLISECONDS);
    }

    private void look() {
        AlarmConfig now = limits.get();
        if (!now.isSet() && alarms.isEmpty() && !hasOwn.getAsBoolean()) {
            return;
        }
        try {
            look(now, System.nanoTime() / 1000);
        } catch (RuntimeException e) {
            LOG.error("streams cannot be looked at for alarms", e);
        }
    }

    private void look(AlarmConfig now, long nowUs) {
        // First: if it fails, what was raised is still known.
        List<StreamDetail> open = streams.get();
        Map<String, StreamAlarms> before = Map.copyOf(alarms);
        alarms.clear();
        for (StreamDetail stream : open) {
            String id = stream.info().liveId();
            AlarmConfig its = stream.thresholds().alarms(now);
            StreamAlarms of = before.getOrDefault(id, new StreamAlarms());
            for (StreamAlarms.Notice notice : of.look(figures(stream, nowUs), its, nowUs)) {
                events.accept(new StreamEvent.QualityAlarm(id, clock.instant(), notice.isRaised(), notice.reason()));
            }
            if (its.isSet()) {
                alarms.put(id, of);
            }
        }
    }

    private static StreamAlarms.Figures figures(StreamDetail stream, long nowUs) {
        SrtLink link = stream.link();
        boolean isConnected = link != null && link.isConnected();
        SrtTotals totals = link == null ? SrtTotals.NONE : link.totals();
        return new StreamAlarms.Figures(
                isConnected,
                stream.measures().bitsPerSecond(nowUs),
                stream.measures().frameRate(),
                totals.packets(),
                totals.dropped(),
                link == null ? Double.NaN : link.stats().instant().msRtt());
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
