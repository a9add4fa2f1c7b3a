// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.pipeline.Pipelines;
import io.medicloud.pipeline.Tenure;
import io.medicloud.pipeline.event.EventSink;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.service.config.ServiceConfig;
import io.medicloud.service.security.CallerGate;
import io.medicloud.service.stream.StreamException.Kind;
import io.medicloud.srt.SrtStack;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The streams that are open. Thread-safe; {@link #start} blocks for as long as the store may be asked what it holds. */
public final class StreamRegistry implements EventSink, AutoCloseable {
    /** Its name in the configuration. */
    public static final String LIMIT_PER_CLIENT = "stream.limitPerClient";

    private static final CompletionStage<Void> DONE = CompletableFuture.completedFuture(null);

    private final Supplier<ServiceConfig> config;
    private final Pipelines pipelines;
    private final WantedStreams wanted;
    private final Feeds feeds;
    private final StreamOpening opening;
    private final StreamUpdating updating;
    private final Object updates = new Object();
    private final StreamFigures figures = new StreamFigures(this::openNow);
    private final Resuming resuming;
    private final @Nullable SharedPort shared;
    /** By live id. */
    private final Map<String, Slot> streams = new HashMap<>();
    /** The ids of streams that end here, and with which another node goes on. */
    private final Set<String> handedOver = new HashSet<>();
    /** The ids of streams that end here because somebody wants them to be over. */
    private final Set<String> stopped = new HashSet<>();

    /**
     * What is taken by a stream.
     *
     * @param keyPrefix where its segments go
     * @param client who has started it; empty if that is not known
     * @param stream null while it is being opened
     * @param started completes when it was started; with null if it cannot be
     */
    private record Slot(
            String keyPrefix,
            String client,
            @Nullable LiveStream stream,
            CompletableFuture<@Nullable LiveStream> started) {
        private Slot with(LiveStream other) {
            return new Slot(keyPrefix, client, other, started);
        }
    }

    private final Monitors monitors;
    private boolean isDraining;

    /**
     * Opens none yet.
     *
     * @param config what is in force, asked whenever it is needed
     * @param shared null if there is no port for many streams
     * @param wanted where it is kept which streams are to run
     * @param gate who may call over SRT
     * @param refused hears whom streams turn away
     */
    public StreamRegistry(
            Supplier<ServiceConfig> config,
            SrtStack stack,
            @Nullable SharedPort shared,
            Pipelines pipelines,
            WantedStreams wanted,
            CallerGate gate,
            RefusedCallers refused) {
        this.wanted = wanted;
        this.config = config;
        this.pipelines = pipelines;
        this.shared = shared;
        this.feeds = new Feeds(config, stack, shared, gate, pipelines::tell);
        this.monitors = new Monitors(config.get().stream().monitored());
        this.opening = new StreamOpening(config, pipelines, wanted, feeds, monitors, refused);
        this.updating = new StreamUpdating(config, pipelines);
        this.resuming =
                new Resuming(() -> config.get().segment(), wanted, feeds.ports(), this::startAgain, this::isDraining);
    }

    /**
     * Starts again the streams that were to run when the process before this one ended, on the same ports; returns when each was tried
     * once, or the patience is over. What cannot be started yet, for its port is taken, is tried again until it can, it is stopped, or a
     * client starts one of its id; until then nobody else gets its port.
     *
     * @throws IOException if the record cannot be read
     */
    public void resume(Duration patience) throws IOException {
        resuming.begin(patience);
    }

    /** The stream that we started again by ourselves, if just that is asked for: its client need not know that we were away. */
    private @Nullable StreamInfo resumedAs(StreamSpec spec) {
        LiveStream stream = find(spec.liveId());
        return stream != null && stream.spec().equals(spec) && resuming.take(spec.liveId()) ? stream.info() : null;
    }

    /**
     * Makes the service listen for a stream, now and after every restart until it has ended.
     *
     * @param client by what its client is told apart; empty if there is none
     * @throws StreamException if it cannot; the kind says why
     */
    public StreamInfo start(StreamSpec spec, String client) throws StreamException {
        spec.check(config.get().segment());
        StreamInfo again = resumedAs(spec);
        if (again == null) {
            spec.settings()
                    .thresholds()
                    .requireAllowed(config.get().stream().source().mostBitsPerSecond());
        }
        String full = pipelines.spoolFull() == null ? pipelines.backlogFull() : pipelines.spoolFull();
        if (again == null && full != null) {
            throw new StreamException(Kind.EXHAUSTED, full);
        }
        return again == null
                ? start(new WantedStreams.Wanted(spec, spec.settings(), 0, false, client), Why.ASKED, Tenure.ALONE)
                        .info()
                : again;
    }

    private void startAgain(WantedStreams.Wanted stream) throws StreamException {
        LiveStream unused = start(stream, Why.AGAIN, Tenure.ALONE);
    }

    /** Why a stream is started. */
    enum Why {
        /** A client asks for it now. */
        ASKED,
        /** It ran when the process before this one ended, and was let in before. */
        AGAIN,
        /** This node of many owns it; it was let in by the node that was asked. */
        OWNED
    }

    /**
     * Starts it.
     *
     * @param tenure by what right it is written
     */
    LiveStream start(WantedStreams.Wanted wish, Why why, Tenure tenure) throws StreamException {
        StreamSpec spec = wish.spec();
        Slot slot = reserve(spec, wish.client(), why);
        LiveStream stream = null;
        try {
            stream = opening.open(wish, tenure, () -> unrecord(spec.liveId(), why));
        } finally {
            synchronized (streams) {
                if (stream == null) {
                    streams.remove(spec.liveId());
                } else {
                    streams.put(spec.liveId(), slot.with(stream));
                    resuming.forget(spec.liveId());
                }
            }
            if (stream == null) {
                slot.started().complete(null);
            }
        }
        LiveStream opened = stream;
        try {
            opened.pipeline().start(opened.source());
        } finally {
            // Whoever has stopped it meanwhile is first: its id is taken until we hear of its end.
            slot.started().complete(opened);
            opened.pipeline().ended().whenComplete((end, failure) -> onPipelineEnded(opened));
        }
        StreamOpening.log(opened);
        if (isDraining()) {
            stop(spec.liveId(), config.get().shutdownTimeout());
        }
        return opened;
    }

    /** A stream does not run, and it may yet be recorded that it is to: that counts no more, but what is known of one that waits does. */
    private void unrecord(String liveId, Why why) {
        synchronized (streams) {
            WantedStreams.Wanted waiting = resuming.waiting(liveId);
            if (waiting == null) {
                wanted.remove(liveId);
            } else if (why == Why.ASKED) {
                wanted.restore(waiting);
            }
        }
    }

    private static String keyPrefix(StreamSpec spec) {
        return spec.settings().keyPrefix(spec.liveId());
    }

    private Slot reserve(StreamSpec spec, String client, Why why) throws StreamException {
        String liveId = spec.liveId();
        String keyPrefix = keyPrefix(spec);
        synchronized (streams) {
            if (isDraining) {
                throw new StreamException(Kind.UNAVAILABLE, "the service is draining before it ends; try another");
            }
            if (why == Why.AGAIN && resuming.waiting(liveId) == null) {
                throw new StreamException(Kind.NOT_FOUND, "live_id: stream " + liveId + " is not to run any more");
            }
            if (streams.containsKey(liveId)) {
                // What a client starts now may fail: then the one that waits is still to run.
                throw new StreamException(
                        why == Why.ASKED ? Kind.ALREADY_EXISTS : Kind.UNAVAILABLE,
                        "live_id: stream " + liveId + " is open already");
            }
            if (streams.size() >= config.get().stream().limit()) {
                throw new StreamException(
                        Kind.EXHAUSTED,
                        "stream.limit: " + config.get().stream().limit() + " streams are open, no more may");
            }
            if (why == Why.ASKED) {
                requireRoom(client);
            }
            if (streams.values().stream().anyMatch(slot -> slot.keyPrefix().equals(keyPrefix))) {
                throw new StreamException(
                        Kind.ALREADY_EXISTS, "storage_prefix: another stream's segments go to " + keyPrefix);
            }
            handedOver.remove(liveId);
            stopped.remove(liveId);
            Slot slot = new Slot(keyPrefix, client, null, new CompletableFuture<>());
            streams.put(liveId, slot);
            return slot;
        }
    }

    /** With the lock held. */
    private void requireRoom(String client) throws StreamException {
        int most = config.get().stream().limitPerClient();
        if (most > 0
                && !client.isEmpty()
                && streams.values().stream()
                                .filter(slot -> slot.client().equals(client))
                                .count()
                        >= most) {
            throw new StreamException(
                    Kind.EXHAUSTED,
                    LIMIT_PER_CLIENT + ": " + most + " streams are open that you have started, no more may");
        }
    }

    /** How many streams are open that one client has started, the one with the most of them. */
    public long mostStreamsOfAClient() {
        Map<String, Integer> counts = new HashMap<>();
        synchronized (streams) {
            streams.values().forEach(slot -> counts.merge(slot.client(), 1, Integer::sum));
        }
        counts.remove("");
        return counts.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    }

    private void onPipelineEnded(LiveStream stream) {
        stream.feed().released().whenComplete((done, failure) -> {
            boolean isHandedOver;
            boolean isDraining;
            boolean isStopped;
            synchronized (streams) {
                isHandedOver = handedOver.remove(stream.liveId())
                        || !stream.pipeline().config().tenure().holds();
                isDraining = this.isDraining;
                isStopped = stopped.remove(stream.liveId());
            }
            if (!isDraining && !isHandedOver) {
                wanted.remove(stream.liveId());
                pipelines.onOver(stream.liveId());
            }
            resuming.take(stream.liveId());
            synchronized (streams) {
                streams.remove(stream.liveId());
            }
            monitors.remove(stream.pipeline().config().isMonitored());
            if ((isDraining || isHandedOver) && !isStopped) {
                stream.watchers().onLeft();
            } else {
                stream.watchers().onEnded();
            }
            stream.closed().complete(null);
        });
    }

    /**
     * What a stream has after it was changed.
     *
     * @param changed the names of the fields that are others than before; none if it was so already
     */
    public record Updated(List<String> changed, StreamSettings settings) {}

    /**
     * Changes a stream while it runs, and for as long as it is to run; all that is asked for, or nothing. Blocks until that is recorded.
     *
     * @throws StreamException if it cannot; the message names the field
     */
    public Updated update(StreamUpdate update) throws StreamException {
        synchronized (updates) {
            LiveStream stream = require(update.liveId());
            StreamUpdating.Outcome outcome = updating.apply(stream, update);
            synchronized (streams) {
                streams.computeIfPresent(
                        update.liveId(),
                        (id, slot) -> stream.equals(slot.stream()) ? slot.with(outcome.stream()) : slot);
            }
            return new Updated(outcome.changed(), outcome.stream().settings());
        }
    }

    /**
     * Ends a stream, also one that is being started, or waits to be started again.
     *
     * @return completes when its port is free and its last segment is sealed and, if the store took it in time, uploaded; with false if there
     *     is no such stream
     */
    public CompletionStage<Boolean> stop(String liveId) {
        Duration patience = config.get().stream().uploadWait();
        Slot slot;
        synchronized (streams) {
            slot = streams.get(liveId);
            boolean wasWaiting = resuming.forget(liveId);
            if (slot == null && !wasWaiting) {
                return CompletableFuture.completedFuture(false);
            }
            // While the id is taken, so that it cannot be another's.
            wanted.remove(liveId);
            if (slot != null) {
                stopped.add(liveId);
            }
        }
        if (slot == null) {
            pipelines.onOver(liveId);
            return CompletableFuture.completedFuture(true);
        }
        boolean wasOpen = slot.stream() != null;
        return slot.started()
                .thenCompose(stream -> stream == null ? DONE : end(stream, wasOpen, patience))
                .thenApply(done -> true);
    }

    private CompletionStage<Void> end(LiveStream stream, boolean wasOpen, Duration patience) {
        if (!wasOpen) {
            // It was recorded since.
            wanted.remove(stream.liveId());
        }
        stream.pipeline().stop("stopped", patience);
        return stream.closed();
    }

    /**
     * Ends just this stream, and not one of its id that was opened since.
     *
     * @param isOver false if another node goes on with it: nowhere is said that it is over
     */
    void end(LiveStream stream, boolean isOver) {
        synchronized (streams) {
            Slot slot = streams.get(stream.liveId());
            LiveStream open = slot == null ? null : slot.stream();
            if (open == null || !open.pipeline().equals(stream.pipeline())) {
                return;
            }
            if (isOver) {
                // While the id is taken, so that it cannot be another's.
                wanted.remove(stream.liveId());
                stopped.add(stream.liveId());
            } else {
                handedOver.add(stream.liveId());
            }
        }
        stream.pipeline()
                .stop(isOver ? "stopped" : "handed over", config.get().stream().uploadWait());
    }

    private CompletionStage<Boolean> stop(String liveId, Duration patience) {
        LiveStream stream = find(liveId);
        if (stream == null) {
            return CompletableFuture.completedFuture(false);
        }
        stream.pipeline().stop("shutdown", patience);
        return stream.closed().thenApply(done -> true);
    }

    /** The ids of the streams that are open, in alphabetical order. */
    public List<String> liveIds() {
        synchronized (streams) {
            return streams.entrySet().stream()
                    .filter(entry -> entry.getValue().stream() != null)
                    .map(Map.Entry::getKey)
                    .sorted()
                    .toList();
        }
    }

    /** How many streams are open, or being opened. */
    public int openStreams() {
        synchronized (streams) {
            return streams.size();
        }
    }

    /** How many ports streams have for themselves. */
    public int heldPorts() {
        return feeds.heldPorts();
    }

    /** What the streams use of their limits. */
    public StreamFigures figures() {
        return figures;
    }

    private List<LiveStream> openNow() {
        List<LiveStream> open = new ArrayList<>();
        synchronized (streams) {
            for (Slot slot : streams.values()) {
                LiveStream stream = slot.stream();
                if (stream != null) {
                    open.add(stream);
                }
            }
        }
        return open;
    }

    /** How many streams are measured by TR 101 290. */
    public int monitoredStreams() {
        return monitors.used();
    }

    /** All that is measured of a stream. */
    public StreamDetail detail(String liveId) throws StreamException {
        return require(liveId).detail();
    }

    /** All that is measured of the streams that are open, by their ids. */
    public List<StreamDetail> details() {
        return openNow().stream()
                .sorted(Comparator.comparing(LiveStream::liveId))
                .map(LiveStream::detail)
                .toList();
    }

    /** Has a stream alarms of its own? */
    public boolean hasOwnAlarms() {
        return openNow().stream()
                .anyMatch(stream -> stream.settings().thresholds().hasAlarms());
    }

    /** Callers of the shared port that asked for no stream that is open. */
    public long unknownCallers() {
        return shared == null ? 0 : shared.rejectedCallers();
    }

    /** A stream as it is known from outside. */
    public StreamInfo info(String liveId) throws StreamException {
        return require(liveId).info();
    }

    /**
     * Tells a watcher of a stream's state, from what is true already.
     *
     * @return takes the watcher off again
     */
    public Runnable watch(String liveId, StatusSink sink) throws StreamException {
        return require(liveId).watchers().add(sink);
    }

    /** Takes no more streams, and ends all there are within the time, each as {@link #stop} does; they are to run after the next start. */
    public CompletionStage<Void> drain(Duration patience) {
        List<String> ids;
        synchronized (streams) {
            isDraining = true;
            ids = new ArrayList<>(streams.keySet());
        }
        return CompletableFuture.allOf(
                ids.stream().map(id -> stop(id, patience).toCompletableFuture()).toArray(CompletableFuture[]::new));
    }

    /** Calls no more; after {@link #drain}. */
    @Override
    public void close() {
        resuming.close();
        feeds.close();
    }

    @Override
    public void onEvent(StreamEvent event) {
        if (event instanceof StreamEvent.MediaFlowing) {
            LiveStream stream = find(event.streamId());
            if (stream != null) {
                stream.watchers().onStreaming();
                wanted.onMedia(event.streamId());
            }
        } else if (event instanceof StreamEvent.SegmentLost || event instanceof StreamEvent.UploadFailed) {
            LiveStream stream = find(event.streamId());
            if (stream != null) {
                stream.segmentFaults().onEvent(event);
            }
        }
    }

    private boolean isDraining() {
        synchronized (streams) {
            return isDraining;
        }
    }

    private LiveStream require(String liveId) throws StreamException {
        StreamSpec.requireLiveId(liveId);
        LiveStream stream = find(liveId);
        if (stream == null) {
            throw new StreamException(Kind.NOT_FOUND, "live_id: there is no stream of that id");
        }
        return stream;
    }

    private @Nullable LiveStream find(String liveId) {
        synchronized (streams) {
            Slot slot = streams.get(liveId);
            return slot == null ? null : slot.stream();
        }
    }
}
