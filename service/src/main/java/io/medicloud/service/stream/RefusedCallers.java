// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.service.security.CallerGate;
import io.medicloud.service.security.CallerRefusal;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells, as events, of callers that were turned away: the first one at once, those after it together, once a while for each stream at the most. Who calls again and again
 * makes no more events than that. Thread-safe; never blocks.
 */
public final class RefusedCallers implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final Consumer<StreamEvent> events;
    private final InstantSource clock;
    private final Duration pause;
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, work -> {
        Thread thread = new Thread(work, "refused-callers");
        thread.setDaemon(true);
        return thread;
    });

    /** @param events told on the threads of the stack: must not block */
    public RefusedCallers(Consumer<StreamEvent> events, InstantSource clock) {
        this(events, clock, PAUSE);
    }

    RefusedCallers(Consumer<StreamEvent> events, InstantSource clock, Duration pause) {
        this.events = events;
        this.clock = clock;
        this.pause = pause;
        timer.setRemoveOnCancelPolicy(true);
    }

    /** Those of one stream; with an empty id those that no stream can be told of. */
    public Digest of(String liveId) {
        return new Digest(liveId, timer);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }

    /** The callers of one stream. */
    public final class Digest implements CallerGate.Refusals, AutoCloseable {
        private final String liveId;
        private final ScheduledExecutorService later;
        private final Map<CallerRefusal, Long> untold = new EnumMap<>(CallerRefusal.class);
        private String peer = "";
        private boolean isPausing;
        private boolean isClosed;

        private Digest(String liveId, ScheduledExecutorService later) {
            this.liveId = liveId;
            this.later = later;
        }

        @Override
        public void onRefused(CallerRefusal why, InetSocketAddress from) {
            StreamEvent event = null;
            synchronized (this) {
                if (isClosed) {
                    return;
                }
                untold.merge(why, 1L, Long::sum);
                peer = String.valueOf(from);
                if (!isPausing) {
                    event = take();
                    pause();
                }
            }
            if (event != null) {
                events.accept(event);
            }
        }

        @SuppressWarnings("FutureReturnValueIgnored") // throws nothing
        private void pause() {
            try {
                later.schedule(this::onPauseEnd, pause.toMillis(), TimeUnit.MILLISECONDS);
                isPausing = true;
            } catch (RejectedExecutionException e) {
                isClosed = true; // the service ends
            }
        }

        private void onPauseEnd() {
            StreamEvent event;
            synchronized (this) {
                isPausing = false;
                event = isClosed ? null : take();
                if (event != null) {
                    pause();
                }
            }
            if (event != null) {
                events.accept(event);
            }
        }

        /** Null if nothing is untold. */
        private @Nullable StreamEvent take() {
            if (untold.isEmpty()) {
                return null;
            }
            long callers = untold.values().stream().mapToLong(Long::longValue).sum();
            String reason = untold.entrySet().stream()
                    .map(each -> each.getKey().phrase() + ": " + each.getValue())
                    .collect(Collectors.joining(", "));
            untold.clear();
            return new StreamEvent.CallersRefused(liveId, clock.instant(), callers, peer, reason);
        }

        /** Tells what is untold; the stream is to end, after which it tells no more. */
        @Override
        public void close() {
            StreamEvent event;
            synchronized (this) {
                event = isClosed ? null : take();
                isClosed = true;
            }
            if (event != null) {
                events.accept(event);
            }
        }
    }
}
