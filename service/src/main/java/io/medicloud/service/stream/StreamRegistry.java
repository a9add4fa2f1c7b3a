// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.pipeline.Pipeline;
import io.medicloud.pipeline.PipelineConfig;
import io.medicloud.pipeline.Pipelines;
import io.medicloud.pipeline.event.EventSink;
import io.medicloud.pipeline.event.StreamEvent;
import io.medicloud.service.config.ServiceConfig;
import io.medicloud.service.stream.StreamException.Kind;
import io.medicloud.srt.SrtStack;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The streams that are open. Thread-safe; {@link #start} blocks for as long as the store may be asked what it holds. */
public final class StreamRegistry implements EventSink, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamRegistry.class);
    /** Each may wait for the store to say which segments it has. */
    private static final int RESUMING_THREADS = 16;

    private static final int RESUME_AGAIN_MS = 2000;

    private final ServiceConfig config;
    private final Pipelines pipelines;
    private final WantedStreams wanted;
    private final Feeds feeds;
    /** Started again by ourselves; until a client asks for just that, and is told so. */
    private final Set<String> resumed = ConcurrentHashMap.newKeySet();

    private final ScheduledThreadPoolExecutor resuming = new ScheduledThreadPoolExecutor(RESUMING_THREADS, work -> {
        Thread thread = new Thread(work, "resume");
        thread.setDaemon(true);
        return thread;
    });
    private final @Nullable SharedPort shared;
    /** By live id. */
    private final Map<String, Slot> streams = new HashMap<>();

    /**
     * What is taken by a stream.
     *
     * @param keyPrefix where its segments go
     * @param stream null while it is being started
     */
    private record Slot(String keyPrefix, @Nullable LiveStream stream) {}

    private final Monitors monitors;
    private boolean isDraining;

    /**
     * Opens none yet.
     *
     * @param shared null if there is no port for many streams
     * @param wanted where it is kept which streams are to run
     */
    public StreamRegistry(
            ServiceConfig config,
            SrtStack stack,
            @Nullable SharedPort shared,
            Pipelines pipelines,
            WantedStreams wanted) {
        this.wanted = wanted;
        this.config = config;
        this.pipelines = pipelines;
        this.shared = shared;
        this.feeds = new Feeds(config, stack, shared);
        this.monitors = new Monitors(config.stream().monitored());
    }

    /**
     * Starts again the streams that were to run when the process before this one ended, on the same ports; returns when each was tried
     * once, or the patience is over. What cannot be started yet, for its port is taken, is tried again until it can.
     *
     * @throws IOException if the record cannot be read
     */
    public void resume(Duration patience) throws IOException {
        List<CompletableFuture<Void>> tries = new ArrayList<>();
        for (WantedStreams.Wanted stream : wanted.find()) {
            tries.add(CompletableFuture.runAsync(() -> resume(stream, ""), resuming));
        }
        try {
            CompletableFuture.allOf(tries.toArray(CompletableFuture[]::new))
                    .get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.warn("not every stream is started again yet; that goes on");
        } catch (ExecutionException e) {
            LOG.error("a stream could not be started again", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** @param told why it could not be started at the last try, which the log has */
    @SuppressWarnings("FutureReturnValueIgnored") // tries again by itself
    private void resume(WantedStreams.Wanted stream, String told) {
        String liveId = stream.spec().liveId();
        try {
            stream.spec().check(config.segment());
            resumed.add(liveId);
            start(stream.spec(), stream.port(), stream.hadMedia());
        } catch (StreamException e) {
            resumed.remove(liveId);
            boolean isPassing = e.kind() == Kind.UNAVAILABLE || e.kind() == Kind.EXHAUSTED;
            String why = String.valueOf(e.getMessage());
            if (!why.equals(told)) {
                LOG.error("{}: cannot be started again{}: {}", liveId, isPassing ? " yet" : "", why);
            }
            if (isPassing && !isDraining()) {
                resuming.schedule(() -> resume(stream, why), RESUME_AGAIN_MS, TimeUnit.MILLISECONDS);
            }
        }
    }

    /** The stream that we started again by ourselves, if just that is asked for: its client need not know that we were away. */
    private @Nullable StreamInfo resumedAs(StreamSpec spec) {
        LiveStream stream = find(spec.liveId());
        return stream != null && stream.spec().equals(spec) && resumed.remove(spec.liveId()) ? stream.info() : null;
    }

    /**
     * Makes the service listen for a stream, now and after every restart until it has ended.
     *
     * @throws StreamException if it cannot; the kind says why
     */
    public StreamInfo start(StreamSpec spec) throws StreamException {
        spec.check(config.segment());
        StreamInfo again = resumedAs(spec);
        String full = pipelines.spoolFull();
        if (again == null && full != null) {
            throw new StreamException(Kind.EXHAUSTED, full);
        }
        return again == null ? start(spec, 0, false) : again;
    }

    /**
     * Starts it.
     *
     * @param port that it is to have; 0 for any
     * @param hadMedia its source has brought media before the process was restarted
     */
    private StreamInfo start(StreamSpec spec, int port, boolean hadMedia) throws StreamException {
        reserve(spec);
        LiveStream stream = null;
        try {
            stream = open(spec, port, hadMedia);
        } finally {
            synchronized (streams) {
                if (stream == null) {
                    streams.remove(spec.liveId());
                } else {
                    streams.put(spec.liveId(), new Slot(keyPrefix(spec), stream));
                }
            }
        }
        LiveStream opened = stream;
        opened.pipeline().ended().whenComplete((end, failure) -> onPipelineEnded(opened));
        opened.pipeline().start(opened.source());
        logStart(opened);
        if (isDraining()) {
            stop(spec.liveId(), config.shutdownTimeout());
        }
        return opened.info();
    }

    private static void logStart(LiveStream stream) {
        Ingress ingress = stream.spec().ingress();
        if (ingress instanceof Ingress.Pull pull) {
            LOG.info("{}: calls {}", stream.liveId(), pull.uri());
        } else if (ingress instanceof Ingress.Shared place) {
            LOG.info(
                    "{}: waits for its encoder on port {} with stream id '{}'",
                    stream.liveId(),
                    stream.feed().port(),
                    place.resource());
        } else {
            LOG.info(
                    "{}: waits for its encoder on port {}",
                    stream.liveId(),
                    stream.feed().port());
        }
    }

    private static String keyPrefix(StreamSpec spec) {
        return spec.settings().keyPrefix(spec.liveId());
    }

    private void reserve(StreamSpec spec) throws StreamException {
        String liveId = spec.liveId();
        String keyPrefix = keyPrefix(spec);
        synchronized (streams) {
            if (isDraining) {
                throw new StreamException(Kind.UNAVAILABLE, "the service is draining before it ends; try another");
            }
            if (streams.containsKey(liveId)) {
                throw new StreamException(Kind.ALREADY_EXISTS, "live_id: stream " + liveId + " is open already");
            }
            if (streams.size() >= config.stream().limit()) {
                throw new StreamException(
                        Kind.EXHAUSTED, "stream.limit: " + config.stream().limit() + " streams are open, no more may");
            }
            if (streams.values().stream().anyMatch(slot -> slot.keyPrefix().equals(keyPrefix))) {
                throw new StreamException(
                        Kind.ALREADY_EXISTS, "storage_prefix: another stream's segments go to " + keyPrefix);
            }
            streams.put(liveId, new Slot(keyPrefix, null));
        }
    }

    private LiveStream open(StreamSpec spec, int port, boolean hadMedia) throws StreamException {
        SrtSource source = new SrtSource(
                spec.liveId(),
                spec.passphrase(),
                feeds.latency(spec),
                config.stream().isTakeoverFree());
        Feed feed = feeds.open(spec, source, port);
        source.takeFeed(feed);
        boolean isOpen = false;
        boolean isMonitored = false;
        Pipeline pipeline = null;
        try {
            PipelineConfig plan = monitors.tryAdd() ? pipelineConfig(spec).monitored() : pipelineConfig(spec);
            isMonitored = plan.isMonitored();
            pipeline = pipelines.open(hadMedia ? plan.resumed() : plan);
            wanted.add(spec, spec.ingress().equals(Ingress.OWN_PORT) ? feed.port() : 0);
            if (hadMedia) {
                wanted.onMedia(spec.liveId());
            }
            isOpen = true;
            Watchers watchers = new Watchers(config.stream().watchers());
            return new LiveStream(
                    spec, source, feed, pipeline, watchers, System.currentTimeMillis(), new CompletableFuture<>());
        } catch (IllegalStateException e) {
            throw new StreamException(Kind.UNAVAILABLE, "live_id: " + e.getMessage() + "; try again later");
        } catch (IOException e) {
            LOG.error("{}: cannot be started: {}", spec.liveId(), e.getMessage());
            throw new StreamException(Kind.UNAVAILABLE, "cacheDir: the spool cannot be written: " + e.getMessage());
        } finally {
            if (!isOpen) {
                monitors.remove(isMonitored);
                source.close();
                feed.released();
                if (pipeline != null) {
                    pipeline.stop("could not be recorded", Duration.ZERO);
                }
            }
        }
    }

    private PipelineConfig pipelineConfig(StreamSpec spec) {
        StreamSettings settings = spec.settings();
        return PipelineConfig.of(spec.liveId(), settings.policy(config.segment()))
                .withKeyPrefix(settings.keyPrefix(spec.liveId()))
                .withLimits(config.stream().source())
                .withRetention(settings.retention())
                .withReconnectWindow(StreamSettings.or(
                        settings.reconnectWindow(), config.stream().reconnectWindow()));
    }

    private void onPipelineEnded(LiveStream stream) {
        stream.feed().released().whenComplete((done, failure) -> {
            if (!isDraining()) {
                wanted.remove(stream.liveId());
                pipelines.onOver(stream.liveId());
            }
            resumed.remove(stream.liveId());
            synchronized (streams) {
                streams.remove(stream.liveId());
            }
            monitors.remove(stream.pipeline().config().isMonitored());
            stream.watchers().onEnded();
            stream.closed().complete(null);
        });
    }

    /**
     * Ends a stream.
     *
     * @return completes when its port is free and its last segment is sealed and, if the store took it in time, uploaded; with false if there
     *     is no such stream
     */
    public CompletionStage<Boolean> stop(String liveId) {
        if (find(liveId) != null) {
            wanted.remove(liveId);
        }
        return stop(liveId, config.stream().uploadWait());
    }

    private CompletionStage<Boolean> stop(String liveId, Duration patience) {
        LiveStream stream = find(liveId);
        if (stream == null) {
            return CompletableFuture.completedFuture(false);
        }
        stream.pipeline().stop("stopped", patience);
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

    /** How many watch the stream that most watch. */
    public int mostWatchers() {
        return most(stream -> stream.watchers().count());
    }

    /** How many segments wait in memory of the stream of which most do. */
    public int mostPendingUploads() {
        return most(stream -> stream.pipeline().stats().pendingUploads());
    }

    private int most(ToIntFunction<LiveStream> figure) {
        return open().stream().mapToInt(figure).max().orElse(0);
    }

    private List<LiveStream> open() {
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
        return open().stream()
                .sorted(Comparator.comparing(LiveStream::liveId))
                .map(LiveStream::detail)
                .toList();
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
        resuming.shutdownNow();
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
